"""Stock that a feed showed and that was not there when we asked for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from erp.fulfilment.models import Decision, PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.overview.scorecards.counted import (
    Span,
    Test,
    is_closed,
    is_short_of_stock,
)
from erp.fulfilment.overview.scorecards.figures import Share

AT_ONCE = 500  # orders whose decisions are read together
Seen = dict[int, list[tuple[datetime, Mapping[str, Any]]]]


def phantom_stock(session: Session, span: Span, whose: Test) -> dict[int, Share]:
    """Lines the supplier had too few of although its feed showed some, of all closed.

    What the feed showed is what the routing decision noted down when it chose it; a
    line of which nothing was noted is missing.
    """
    every = _lines(func.count(), span, whose).group_by(col(PurchaseOrder.supplier_id))
    lines = {key: int(number) for key, number in session.execute(every)}
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for supplier, showed in _short_lines(session, span, whose):
        if showed is None:
            counts[supplier][1] += 1
        elif showed > 0:
            counts[supplier][0] += 1
    return {
        key: Share(counts[key][0], number - counts[key][1], counts[key][1])
        for key, number in lines.items()
    }


def _lines(figure: Any, span: Span, whose: Test) -> Any:
    of_purchase = col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id)
    return (
        select(col(PurchaseOrder.supplier_id), figure)
        .join(PurchaseOrderLine, of_purchase)
        .where(is_closed(span), whose)
    )


def _short_lines(
    session: Session, span: Span, whose: Test
) -> Iterator[tuple[int, int | None]]:
    """The supplier of each short line, and how many units its feed showed free."""
    query = _lines(col(PurchaseOrder.order_id), span, whose).add_columns(
        col(PurchaseOrder.created_at),
        col(PurchaseOrderLine.order_line_id),
        col(PurchaseOrderLine.offer_id),
    )
    rows = session.execute(query.where(is_short_of_stock())).all()
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        seen = _decisions(session, {order_id for _, order_id, *_ in some})
        for supplier, order_id, made_at, line_id, offer_id in some:
            yield supplier, _showed(seen[order_id], made_at, line_id, offer_id)


def _decisions(session: Session, order_ids: Iterable[int]) -> Seen:
    query = select(
        col(Decision.order_id), col(Decision.made_at), col(Decision.record)
    ).where(col(Decision.order_id).in_(order_ids))
    found: Seen = defaultdict(list)
    for order_id, made_at, record in session.execute(query.order_by(col(Decision.id))):
        found[order_id].append((made_at, record))
    return found


def _showed(
    decisions: list[tuple[datetime, Mapping[str, Any]]],
    made_at: datetime,
    line_id: int,
    offer_id: int,
) -> int | None:
    """By the last decision up to the purchase order; None: it says nothing."""
    showed = None
    for at, record in decisions:
        for verdict in record.get("verdicts", ()) if at <= made_at else ():
            if (verdict["line_id"], verdict["offer_id"]) == (line_id, offer_id):
                showed = verdict["free_quantity"]
    return showed
