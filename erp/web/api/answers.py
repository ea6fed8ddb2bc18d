"""Rows as the API tells them: amounts are decimal texts, moments end in Z."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from config.money import to_text
from erp.kpis.models import Reading
from erp.orders.models import Hold, Order, OrderLine
from erp.orders.queries import OrderRow
from erp.web.api.schemas import (
    HoldSheet,
    KpiReading,
    LineSheet,
    OrderSheet,
    OrderSummary,
)
from erp.web.frame.reasons import why


def cursor_of(mark: str | None) -> str | None:
    """A page's mark as one word that needs no escaping in a URL."""
    return urlsafe_b64encode(mark.encode()).decode() if mark else None


def mark_of(cursor: str) -> str | None:
    """The mark behind a cursor; one that is none of ours is the first page."""
    try:
        return urlsafe_b64decode(cursor).decode() or None
    except ValueError:
        return None


def summary_of(row: OrderRow) -> OrderSummary:
    return OrderSummary(
        id=row.id,
        name=row.name,
        channel=row.channel,
        status=row.status,
        holds=list(row.reasons),
        currency=row.currency,
        total=to_text(row.total_cents, row.currency),
        placed_at=row.placed_at,
    )


def sheet_of(
    order: Order, lines: Sequence[OrderLine], holds: Sequence[Hold]
) -> OrderSheet:
    assert order.id is not None
    return OrderSheet(
        id=order.id,
        channel=order.channel,
        external_id=order.external_id,
        name=order.name,
        status=order.status,
        payment=order.payment,
        currency=order.currency,
        total=to_text(order.total_cents, order.currency),
        placed_at=order.placed_at,
        received_at=order.received_at,
        lines=[
            LineSheet(
                sku=line.sku,
                title=line.title,
                quantity=line.quantity,
                cancelled_quantity=line.cancelled_quantity,
                unit_price=to_text(line.unit_price_cents, order.currency),
                status=line.status,
            )
            for line in lines
        ],
        holds=[
            HoldSheet(
                reason=each.reason,
                facts=each.facts,
                words=why(each.reason, each.facts).striptags(),
                opened_at=each.opened_at,
            )
            for each in holds
        ],
    )


def reading_of(row: Reading) -> KpiReading:
    return KpiReading(
        kpi=row.kpi,
        scope=row.scope_kind,
        key=row.scope_key,
        at=row.at,
        window_days=row.window_days,
        numerator=row.numerator,
        denominator=row.denominator,
        covered=row.covered,
        total=row.total,
    )
