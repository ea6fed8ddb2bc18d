"""Jobs: what the scheduler did last, and asking for a run now."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from erp.accounts.audit import note
from erp.jobs.pipeline import JOBS
from erp.jobs.queries import newest_runs_of, requested_jobs
from erp.jobs.runner import health, newest_runs, request_run
from erp.web.frame.context import account, erp
from erp.web.frame.words import N_, _

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")

NAMES = {
    "check_orders": N_("Check new orders"),
    "route_orders": N_("Route orders to suppliers"),
    "forward_purchases": N_("Forward purchase orders"),
    "reconcile_purchases": N_("Clear up lost answers"),
    "cancel_purchases": N_("Cancel at suppliers"),
    "track_purchases": N_("Ask suppliers for news"),
    "send_notices": N_("Tell suppliers' programs"),
    "watch_clocks": N_("Watch the suppliers' clocks"),
    "compare_invoices": N_("Compare invoices again"),
    "sync_stock": N_("Read stock and cost"),
    "retry_held": N_("Look at held orders again"),
    "measure_kpis": N_("Measure the KPIs"),
    "raise_alerts": N_("Raise alerts"),
    "send_mail": N_("Send mail"),
    "redact_contacts": N_("Remove customers' addresses"),
    "tidy_up": N_("Tidy up"),
}


def job_name(job: str) -> str:
    """A job in words; one nobody wrote down is shown by its name, readably."""
    words = NAMES.get(job)
    return _(words) if words else job.replace("_", " ").capitalize()


@blueprint.get("")
def index() -> str:
    now = erp().clock()
    with erp().sessions.reading() as db:
        runs, state = newest_runs(db), health(db, now)
        requested = requested_jobs(db)
    return render_template(
        "jobs/index.html",
        jobs=[(job, job.every(erp()), runs.get(job.name)) for job in JOBS],
        job_name=job_name,
        requested=requested,
        state=state,
    )


@blueprint.get("/<job>")
def show(job: str) -> str:
    _check(job)
    with erp().sessions.reading() as db:
        runs = newest_runs_of(db, job)
        requested = job in requested_jobs(db)
    return render_template(
        "jobs/show.html",
        job=job,
        name=job_name(job),
        requested=requested,
        runs=runs,
    )


@blueprint.post("/<job>/run")
def run(job: str) -> Response:
    _check(job)
    now = erp().clock()
    with erp().sessions.writing() as db:
        request_run(db, job, now, by=account().email)
        note(db, now, actor=account().email, action="run_requested", subject=job)
    flash(_("“%(job)s” runs with the scheduler's next tick.", job=job_name(job)))
    return redirect(url_for(".index"), 303)


def _check(job: str) -> None:
    if job not in {each.name for each in JOBS}:
        abort(404)
