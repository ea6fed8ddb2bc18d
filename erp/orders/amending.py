"""An order we know comes in again: what may change, what contradicts what we have.

The channel's facts (payment, cancelled, risk) follow its newest word; an older export
never takes a payment or a cancellation back. The address and a line's supplier follow
as long as no supplier was asked. Goods and money of a known order never change.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.money import to_text
from erp.orders.guards import Facts
from erp.orders.history import note
from erp.orders.holds import hold
from erp.orders.incoming import NewOrder
from erp.orders.intake_rows import (
    Key,
    contact_row,
    likeness_row,
    line_discounts,
    sums,
)
from erp.orders.lifecycle import HoldReason, LineStatus, NextStep
from erp.orders.models import Contact, Order, OrderLine, Payment
from erp.orders.names import renew
from erp.orders.problems import FieldProblem

PROGRESS = {  # a payment never goes back along this
    Payment.PENDING: 0,
    Payment.AUTHORIZED: 1,
    Payment.PARTLY_PAID: 2,
    Payment.PAID: 3,
    Payment.PARTLY_REFUNDED: 4,
    Payment.REFUNDED: 5,
    Payment.VOIDED: 5,
}
GIVEN_BACK = frozenset({Payment.REFUNDED, Payment.VOIDED})
UNTOUCHED = frozenset({LineStatus.OPEN, LineStatus.CANCELLED})
STOPPABLE = frozenset({LineStatus.OPEN, LineStatus.ALLOCATED})


@dataclass(frozen=True, slots=True)
class Known:
    """An order as we have it."""

    order: Order
    contact: Contact
    lines: list[OrderLine]

    @property
    def is_started(self) -> bool:
        """A supplier was asked for a part of it."""
        return any(line.status not in UNTOUCHED for line in self.lines)


def known_orders(session: Session, keys: Iterable[Key]) -> dict[Key, Known]:
    """The orders we have under these keys, with their lines, in three queries.

    They stay as they are until the transaction ends: nobody routes them meanwhile.
    """
    by_channel: dict[str, list[str]] = defaultdict(list)
    for channel, external_id in keys:
        by_channel[channel].append(external_id)
    found = [
        pair
        for channel, external_ids in sorted(by_channel.items())
        for pair in session.exec(
            select(Order, Contact)
            .join(Contact, col(Contact.id) == col(Order.contact_id))
            .where(
                col(Order.channel) == channel, col(Order.external_id).in_(external_ids)
            )
            .order_by(col(Order.id))
            .with_for_update(of=[Order, Contact])
        )
    ]
    lines = _lines(session, [order.id for order, _ in found]) if found else {}
    return {
        (order.channel, order.external_id): Known(order, contact, lines[order.id])
        for order, contact in found
    }


def _lines(
    session: Session, order_ids: list[int | None]
) -> dict[int | None, list[OrderLine]]:
    lines: dict[int | None, list[OrderLine]] = defaultdict(list)
    query = (
        select(OrderLine)
        .where(col(OrderLine.order_id).in_(order_ids))
        .order_by(col(OrderLine.order_id), col(OrderLine.position))
    )
    for line in session.exec(query):
        lines[line.order_id].append(line)
    return lines


def contradictions(known: Known, new: NewOrder) -> tuple[FieldProblem, ...]:
    """What this order says against the one we have under its id."""
    before, after = _terms(known.order), _asked_terms(new)
    problems = [
        FieldProblem(
            field,
            f"is {_shown(after[field], new)} now, "
            f"but was {_shown(before[field], new)} before",
        )
        for field in before
        if before[field] != after[field]
    ]
    if _goods(known) != _asked_goods(new):
        problems.append(FieldProblem("lines", "differ from those received before"))
    if known.is_started and _address_changes(known, new):
        problems.append(
            FieldProblem("ship_to", "changed after suppliers were asked: tell them")
        )
    return tuple(problems)


def amend(session: Session, known: Known, new: NewOrder, now: datetime) -> bool:
    """Take over what the channel changed and look at the order again; true if any."""
    changes = _fact_changes(known.order, new)
    if known.is_started:  # what was sent of it since may be what we sent
        changes.pop("fulfilment", None)
    address = _address_changes(known, new)
    suppliers = [] if known.is_started else _supplier_changes(known, new)
    if not (changes or address or suppliers):
        return False
    what = [_in_words(known.order, field, value) for field, value in changes.items()]
    what += ["ship_to"] * bool(address) + ["supplier"] * bool(suppliers)
    for field, value in changes.items():
        setattr(known.order, field, value)
    if address:
        _readdress(session, known, new, address)
    for line, supplier in suppliers:
        line.named_supplier = supplier
    note(session, known.order, "order_updated", now, what=", ".join(what))
    _look_again(session, known, changes, now)
    return True


def _readdress(
    session: Session, known: Known, new: NewOrder, address: dict[str, object]
) -> None:
    """Another address, and what is kept of it to find the order by."""
    for field, value in address.items():
        setattr(known.contact, field, value)
    for field, value in likeness_row(new).items():
        setattr(known.order, field, value)
    if "name" in address:
        renew(session, known.contact)


def _look_again(
    session: Session, known: Known, changes: dict[str, object], now: datetime
) -> None:
    """An order that went to suppliers is not checked again, but a human must know."""
    if not known.is_started:
        if any(line.status is LineStatus.OPEN for line in known.lines):
            known.order.next_step = NextStep.CHECK
        return
    is_off = "cancelled_at" in changes or changes.get("payment") in GIVEN_BACK
    if is_off and any(line.status in STOPPABLE for line in known.lines):
        facts = _channel_facts(known.order)
        hold(session, known.order, HoldReason.CANCELLED_AT_CHANNEL, facts, now)


def _channel_facts(order: Order) -> Facts:
    """What the channel says, too late to keep the order from the suppliers."""
    facts = {"payment": order.payment.value, "is_started": "yes"}
    if order.cancelled_at:
        facts["cancelled_at"] = order.cancelled_at.isoformat()
    return facts


def _shown(value: object, new: NewOrder) -> object:
    return to_text(value, new.currency) if isinstance(value, int) else value


def _terms(order: Order) -> dict[str, object]:
    return {
        "name": order.name,
        "currency": order.currency,
        "placed_at": order.placed_at,
        "shipping": order.shipping_cents,
        "discount": order.discount_cents,
        "tax": order.tax_cents,
        "total": order.total_cents,
    }


def _asked_terms(new: NewOrder) -> dict[str, object]:
    amounts = sums(new)
    return {
        "name": new.name,
        "currency": new.currency,
        "placed_at": new.placed_at,
        "shipping": amounts["shipping_cents"],
        "discount": amounts["discount_cents"],
        "tax": amounts["tax_cents"],
        "total": amounts["total_cents"],
    }


def _goods(known: Known) -> list[tuple[str, int, int, int]]:
    return [
        (line.sku, line.quantity, line.unit_price_cents, line.discount_cents)
        for line in known.lines
    ]


def _asked_goods(new: NewOrder) -> list[tuple[str, int, int, int]]:
    return [
        (line.sku, line.quantity, line.unit_price_cents, discount_cents)
        for line, discount_cents in zip(new.lines, line_discounts(new), strict=True)
    ]


def _fact_changes(order: Order, new: NewOrder) -> dict[str, object]:
    if PROGRESS[new.payment] < PROGRESS[order.payment]:
        return {}
    newest = {
        "payment": new.payment,
        "paid_at": new.paid_at,
        "cancelled_at": new.cancelled_at,
        "risk": new.risk,
        "fulfilment": new.fulfilment,
    }
    return {
        field: value
        for field, value in newest.items()
        if value is not None and value != getattr(order, field)
    }


def _address_changes(known: Known, new: NewOrder) -> dict[str, object]:
    """Nothing once the address was redacted: what is gone stays gone."""
    if known.contact.redacted_at is not None:
        return {}
    asked = contact_row(new)
    del asked["redacted_at"], asked["redact_again_at"]
    return {
        field: value
        for field, value in asked.items()
        if value != getattr(known.contact, field)
    }


def _supplier_changes(
    known: Known, new: NewOrder
) -> list[tuple[OrderLine, str | None]]:
    return [
        (line, asked.supplier)
        for line, asked in zip(known.lines, new.lines, strict=True)
        if line.named_supplier != asked.supplier
    ]


def _in_words(order: Order, field: str, value: object) -> str:
    return f"{field}: {getattr(order, field) or '-'} → {value}"
