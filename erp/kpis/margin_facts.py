"""The money of every order placed in a window, summed scope by scope."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, literal, not_, select
from sqlmodel import Session, col

from erp.fulfilment.invoicing.costs import ActualCost, about, actual_costs
from erp.fulfilment.lifecycle import ReturnStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine, Return, ReturnLine
from erp.kpis.margins import Bought, CameBack, Purchase, Sale, Sold, parts
from erp.kpis.measures import Measured
from erp.kpis.models import ScopeKind
from erp.kpis.scopes import Measures, Window, in_window
from erp.orders.lifecycle import OrderStatus
from erp.orders.models import Order, OrderLine
from inventory.models import ExchangeRate, Product
from inventory.pricing import MILLION
from inventory.rates import minor_millionths
from suppliers.models import Supplier

OF_ORDER = (
    col(Order.id),
    col(Order.channel),
    col(Order.currency),
    col(Order.shipping_cents),
)
OF_LINE = (
    col(OrderLine.id),
    col(Product.sku),
    col(OrderLine.quantity),
    col(OrderLine.cancelled_quantity),
    col(OrderLine.unit_price_cents),
    col(OrderLine.discount_cents),
)
OF_PURCHASE = (
    func.coalesce(PurchaseOrderLine.id, 0),
    func.coalesce(PurchaseOrderLine.accepted_quantity, PurchaseOrderLine.quantity),
    col(PurchaseOrderLine.unit_cost_cents),
    col(Supplier.code),
    col(PurchaseOrder.id),
    col(PurchaseOrder.currency),
    col(PurchaseOrder.rate_millionths),
    col(PurchaseOrder.order_fee_cents) + col(PurchaseOrder.shipping_cost_cents),
)
COUNTS = and_(
    in_window(Order.placed_at),
    col(Order.status) != OrderStatus.CANCELLED,
    col(Order.cancelled_at).is_(None),
)
AT_ONCE = 1000  # rows read at once: a long window must not fill the memory
# by key: numerator, denominator, covered, total
Figures = dict[ScopeKind, dict[str, list[int]]]
Rows = Select[*tuple[Any, ...]]
Rates = dict[str, list[tuple[date, int]]]  # by currency, oldest first


def gross_margin(session: Session, window: Window, *, currency: str) -> Measures:
    """What is left of the revenue of the orders placed in the window, in cents.

    Cancelled orders do not count. `margins` says what revenue and cost are. An order
    counts as a whole or not at all: if a unit has no supplier yet, or a rate of
    exchange is missing, it is in `total` but not in `covered`, numerator or
    denominator. Refunds and credits of settled returns are in the order's currency and
    in the window of their order. Another currency is turned into the store's by the
    newest rate of the day the order was placed or of a day before.
    """
    figures: dict[ScopeKind, dict[str, list[int]]] = {
        kind: defaultdict(lambda: [0, 0, 0, 0]) for kind in ScopeKind
    }
    for channel, sale in _sales(session, window, currency):
        _add(figures, channel, sale)
    return {
        (kind, key): Measured(*each)
        for kind, found in figures.items()
        for key, each in found.items()
    }


def _add(figures: Figures, channel: str, sale: Sale) -> None:
    found = parts(sale)
    overall = figures[ScopeKind.OVERALL][""]
    by_channel = figures[ScopeKind.CHANNEL][channel]
    for figure in (overall, by_channel, *_touched(figures, sale)):
        figure[2] += found is not None
        figure[3] += 1
    for part in found or ():
        margin = part.revenue_cents - part.cost_cents
        for figure in (
            overall,
            by_channel,
            figures[ScopeKind.SUPPLIER][part.supplier],
            figures[ScopeKind.PRODUCT][part.product],
        ):
            figure[0] += margin
            figure[1] += part.revenue_cents


def _touched(figures: Figures, sale: Sale) -> Iterator[list[int]]:
    """The figures of every product and supplier of an order, each once."""
    lines = sale.lines.values()
    for product in {sold.product for sold in lines}:
        if product:
            yield figures[ScopeKind.PRODUCT][product]
    for supplier in {each.supplier for sold in lines for each in sold.bought}:
        yield figures[ScopeKind.SUPPLIER][supplier]


def _sales(
    session: Session, window: Window, currency: str
) -> Iterator[tuple[str, Sale]]:
    """Every order that counts, with its channel."""
    returns = _returns(session, window)
    rates = _rates(session, currency)
    billed = actual_costs(session, _BILLED, window.moments)
    ended = _ended_lines(session, billed)
    rows = session.connection().execute(
        _BOUGHT_LINES,
        {**window.moments, "currency": currency},
        execution_options={"yield_per": AT_ONCE},
    )
    for order_id, group in groupby(rows, key=itemgetter(0)):
        lines = list(group)
        if len(lines) > 1:
            lines.sort(key=itemgetter(5, 11))
        _, channel, own_currency, shipping, placed_at = lines[0][:5]
        sale = Sale(
            lines={},
            shipping_cents=shipping,
            purchases={},
            returns=returns.get(order_id, []),
            rate_millionths=MILLION
            if own_currency == currency
            else _rate_on(rates, own_currency, placed_at.date()),
        )
        for line in lines:
            _add_line(sale, line, own_currency, billed)
        for line_id, sold in sale.lines.items():
            for line in ended.get(line_id, ()):
                _add_bought(sale, sold, line, own_currency, billed)
        yield channel, sale


def _add_line(
    sale: Sale, row: Any, currency: str, billed: dict[int, ActualCost]
) -> None:
    line_id, sku, quantity, cancelled, price, discount = row[5:11]
    if line_id not in sale.lines:
        sale.lines[line_id] = Sold(
            sku or "", quantity, quantity - cancelled, price, discount
        )
    if row[11]:
        _add_bought(sale, sale.lines[line_id], row[11:], currency, billed)


def _add_bought(
    sale: Sale, sold: Sold, row: Any, currency: str, billed: dict[int, ActualCost]
) -> None:
    purchase_line_id, units, cost, supplier, purchase_id, theirs, rate, extra = row
    actual = billed.get(purchase_id)
    goods = actual.lines_cents.get(purchase_line_id) if actual else None
    sold.bought.append(Bought(purchase_id, supplier, units, cost, goods))
    if purchase_id not in sale.purchases:
        known = MILLION if theirs == currency else rate
        if actual:
            extra = actual.extra_cents
        sale.purchases[purchase_id] = Purchase(extra, known)


def _ended_lines(
    session: Session, billed: dict[int, ActualCost]
) -> dict[int, list[Any]]:
    """By order line: what was rejected or cancelled, and is billed all the same."""
    found: dict[int, list[Any]] = defaultdict(list)
    ids = sorted(billed)
    for at in range(0, len(ids), AT_ONCE):
        some = {"ids": ids[at : at + AT_ONCE]}
        for line_id, *line in session.connection().execute(_ENDED_LINES, some):
            found[line_id].append(line)
    return found


def _returns(session: Session, window: Window) -> dict[int, list[CameBack]]:
    """Settled returns by order."""
    rows = session.connection().execute(_RETURNS, window.moments)
    found: dict[int, list[CameBack]] = defaultdict(list)
    for _, group in groupby(rows, key=itemgetter(0)):
        lines = list(group)
        _, order_id, refund, credit, *_ = lines[0]
        units = {line_id: quantity for *_, line_id, quantity in lines}
        found[order_id].append(CameBack(refund, credit, units))
    return found


def _rates(session: Session, currency: str) -> Rates:
    rates: Rates = defaultdict(list)
    for base, day, rate_millionths in session.connection().execute(
        _RATES, {"currency": currency}
    ):
        minor = minor_millionths(rate_millionths, base, currency)
        rates[base].append((day, minor))
    return rates


def _rate_on(rates: Rates, currency: str, day: date) -> int | None:
    """The newest rate of the day or of one before; None: unknown."""
    known = rates.get(currency, [])
    at = bisect_right(known, day, key=itemgetter(0))
    return known[at - 1][1] if at else None


def _bought_lines() -> Rows:
    """One row for each order line and purchase order line of it; 0: there is none."""
    of_line = col(PurchaseOrderLine.order_line_id) == col(OrderLine.id)
    purchase_id = col(PurchaseOrderLine.purchase_order_id)
    # An order in the store's currency needs no rate, and so no day.
    is_foreign = col(Order.currency) != bindparam("currency")
    return (
        select(
            *OF_ORDER, case((is_foreign, col(Order.placed_at))), *OF_LINE, *OF_PURCHASE
        )
        .select_from(Order)
        .join(OrderLine, col(OrderLine.order_id) == col(Order.id))
        .outerjoin(Product, col(Product.id) == col(OrderLine.product_id))
        .outerjoin(PurchaseOrderLine, and_(of_line, col(PurchaseOrderLine.is_live)))
        .outerjoin(PurchaseOrder, col(PurchaseOrder.id) == purchase_id)
        .outerjoin(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(COUNTS)
        .order_by(col(Order.placed_at), col(Order.id))
    )


# Built once: that takes longer than a small store takes to answer.
_BOUGHT_LINES = _bought_lines()
_BILLED = about(COUNTS)
_ENDED_LINES = (
    select(
        col(PurchaseOrderLine.order_line_id),
        col(PurchaseOrderLine.id),
        literal(0),
        *OF_PURCHASE[2:],
    )
    .join(PurchaseOrder, col(PurchaseOrder.id) == PurchaseOrderLine.purchase_order_id)
    .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
    .where(
        col(PurchaseOrder.id).in_(bindparam("ids", expanding=True)),
        not_(col(PurchaseOrderLine.is_live)),
    )
    .order_by(col(PurchaseOrderLine.id))
)
_RETURNS = (
    select(
        col(Return.id),
        col(Return.order_id),
        func.coalesce(Return.refund_cents, 0),
        func.coalesce(Return.supplier_credit_cents, 0),
        col(ReturnLine.order_line_id),
        col(ReturnLine.quantity),
    )
    .join(Order, col(Order.id) == col(Return.order_id))
    .join(ReturnLine, col(ReturnLine.return_id) == col(Return.id))
    .where(COUNTS, col(Return.status) == ReturnStatus.SETTLED)
    .order_by(col(Return.id), col(ReturnLine.order_line_id))
)
_RATES = (
    select(
        col(ExchangeRate.base),
        col(ExchangeRate.day),
        col(ExchangeRate.rate_millionths),
    )
    .where(col(ExchangeRate.currency) == bindparam("currency"))
    .order_by(col(ExchangeRate.day))
)
