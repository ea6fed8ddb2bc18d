"""The rows of a new order: what was asked, as it is stored."""

from collections.abc import Mapping
from datetime import datetime
from itertools import accumulate, pairwise
from typing import Any

from erp.orders.guards import Customer
from erp.orders.incoming import NewOrder
from erp.orders.lifecycle import LineStatus, NextStep, order_status
from erp.orders.likeness import items_of, likeness

Key = tuple[str, str]  # channel, external id
Row = dict[str, Any]
UNTOUCHED = order_status([LineStatus.OPEN], is_held=False)


def key_of(new: NewOrder) -> Key:
    return new.channel, new.external_id


def contact_row(new: NewOrder) -> Row:
    """E-mail addresses are kept in small letters, so that the same one is the same."""
    never = {"redacted_at": None, "redact_again_at": None}
    return new.ship_to.model_dump() | {"email": new.email.lower()} | never


def line_discounts(new: NewOrder) -> list[int]:
    """Each line's own discount and its share of the order's, by what it costs.

    Shares are differences of rounded running sums: they add up to the cent and none
    is more than its line.
    """
    left = [line.goods_cents - line.discount_cents for line in new.lines]
    shared, goods = min(new.discount_cents, sum(left)), sum(left) or 1
    reached = [shared * done // goods for done in accumulate(left, initial=0)]
    shares = (after - before for before, after in pairwise(reached))
    return [
        line.discount_cents + share
        for line, share in zip(new.lines, shares, strict=True)
    ]


def sums(new: NewOrder) -> Row:
    """The order's amounts; a discount beyond the goods made shipping cheaper."""
    discount_cents = sum(line_discounts(new))
    beyond = new.all_discounts_cents - discount_cents
    return {
        "subtotal_cents": new.goods_cents,
        "discount_cents": discount_cents,
        "shipping_cents": new.shipping_cents - beyond,
        "tax_cents": new.tax_cents,
        "total_cents": new.total_cents,
    }


def likeness_row(new: NewOrder) -> Row:
    to = new.ship_to
    customer = Customer(
        new.email.lower(), to.name, to.address1, to.city, to.postal_code, to.country
    )
    items = items_of((line.sku, line.quantity) for line in new.lines)
    alike = likeness(customer, items, new.goods_cents)
    return {"email_key": alike.email_key, "door_key": alike.door_key}


def order_row(new: NewOrder, contact_id: int, now: datetime) -> Row:
    return (
        sums(new)
        | likeness_row(new)
        | {
            "channel": new.channel,
            "external_id": new.external_id,
            "name": new.name,
            "status": UNTOUCHED,
            "next_step": NextStep.CHECK,
            "payment": new.payment,
            "risk": new.risk,
            "fulfilment": new.fulfilment,
            "currency": new.currency,
            "contact_id": contact_id,
            "placed_at": new.placed_at,
            "paid_at": new.paid_at,
            "cancelled_at": new.cancelled_at,
            "received_at": now,
        }
    )


def line_rows(new: NewOrder, order_id: int, products: Mapping[str, int]) -> list[Row]:
    discounts = line_discounts(new)
    return [
        {
            "order_id": order_id,
            "position": position,
            "sku": line.sku,
            "product_id": products.get(line.sku),
            "title": line.title,
            "quantity": line.quantity,
            "cancelled_quantity": 0,
            "unit_price_cents": line.unit_price_cents,
            "discount_cents": discounts[position - 1],
            "named_supplier": line.supplier,
            "status": LineStatus.OPEN,
        }
        for position, line in enumerate(new.lines, start=1)
    ]


def event_row(new: NewOrder, order_id: int, now: datetime) -> Row:
    return {
        "order_id": order_id,
        "at": now,
        "kind": "order_received",
        "actor": "system",
        "facts": {"channel": new.channel},
    }
