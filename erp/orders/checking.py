"""The check of new orders: to routing, or held with every reason to wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session

from config.database import Sessions
from config.upsert import table_of
from erp.orders.cases import Case, waiting_cases
from erp.orders.guards import GUARDS, Finding, GuardPolicy, judge
from erp.orders.lifecycle import (
    HoldReason,
    NextStep,
    OrderStatus,
    order_status,
)
from erp.orders.models import Hold, Order, OrderEvent
from erp.orders.sparing import spare_the_others

Row = dict[str, Any]
_HOLD, _ORDER = table_of(Hold), table_of(Order)


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with what the guards found."""

    case: Case
    findings: tuple[Finding, ...]

    @property
    def over(self) -> dict[HoldReason, int]:
        """Holds of the guards whose reason is gone, by their id."""
        found = {finding.reason for finding in self.findings}
        return {
            reason: hold_id
            for reason, (hold_id, _) in self.case.open_holds.items()
            if reason in GUARDS and reason not in found
        }

    @property
    def is_held(self) -> bool:
        return bool(self.findings) or self.case.open_holds.keys() > self.over.keys()

    @property
    def next_step(self) -> NextStep | None:
        return None if self.is_held or not self.case.facts.lines else NextStep.ROUTE

    @property
    def status(self) -> OrderStatus:
        """As it was, unless it becomes held or is held no more."""
        was_held = self.case.status is OrderStatus.HELD
        if self.is_held == was_held:
            return self.case.status
        return order_status(self.case.line_statuses, is_held=self.is_held)


def check_some(
    sessions: Sessions, policy: GuardPolicy, now: datetime, limit: int = 200
) -> int:
    """Check the orders that wait longest; how many there were.

    One that cannot be checked is held, and the others go on.
    """

    def check(only: int | None) -> int:
        with sessions.writing() as session:
            cases = waiting_cases(session, policy, now, limit, only=only)
            judged = [Judged(case, judge(case.facts, policy, now)) for case in cases]
            if judged:
                _record(session, judged, now)
        return len(judged)

    return spare_the_others(sessions, NextStep.CHECK, check, now, limit=limit)


def _record(session: Session, judged: Sequence[Judged], now: datetime) -> None:
    """Store holds, next steps and statuses, each kind in one statement."""
    connection = session.connection()
    events: list[Row] = []
    if over := [(each, *pair) for each in judged for pair in each.over.items()]:
        connection.execute(
            _CLOSE, [{"hold_id": hold_id, "now": now} for _, _, hold_id in over]
        )
        events += [
            _event(each, "hold_released", now, reason=reason)
            for each, reason, _ in over
        ]
    events += _hold(session, judged, now)
    for step, status in sorted({(x.next_step, x.status) for x in judged}, key=str):
        ids = [
            x.case.order_id for x in judged if (x.next_step, x.status) == (step, status)
        ]
        connection.execute(_MOVE, {"orders": ids, "step": step, "to": status})
    events += [
        _event(each, "order_moved", now, status=each.status)
        for each in judged
        if each.status is not each.case.status
    ]
    if events:
        connection.execute(table_of(OrderEvent).insert(), events)


def _hold(session: Session, judged: Iterable[Judged], now: datetime) -> list[Row]:
    """Open a hold for each new finding and renew the facts of known ones."""
    new: list[tuple[Judged, Finding]] = []
    changed: list[Row] = []
    for each in judged:
        for finding in each.findings:
            hold_id, facts = each.case.open_holds.get(finding.reason, (None, {}))
            if hold_id is None:
                new.append((each, finding))
            elif facts != finding.facts:
                changed.append({"hold_id": hold_id, "new_facts": finding.facts})
    if changed:
        session.connection().execute(_CHANGE, changed)
    if new:
        rows = [_hold_row(each.case.order_id, found, now) for each, found in new]
        session.connection().execute(_HOLD.insert(), rows)
    return [
        _event(each, "held", now, reason=found.reason, **found.facts)
        for each, found in new
    ]


def _hold_row(order_id: int, finding: Finding, now: datetime) -> Row:
    return {
        "order_id": order_id,
        "reason": finding.reason,
        "facts": finding.facts,
        "opened_at": now,
        "is_waived": False,
    }


def _event(judged: Judged, kind: str, now: datetime, **facts: str) -> Row:
    return {
        "order_id": judged.case.order_id,
        "at": now,
        "kind": kind,
        "actor": "system",
        "facts": {name: str(fact) for name, fact in facts.items()},
    }


_CLOSE = (
    _HOLD.update()
    .where(_HOLD.c.id == bindparam("hold_id"))
    .values(closed_at=bindparam("now"), closed_by="system")
)
_CHANGE = (
    _HOLD.update()
    .where(_HOLD.c.id == bindparam("hold_id"))
    .values(facts=bindparam("new_facts", type_=_HOLD.c.facts.type))
)
_MOVE = (
    _ORDER.update()
    .where(_ORDER.c.id.in_(bindparam("orders", expanding=True)))
    .values(
        next_step=bindparam("step", type_=_ORDER.c.next_step.type),
        status=bindparam("to", type_=_ORDER.c.status.type),
    )
)
