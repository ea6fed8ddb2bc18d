"""Lines of a product we did not know when they came in, and know now."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from config.upsert import table_of
from erp.orders.models import OrderLine
from inventory.demand import record_demand
from inventory.models import Product

_LINE, _PRODUCT = table_of(OrderLine), table_of(Product)
_POINT_AT_PRODUCT = (
    _LINE.update()
    .where(_LINE.c.id == bindparam("line_id"))
    .values(product_id=bindparam("product"))
)


def resolve_skus(
    session: Session, orders: Sequence[Any], lines: Mapping[int, Sequence[Any]]
) -> dict[int, int]:
    """Point such lines at their product and count them as demand: product by line."""
    strangers = [
        (order, line)
        for order in orders
        for line in lines[order.id]
        if line.product_id is None
    ]
    products = _products(session, {line.sku for _, line in strangers})
    known = [(order, line) for order, line in strangers if line.sku in products]
    if not known:
        return {}
    session.connection().execute(
        _POINT_AT_PRODUCT,
        [{"line_id": line.id, "product": products[line.sku]} for _, line in known],
    )
    record_demand(
        session,
        (
            (products[line.sku], order.placed_at.date(), order.channel, line.quantity)
            for order, line in known
        ),
    )
    return {line.id: products[line.sku] for _, line in known}


def _products(session: Session, skus: set[str]) -> dict[str, int]:
    if not skus:
        return {}
    query = select(_PRODUCT.c.sku, _PRODUCT.c.id).where(_PRODUCT.c.sku.in_(skus))
    return {row.sku: row.id for row in session.connection().execute(query)}
