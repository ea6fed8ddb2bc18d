"""All that stands on an order's page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col

from erp.fulfilment.invoicing.costs import about, actual_costs
from erp.fulfilment.models import Decision, Return
from erp.fulfilment.overview.money import Money, money_of
from erp.fulfilment.overview.purchase_lists import newest_decision
from erp.fulfilment.overview.return_queries import returns_of
from erp.fulfilment.overview.sheets import PurchaseSheet, purchases_of
from erp.fulfilment.redaction.finding import is_over
from erp.fulfilment.returns import returnable_units
from erp.fulfilment.sourcing.candidates import Why
from erp.fulfilment.sourcing.past import Refusal, Refused
from erp.orders.holds import open_holds
from erp.orders.lifecycle import LineStatus
from erp.orders.models import Contact, Hold, Order, OrderEvent, OrderLine
from erp.orders.queries import contact_of, find_order, lines_of, timeline

HERE = (LineStatus.OPEN, LineStatus.ALLOCATED)  # not yet with a carrier


@dataclass(frozen=True, slots=True)
class Candidate:
    """One offer a line could have come from, and what became of it."""

    supplier: str
    why: Why
    quantity: int
    score_cents: int | None
    extra_cents: int | None
    free_quantity: int | None
    lead_time_days: int | None
    age: timedelta | None  # of its stock and cost when the choice was made
    refusals: tuple[Refused, ...]  # how it let the line down before


@dataclass(frozen=True, slots=True)
class DecisionSheet:
    made_at: datetime
    outcome: str
    lines: tuple[tuple[OrderLine, tuple[Candidate, ...]], ...]
    landed_cost_cents: int | None
    margin_cents: int | None
    is_exact: bool


@dataclass(frozen=True, slots=True)
class OrderSheet:
    order: Order
    contact: Contact
    lines: list[OrderLine]
    holds: list[Hold]
    money: Money
    purchases: list[PurchaseSheet]
    decision: DecisionSheet | None
    returns: list[Return]
    returnable: dict[int, int]  # units by line id
    events: list[OrderEvent]
    is_over: bool  # nobody needs the customer's address for it any more

    @property
    def is_cancellable(self) -> bool:
        """Whether anything of it is still on this side of a carrier."""
        return is_cancellable(self.lines)


def is_cancellable(lines: list[OrderLine]) -> bool:
    return any(each.status in HERE for each in lines)


def gather(session: Session, order_id: int, now: datetime) -> OrderSheet | None:
    """The sheet of an order; None if there is none with this id."""
    order = find_order(session, order_id)
    if order is None:
        return None
    lines = lines_of(session, order)
    purchases = purchases_of(session, order, now)
    returns = returns_of(session, order)
    units = returnable_units(session, order)
    decision = newest_decision(session, order)
    billed = actual_costs(session, about(col(Order.id) == order_id))
    return OrderSheet(
        order=order,
        contact=contact_of(session, order),
        lines=lines,
        holds=open_holds(session, order),
        money=money_of(
            order, lines, [each.purchase for each in purchases], returns, billed
        ),
        purchases=purchases,
        decision=_decision_sheet(decision, lines) if decision else None,
        returns=returns,
        returnable={line_id: left for line_id, left in units.items() if left > 0},
        events=timeline(session, order),
        is_over=is_over(session, order),
    )


def _decision_sheet(decision: Decision, lines: list[OrderLine]) -> DecisionSheet:
    record: dict[str, Any] = decision.record
    verdicts: dict[int, list[Candidate]] = {}
    refusals = tuple(_refused(each) for each in record.get("refusals", ()))
    for verdict in record.get("verdicts", ()):
        theirs = tuple(
            each
            for each in refusals
            if (each.line_id, each.supplier)
            == (verdict["line_id"], verdict["supplier"])
        )
        candidate = _candidate(verdict, theirs)
        verdicts.setdefault(verdict["line_id"], []).append(candidate)
    return DecisionSheet(
        made_at=decision.made_at,
        outcome=decision.outcome,
        lines=tuple(
            (line, tuple(sorted(verdicts[line.id or 0], key=_rank)))
            for line in lines
            if line.id in verdicts
        ),
        landed_cost_cents=record.get("landed_cost_cents"),
        margin_cents=record.get("margin_cents"),
        is_exact=record.get("is_exact", True),
    )


def _refused(row: dict[str, Any]) -> Refused:
    return Refused(**(row | {"why": Refusal(row["why"])}))


def _candidate(verdict: dict[str, Any], refusals: tuple[Refused, ...]) -> Candidate:
    age = verdict.get("age_seconds")
    return Candidate(
        supplier=verdict["supplier"],
        why=Why(verdict["why"]),
        quantity=verdict["quantity"],
        score_cents=verdict["score_cents"],
        extra_cents=verdict["extra_cents"],
        free_quantity=verdict["free_quantity"],
        lead_time_days=verdict["lead_time_days"],
        age=None if age is None else timedelta(seconds=age),
        refusals=refusals,
    )


def _rank(candidate: Candidate) -> tuple[bool, bool, int]:
    """The chosen first, then the cheapest, unknown costs last."""
    score = candidate.score_cents
    return candidate.quantity == 0, score is None, score or 0
