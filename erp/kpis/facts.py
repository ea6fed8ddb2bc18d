"""What happened, counted by the database: purchase orders and units, scope by scope.

Each answer holds every scope that had a case in the window. A purchase order with two
products counts once for each of them, and once overall.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlmodel import Session, col

from erp.fulfilment.lifecycle import DEAD, PurchaseStatus, ReturnStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine, Return, ReturnLine
from erp.kpis.measures import NOTHING, rate, shares
from erp.kpis.models import ScopeKind
from erp.kpis.scopes import Measures, Scope, Window, scopes_of
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
Rows = Select[*tuple[Any, ...]]


def late_hand_over(session: Session, window: Window) -> Measures:
    """Purchase orders not handed to a carrier by their ship-by.

    Counted are those neither rejected nor cancelled whose ship-by lies in the window
    and has passed, or which have been handed over already. Late is handed over after
    ship-by, or still not handed over: that one is late now, not once it ships. What was
    asked for in the window without any ship-by, as of a supplier that never answers,
    is not covered.
    """
    purchase = PurchaseOrder
    handed_over = and_(
        col(purchase.handed_over_at).is_not(None),
        col(purchase.handed_over_at) <= window.until,
    )
    is_past = col(purchase.ship_by) < window.until
    is_late = or_(
        and_(handed_over, col(purchase.handed_over_at) > col(purchase.ship_by)),
        and_(~handed_over, is_past),
    )
    is_due = and_(
        window.is_after_start(purchase.ship_by),
        col(purchase.ship_by).is_not(None),
        or_(is_past, handed_over),
    )
    has_no_promise = and_(
        col(purchase.ship_by).is_(None),
        col(purchase.status).in_(ASKED),
        window.holds(purchase.created_at),
    )
    known = _purchases(session, and_(LIVE, is_due), is_late)
    unknown = _purchases(session, has_no_promise, false(), is_known=false())
    return {
        scope: known.get(scope, NOTHING) + unknown.get(scope, NOTHING)
        for scope in known.keys() | unknown.keys()
    }


def late_delivery(session: Session, window: Window) -> Measures:
    """Purchase orders delivered in the window after the day that was promised.

    What was delivered without a promise is not covered. What never arrived is not
    counted here: it has no delivery to be late with.
    """
    promise = col(PurchaseOrder.deliver_by)
    return _purchases(
        session,
        and_(LIVE, window.holds(PurchaseOrder.delivered_at)),
        and_(promise.is_not(None), col(PurchaseOrder.delivered_at) > promise),
        is_known=promise.is_not(None),
    )


def return_rate(session: Session, window: Window) -> Measures:
    """Units that came or are coming back, of the units delivered in the window.

    A return counts from its request, once, by its units, unless it is refused, and in
    the window of the delivery, not of its own day. What was delivered lately has had
    less time to come back, so a reading understates what its window will end at;
    nothing corrects for that here. Units of one order line that several suppliers
    delivered come back from them in proportion.
    """
    found: dict[Scope, list[int]] = defaultdict(lambda: [0, 0])
    for supplier, channel, sku, units in session.execute(_delivered(window)):
        for scope in scopes_of(supplier, channel, sku):
            found[scope][1] += int(units)
    for (supplier, channel, sku), units in _returned(session, window):
        for scope in scopes_of(supplier, channel, sku):
            found[scope][0] += units
    return {scope: rate(*counts) for scope, counts in found.items()}


def _purchases(
    session: Session,
    where: ColumnElement[bool],
    is_bad: ColumnElement[bool],
    *,
    is_known: ColumnElement[bool] | None = None,
) -> Measures:
    """Purchase orders of each scope: those that are bad, of those known, of all."""
    bad = case((is_bad, 1), else_=0)
    known = literal(1) if is_known is None else case((is_known, 1), else_=0)
    found: dict[Scope, list[int]] = defaultdict(lambda: [0, 0, 0])
    for supplier, channel, *counts in session.execute(_by_party(where, bad, known)):
        for scope in scopes_of(supplier, channel):
            for at, count in enumerate(counts):
                found[scope][at] += int(count)
    for sku, *counts in session.execute(_by_product(where, bad, known)):
        found[ScopeKind.PRODUCT, sku] = [int(count) for count in counts]
    return {scope: rate(*counts) for scope, counts in found.items()}


def _by_party(
    where: ColumnElement[bool], bad: ColumnElement[int], known: ColumnElement[int]
) -> Rows:
    keys = (col(Supplier.code), col(Order.channel))
    return (
        select(*keys, func.sum(bad), func.sum(known), func.count())
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
            col(Product.sku), func.sum(each.c.bad), func.sum(each.c.known), func.count()
        )
        .select_from(each)
        .join(Product, col(Product.id) == each.c.product_id)
        .group_by(col(Product.sku))
    )


def _delivered(window: Window) -> Rows:
    keys = (col(Supplier.code), col(Order.channel), col(Product.sku))
    return _delivered_lines(window, *keys, func.sum(UNITS)).group_by(*keys)


def _delivered_lines(window: Window, *columns: Any) -> Rows:
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
        .where(LIVE, window.holds(PurchaseOrder.delivered_at))
    )


def _returned(
    session: Session, window: Window
) -> Iterable[tuple[tuple[str, str, str], int]]:
    """Units that came back of each delivered purchase order line."""
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
    rows = _delivered_lines(
        window,
        col(PurchaseOrderLine.order_line_id),
        came_back.c.units,
        UNITS,
        col(Supplier.code),
        col(Order.channel),
        col(Product.sku),
    ).join(came_back, came_back.c.order_line_id == col(PurchaseOrderLine.order_line_id))
    lines: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(rows.order_by(col(PurchaseOrderLine.id))):
        lines[row[0]].append(row)
    for parts in lines.values():
        delivered = [int(row[2]) for row in parts]
        returned = min(int(parts[0][1]), sum(delivered))
        for row, units in zip(parts, shares(returned, delivered), strict=True):
            yield (row[3], row[4], row[5]), units
