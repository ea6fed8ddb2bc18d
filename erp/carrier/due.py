"""Which rows are work, and the triggers by which PostgreSQL hands them over.

Triggers, because a row becomes due in many places: no one of them can forget the job,
and none can add it in another transaction than its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

QUEUE = "erp"


@dataclass(frozen=True, slots=True)
class Due:
    """A table whose rows are due to a step, by what stands in a column."""

    table: str
    column: str
    steps: Mapping[str, str]  # what stands in it -> the job that does the work
    at: str | None = None  # the column that says from when on; NULL there is never


WORK = (
    Due(
        "customer_order",
        "next_step",
        {"check": "check_orders", "route": "route_orders"},
    ),
    Due(
        "purchase_order",
        "status",
        {
            "queued": "forward_purchases",
            "sending": "reconcile_purchases",  # once the lease of the call has run out
            "unknown": "reconcile_purchases",
            "cancelling": "cancel_purchases",
        },
        at="due_at",
    ),
    Due("supplier_notice", "status", {"waiting": "send_notices"}, at="due_at"),
    Due("delivery", "status", {"queued": "send_mail"}, at="due_at"),
)
STEPS = frozenset(step for each in WORK for step in each.steps.values())

# One job waits for a row and a step, and one more for each later moment. A job that
# another transaction adds meanwhile is no reason for ours to fail, so that in this rare
# case the jobs are added one by one.
_HAND_OVER = f"""
CREATE OR REPLACE FUNCTION erp_hand_over(jobs procrastinate_job_to_defer_v1[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    job procrastinate_job_to_defer_v1;
    fresh procrastinate_job_to_defer_v1[];
BEGIN
    SELECT array_agg(each ORDER BY each.queueing_lock) INTO fresh
    FROM unnest(jobs) AS each
    WHERE NOT EXISTS (
        SELECT FROM procrastinate_jobs AS known
        WHERE known.queueing_lock = each.queueing_lock AND known.status = 'todo'
    );
    IF fresh IS NULL THEN
        RETURN;
    END IF;
    BEGIN
        PERFORM procrastinate_defer_jobs_v1(fresh);
        RETURN;
    EXCEPTION WHEN unique_violation THEN NULL;
    END;
    FOREACH job IN ARRAY fresh LOOP
        BEGIN
            PERFORM procrastinate_defer_jobs_v1(ARRAY[job]);
        EXCEPTION WHEN unique_violation THEN NULL;
        END;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION erp_job(step text, key bigint, due_at timestamptz)
RETURNS procrastinate_job_to_defer_v1 LANGUAGE sql STABLE AS $$
    SELECT ROW(
        '{QUEUE}', step, 0, NULL,
        step || ' ' || key || coalesce(' ' || extract(epoch FROM later.at), ''),
        jsonb_build_object('key', key), later.at
    )::procrastinate_job_to_defer_v1
    FROM (SELECT CASE WHEN due_at > now() THEN due_at END AS at) AS later
$$;
"""


def triggers() -> str:
    """The SQL that makes the database hand over what is due; it may be run again."""
    return _HAND_OVER + "".join(_of(each) for each in WORK)


def _of(due: Due) -> str:
    when = " ".join(
        f"WHEN '{value}' THEN '{step}'" for value, step in due.steps.items()
    )
    step = f"CASE now_so.{due.column} {when} END"
    at = f"now_so.{due.at}" if due.at else "NULL"
    is_owed = f"{step} IS NOT NULL" + (f" AND {at} IS NOT NULL" if due.at else "")
    called = f"erp_{due.table}"
    watched = [due.column, *([due.at] if due.at else [])]
    is_moved = " OR ".join(f"now_so.{c} IS DISTINCT FROM before.{c}" for c in watched)
    return f"""
CREATE OR REPLACE FUNCTION {called}_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM erp_hand_over(array_agg(erp_job({step}, now_so.id, {at})))
    FROM came AS now_so WHERE {is_owed};
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION {called}_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM erp_hand_over(array_agg(erp_job({step}, now_so.id, {at})))
    FROM came AS now_so JOIN went AS before ON before.id = now_so.id
    WHERE {is_owed} AND ({is_moved});
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER {called}_due AFTER INSERT ON {due.table}
REFERENCING NEW TABLE AS came
FOR EACH STATEMENT EXECUTE FUNCTION {called}_due();
CREATE OR REPLACE TRIGGER {called}_moved AFTER UPDATE ON {due.table}
REFERENCING NEW TABLE AS came OLD TABLE AS went
FOR EACH STATEMENT EXECUTE FUNCTION {called}_moved();
"""
