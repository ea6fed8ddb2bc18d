"""Purchase orders, suppliers and returns are found by what an operator knows."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from erp.fulfilment.lifecycle import PurchaseStatus, ReturnReason, ReturnStatus
from erp.fulfilment.models import (
    Attempt,
    AttemptOutcome,
    Decision,
    PurchaseOrder,
    PurchaseOrderLine,
    Return,
    ReturnLine,
    Scan,
    Shipment,
    ShipmentLine,
)
from erp.fulfilment.overview import purchase_lists as queries
from erp.fulfilment.overview import return_queries, sheets, supplier_queries
from erp.fulfilment.overview.return_queries import ReturnFilter
from erp.fulfilment.overview.search import (
    Lateness,
    PurchaseFilter,
    PurchaseSort,
    late_orders,
    orders_of_supplier,
)
from erp.fulfilment.overview.supplier_queries import SupplierFilter, SupplierState
from erp.orders.lifecycle import LineStatus
from suppliers.contract import ScanKind
from suppliers.health import OpenedBecause
from suppliers.models import SupplierOutage
from tests.factories import make_order, make_purchase_order, make_supplier, order_lines

DAY = timedelta(days=1)


@pytest.fixture
def desk(sessions, now):
    """P-LATE is overdue, P-SLOW shipped late, P-FINE on time, P-DEAD rejected."""
    with sessions.writing() as session:
        s1 = make_supplier(session, "S1", kind="rest")
        s2 = make_supplier(session, "S2")
        rows = {
            "P-LATE": (s1, "sent", {"ship_by": now - DAY}),
            "P-SLOW": (
                s1,
                "shipped",
                {"ship_by": now - 3 * DAY, "handed_over_at": now - DAY},
            ),
            "P-FINE": (
                s2,
                "delivered",
                {
                    "ship_by": now - DAY,
                    "handed_over_at": now - 2 * DAY,
                    "deliver_by": now + DAY,
                    "delivered_at": now,
                },
            ),
            "P-DEAD": (s2, "rejected", {"ship_by": now - DAY, "ended_at": now}),
        }
        for number, (reference, (supplier, status, given)) in enumerate(rows.items()):
            order = make_order(session, name=f"#30{number}")
            make_purchase_order(
                session,
                order,
                supplier,
                PurchaseStatus(status),
                reference=reference,
                created_at=now + timedelta(minutes=number),
                **given,
            )
    return sessions


def _found(sessions, now, **asked):
    with sessions.reading() as session:
        found = queries.list_purchases(session, PurchaseFilter(**asked), now)
    return [row.purchase.reference for row in found.rows]


def test_purchase_orders_are_narrowed_by_status_supplier_and_day(desk, now):
    newest = ["P-DEAD", "P-FINE", "P-SLOW", "P-LATE"]
    assert _found(desk, now) == newest
    assert _found(desk, now, sort=PurchaseSort.OLDEST) == newest[::-1]
    assert _found(desk, now, supplier="S1") == ["P-SLOW", "P-LATE"]
    assert _found(desk, now, statuses=(PurchaseStatus.SENT,)) == ["P-LATE"]
    later = now + timedelta(minutes=2)
    assert _found(desk, now, created_from=later) == ["P-DEAD", "P-FINE"]
    assert _found(desk, now, created_before=later) == ["P-SLOW", "P-LATE"]


def test_late_means_a_broken_promise_and_not_an_ended_purchase_order(desk, now):
    assert _found(desk, now, late=Lateness.NOW) == ["P-LATE"]
    assert _found(desk, now, late=Lateness.HAND_OVER) == ["P-SLOW", "P-LATE"]
    assert _found(desk, now, late=Lateness.DELIVERY) == []
    later = now + 9 * DAY
    assert _found(desk, later, late=Lateness.DELIVERY) == []
    with desk.reading() as session:
        order_ids = set(session.exec(late_orders(now)).scalars())
        assert queries.late_among(session, order_ids, now) == order_ids
        assert len(order_ids) == 1


@pytest.mark.parametrize("words", ["P-SLOW", "p-slow", "#301", "301", "SUP-9", "TR-7"])
def test_a_purchase_order_is_found_by(desk, now, words):
    with desk.writing() as session:
        slow = _purchase(session, "P-SLOW")
        slow.supplier_reference = "SUP-9"
        session.add(_shipment(slow, "TR-7"))
    assert _found(desk, now, search=words) == ["P-SLOW"]


def _purchase(session, reference):
    query = select(PurchaseOrder).where(col(PurchaseOrder.reference) == reference)
    return session.exec(query).one()


def _shipment(purchase, tracking):
    return Shipment(
        purchase_order_id=purchase.id,
        shipment_id="1",
        carrier="UPS",
        tracking_number=tracking,
        status=ScanKind.PICKED_UP,
    )


def test_a_sheet_has_lines_attempts_parcels_and_scans(desk, now):
    with desk.writing() as session:
        slow = _purchase(session, "P-SLOW")
        parcel = _shipment(slow, "TR-7")
        session.add(parcel)
        for number in (1, 2):
            session.add(
                Attempt(
                    purchase_order_id=slow.id,
                    number=number,
                    started_at=now,
                    outcome=AttemptOutcome.PLACED,
                )
            )
        session.flush()
        line = session.exec(
            select(PurchaseOrderLine).where(
                col(PurchaseOrderLine.purchase_order_id) == slow.id
            )
        ).one()
        session.add(
            ShipmentLine(
                shipment_id=parcel.id, purchase_order_line_id=line.id, quantity=1
            )
        )
        session.add(Scan(shipment_id=parcel.id, kind=ScanKind.PICKED_UP, at=now))
    with desk.reading() as session:
        sheet = sheets.find_purchase(session, "P-SLOW", now)
        assert sheets.find_purchase(session, "P-GONE", now) is None
    assert sheet.supplier.code == "S1"
    assert [line.sku for _, line in sheet.lines] == ["A"]
    assert [attempt.number for attempt in sheet.attempts] == [2, 1]
    assert sheet.parcels[0].contents == (("S1-A", 1),)
    assert [scan.kind for scan in sheet.parcels[0].scans] == [ScanKind.PICKED_UP]


def test_an_order_knows_its_purchase_orders_and_its_newest_decision(desk, now):
    with desk.writing() as session:
        order = make_order(session, lines=(("A", 1, 900), ("B", 1, 900)))
        first, second = order_lines(session, order)
        for code, line in (("S1", first), ("S2", second)):
            supplier = make_supplier(session, code)
            make_purchase_order(session, order, supplier, lines=[line])
        for outcome in ("shortfall", "routed"):
            row = Decision(order_id=order.id, made_at=now, outcome=outcome, record={})
            session.add(row)
            session.flush()
        found = sheets.purchases_of(session, order, now)
        assert [each.supplier.code for each in found] == ["S1", "S2"]
        assert queries.suppliers_of(session, [order.id]) == {order.id: ("S1", "S2")}
        assert queries.newest_decision(session, order).outcome == "routed"
        assert order.id in set(session.exec(orders_of_supplier("S2")).scalars())


def test_what_waits_is_counted(desk, now):
    with desk.writing() as session:
        _purchase(session, "P-LATE").status = PurchaseStatus.UNKNOWN
        order = make_order(session)
        make_purchase_order(session, order, make_supplier(session, "S2"))
        session.flush()
        assert queries.doubtful_purchases(session) == [(PurchaseStatus.UNKNOWN, 1)]
        stuck = supplier_queries.stuck_suppliers(session)
    assert [(row.supplier.code, row.waiting) for row in stuck] == [("S2", 1)]


def test_suppliers_are_found_by_name_and_by_state(desk, now):
    with desk.writing() as session:
        make_supplier(session, "S3", kind="rest", is_paused=True)
        make_supplier(session, "S4", kind="rest", last_error="503")
        resting = make_supplier(session, "S5", kind="rest", last_error="503")
        session.add(
            SupplierOutage(
                supplier_id=resting.id, since=now, because=OpenedBecause.FAILING
            )
        )

    def codes(**asked):
        with desk.reading() as session:
            found = supplier_queries.list_suppliers(session, SupplierFilter(**asked))
        return [row.supplier.code for row in found]

    assert codes() == ["S1", "S2", "S3", "S4", "S5"]
    assert codes(search="supplier s4") == ["S4"]
    assert {state: codes(state=state) for state in SupplierState} == {
        SupplierState.CONNECTED: ["S1"],
        SupplierState.UNCONNECTED: ["S2"],
        SupplierState.PAUSED: ["S3"],
        SupplierState.FAILING: ["S4"],
        SupplierState.RESTING: ["S5"],
    }


@pytest.fixture
def sent_back(sessions, now):
    """One unit of three is on its way back."""
    with sessions.writing() as session:
        order = make_order(session, lines=(("LAMP-1", 3, 900),), name="#900")
        line = order_lines(session, order)[0]
        line.status = LineStatus.DELIVERED
        row = Return(
            reference="R-1",
            order_id=order.id,
            status=ReturnStatus.REQUESTED,
            reason=ReturnReason.DAMAGED,
            requested_at=now,
        )
        session.add(row)
        session.flush()
        session.add(ReturnLine(return_id=row.id, order_line_id=line.id, quantity=1))
    return sessions


def test_returns_are_found_by_reference_order_and_status(sent_back):
    def found(**asked):
        with sent_back.reading() as session:
            page = return_queries.list_returns(session, ReturnFilter(**asked))
        return [(row.each.reference, row.units) for row in page.rows]

    assert found() == found(search="r-1") == found(search="900") == [("R-1", 1)]
    assert found(statuses=(ReturnStatus.SETTLED,)) == found(search="zzz") == []
    with sent_back.reading() as session:
        waiting = queries.returns_to_handle(session)
    assert waiting == [(ReturnStatus.REQUESTED, 1)]
