"""The lists' queries mean the same on SQLite and on PostgreSQL."""

from datetime import timedelta

from sqlmodel import select

from erp.fulfilment.lifecycle import PurchaseStatus, ReturnReason, ReturnStatus
from erp.fulfilment.models import Return, ReturnLine
from erp.fulfilment.overview import purchase_lists as queries
from erp.fulfilment.overview import return_queries, supplier_queries
from erp.fulfilment.overview.return_queries import ReturnFilter
from erp.fulfilment.overview.search import (
    Lateness,
    PurchaseFilter,
    late_orders,
    orders_of_supplier,
)
from erp.fulfilment.overview.supplier_queries import SupplierFilter
from erp.orders import queries as orders
from erp.orders.holds import hold
from erp.orders.lifecycle import HoldReason
from erp.orders.models import OrderLine
from erp.orders.search import OrderFilter, OrderSort
from inventory import queries as inventory
from inventory.queries import ProductFilter, ProductGap
from tests.factories import make_order, make_product, make_purchase_order, make_supplier


def _fill(session, now):
    make_product(session, "BARE")
    order = make_order(session, name="#1")
    supplier = make_supplier(session, "S1")
    overdue = {"ship_by": now - timedelta(days=1), "reference": "P1"}
    make_purchase_order(session, order, supplier, PurchaseStatus.SENT, **overdue)
    hold(session, order, HoldReason.UNPAID, {}, now)
    row = Return(
        reference="R1",
        order_id=order.id,
        status=ReturnStatus.REQUESTED,
        reason=ReturnReason.LATE,
        requested_at=now,
    )
    session.add(row)
    session.flush()
    line = session.exec(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    session.add(ReturnLine(return_id=row.id, order_line_id=line.id, quantity=1))
    for number in range(2, 60):
        make_order(session, name=f"#{number}", lines=(("A", 1, number),))


def test_lists_and_searches_answer_alike(both_sessions, now):
    with both_sessions.writing() as session:
        _fill(session, now)
    with both_sessions.reading() as session:
        for search in ("#1", "1", "A", "ada@example", "lovelace"):
            found = orders.list_orders(session, OrderFilter(search=search))
            assert found.rows, search
        among = (late_orders(now), orders_of_supplier("S1"))
        wanted = OrderFilter(among=among, reason=HoldReason.UNPAID)
        assert [row.name for row in orders.list_orders(session, wanted).rows] == ["#1"]
        assert orders.list_and_count(session, wanted)[1].number == 1
        for sort in OrderSort:
            first = orders.list_orders(session, OrderFilter(sort=sort))
            rest = orders.list_orders(session, OrderFilter(sort=sort), first.after)
            assert len({row.id for row in [*first.rows, *rest.rows]}) == 59
        purchases = PurchaseFilter(
            search="p1", supplier="S1", product="A", channel="web", late=Lateness.NOW
        )
        assert queries.count_purchases(session, purchases, now).number == 1
        assert len(queries.list_purchases(session, purchases, now).rows) == 1
        asked = ReturnFilter(search="r1", supplier="S1", channel="web")
        assert (
            return_queries.list_returns(session, asked).rows[0].each.reference == "R1"
        )
        [row] = supplier_queries.list_suppliers(session, SupplierFilter("s1"))
        assert row.open == 1
        bare = ProductFilter(search="ba", gap=ProductGap.NO_OFFER)
        assert inventory.list_products(session, bare, now, None).rows
        assert queries.returns_to_handle(session) == [(ReturnStatus.REQUESTED, 1)]
