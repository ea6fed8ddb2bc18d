"""What happened, counted by the database: purchase orders and units, scope by scope.

Each answer holds every scope that had a case in the window. A purchase order with two
products counts once for each of them, and once overall. The statements are built once:
building one takes longer than a small store takes to answer it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlmodel import Session, col

from erp.fulfilment.lifecycle import DEAD, PurchaseStatus, ReturnStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine, Return, ReturnLine
from erp.kpis.measures import rate, shares
from erp.kpis.models import ScopeKind
from erp.kpis.scopes import SINCE, UNTIL, Measures, Scope, Window, in_window, scopes_of
from erp.orders.models import Order
from inventory.models import Offer, Product
from suppliers.models import Supplier

ASKED = frozenset(  # the supplier has it or may have it, and should name a ship-by
    {
        PurchaseStatus.SENT,
        PurchaseStatus.UNKNOWN,
        PurchaseStatus.NEEDS_ATTENTION,
        PurchaseStatus.ACCEPTED,
        PurchaseStatus.PARTLY_ACCEPTED,
        PurchaseStatus.SHIPPED,
        PurchaseStatus.DELIVERED,
        PurchaseStatus.CLOSED,
    }
)
LIVE = col(PurchaseOrder.status).not_in(DEAD)
UNITS = func.coalesce(PurchaseOrderLine.accepted_quantity, PurchaseOrderLine.quantity)
NONE = cast(null(), String)
Rows = Select[*tuple[Any, ...]]


def late_hand_over(session: Session, window: Window) -> Measures:
    """Purchase orders not handed to a carrier by their ship-by.

    Counted are those neither rejected nor cancelled whose ship-by lies in the window
    and has passed, or which have been handed over already. Late is handed over after
    ship-by, or still not handed over: that one is late now, not once it ships. What was
    asked for in the window without any ship-by, as of a supplier that never answers,
    is not covered.
    """
    return _rates(session, _HAND_OVERS, window)


def late_delivery(session: Session, window: Window) -> Measures:
    """Purchase orders delivered in the window after the day that was promised.

    What was delivered without a promise is not covered. What never arrived is not
    counted here: it has no delivery to be late with.
    """
    return _rates(session, _DELIVERIES, window)


def return_rate(session: Session, window: Window) -> Measures:
    """Units that came or are coming back, of the units delivered in the window.

    A return counts from its request, once, by its units, unless it is refused, and in
    the window of the delivery, not of its own day. What was delivered lately has had
    less time to come back, so a reading understates what its window will end at;
    nothing corrects for that here. Units of one order line that several suppliers
    delivered come back from them in proportion.
    """
    found: dict[Scope, list[int]] = defaultdict(lambda: [0, 0])
    delivered = session.connection().execute(_DELIVERED, window.moments).all()
    for supplier, channel, sku, units in delivered:
        for scope in scopes_of(supplier, channel, sku):
            found[scope][1] += int(units)
    for (supplier, channel, sku), units in _returned(session, window):
        for scope in scopes_of(supplier, channel, sku):
            found[scope][0] += units
    return {scope: rate(*counts) for scope, counts in found.items()}


def _rates(session: Session, statement: Any, window: Window) -> Measures:
    """Of the purchase orders of each scope: those that are bad, of those known."""
    found: dict[Scope, list[int]] = defaultdict(lambda: [0, 0, 0])
    rows = session.connection().execute(statement, window.moments).all()
    for supplier, channel, sku, *figures in rows:
        scopes = scopes_of(supplier, channel)
        for scope in scopes if sku is None else ((ScopeKind.PRODUCT, sku),):
            counts = found[scope]
            for at, count in enumerate(figures):
                counts[at] += int(count)
    return {scope: rate(*counts) for scope, counts in found.items()}


def _hand_overs() -> tuple[Rows, ...]:
    purchase = PurchaseOrder
    handed_over = and_(
        col(purchase.handed_over_at).is_not(None),
        col(purchase.handed_over_at) <= UNTIL,
    )
    is_past = col(purchase.ship_by) < UNTIL
    is_late = or_(
        and_(handed_over, col(purchase.handed_over_at) > col(purchase.ship_by)),
        and_(~handed_over, is_past),
    )
    is_due = and_(col(purchase.ship_by) > SINCE, or_(is_past, handed_over))
    has_no_promise = and_(
        col(purchase.ship_by).is_(None),
        col(purchase.status).in_(ASKED),
        in_window(purchase.created_at),
    )
    return (
        *_counts(and_(LIVE, is_due), is_late, true()),
        *_counts(has_no_promise, false(), false()),
    )


def _deliveries() -> tuple[Rows, ...]:
    promise = col(PurchaseOrder.deliver_by)
    is_known = promise.is_not(None)
    is_late = and_(is_known, col(PurchaseOrder.delivered_at) > promise)
    return _counts(and_(LIVE, in_window(PurchaseOrder.delivered_at)), is_late, is_known)


def _counts(
    where: ColumnElement[bool],
    is_bad: ColumnElement[bool],
    is_known: ColumnElement[bool],
) -> tuple[Rows, Rows]:
    """Bad, known and all purchase orders, by supplier and channel, and by product."""
    bad = case((is_bad, 1), else_=0)
    known = case((is_known, 1), else_=0)
    return _by_party(where, bad, known), _by_product(where, bad, known)


def _by_party(
    where: ColumnElement[bool], bad: ColumnElement[int], known: ColumnElement[int]
) -> Rows:
    keys = (col(Supplier.code), col(Order.channel))
    return (
        select(*keys, NONE, func.sum(bad), func.sum(known), func.count())
        .select_from(PurchaseOrder)
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
        .where(where)
        .group_by(*keys)
    )


def _by_product(
    where: ColumnElement[bool], bad: ColumnElement[int], known: ColumnElement[int]
) -> Rows:
    each = (
        select(
            col(PurchaseOrder.id),
            col(Offer.product_id),
            bad.label("bad"),
            known.label("known"),
        )
        .select_from(PurchaseOrder)
        .join(
            PurchaseOrderLine,
            col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id),
        )
        .join(Offer, col(Offer.id) == col(PurchaseOrderLine.offer_id))
        .where(where)
        .distinct()
        .subquery()
    )
    return (
        select(
            NONE,
            NONE,
            col(Product.sku),
            func.sum(each.c.bad),
            func.sum(each.c.known),
            func.count(),
        )
        .select_from(each)
        .join(Product, col(Product.id) == each.c.product_id)
        .group_by(col(Product.sku))
    )


def _delivered() -> Rows:
    keys = (col(Supplier.code), col(Order.channel), col(Product.sku))
    return _delivered_lines(*keys, func.sum(UNITS)).group_by(*keys)


def _delivered_lines(*columns: Any) -> Rows:
    return (
        select(*columns)
        .select_from(PurchaseOrder)
        .join(
            PurchaseOrderLine,
            and_(
                col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id),
                col(PurchaseOrderLine.is_live),
            ),
        )
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
        .join(Offer, col(Offer.id) == col(PurchaseOrderLine.offer_id))
        .join(Product, col(Product.id) == col(Offer.product_id))
        .where(LIVE, in_window(PurchaseOrder.delivered_at))
    )


def _returned(
    session: Session, window: Window
) -> Iterable[tuple[tuple[str, str, str], int]]:
    """Units that came back of each delivered purchase order line."""
    lines: dict[int, list[Any]] = defaultdict(list)
    for row in session.connection().execute(_CAME_BACK, window.moments):
        lines[row[0]].append(row)
    for parts in lines.values():
        delivered = [int(row[2]) for row in parts]
        returned = min(int(parts[0][1]), sum(delivered))
        for row, units in zip(parts, shares(returned, delivered), strict=True):
            yield (row[3], row[4], row[5]), units


def _came_back() -> Rows:
    came_back = (
        select(
            col(ReturnLine.order_line_id),
            func.sum(ReturnLine.quantity).label("units"),
        )
        .join(Return, col(Return.id) == col(ReturnLine.return_id))
        .where(col(Return.status) != ReturnStatus.REFUSED)
        .group_by(col(ReturnLine.order_line_id))
        .subquery()
    )
    of_line = came_back.c.order_line_id == col(PurchaseOrderLine.order_line_id)
    rows = _delivered_lines(
        col(PurchaseOrderLine.order_line_id),
        came_back.c.units,
        UNITS,
        col(Supplier.code),
        col(Order.channel),
        col(Product.sku),
    )
    return rows.join(came_back, of_line).order_by(col(PurchaseOrderLine.id))


_HAND_OVERS = union_all(*_hand_overs())
_DELIVERIES = union_all(*_deliveries())
_DELIVERED = _delivered()
_CAME_BACK = _came_back()
