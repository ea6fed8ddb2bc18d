"""The operator sees what suppliers were asked for, and settles what is in doubt."""

from datetime import timedelta

import pytest
from sqlmodel import select

from erp.accounts.models import Role
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import (
    Attempt,
    AttemptOutcome,
    PurchaseOrder,
    PurchaseOrderLine,
    Scan,
    Shipment,
    ShipmentLine,
)
from suppliers.contract import ScanKind
from tests.factories import make_order, make_purchase_order, make_supplier


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def desk(sessions, now):
    """P-LOST had its answer lost, P-LATE is overdue, P-WAIT waits to be sent."""
    with sessions.writing() as session:
        s1 = make_supplier(session, "S1", kind="rest")
        s2 = make_supplier(session, "S2")
        rows = {
            "P-LOST": (s1, PurchaseStatus.UNKNOWN, {"attempts": 1}),
            "P-LATE": (s1, PurchaseStatus.SENT, {"ship_by": now - timedelta(days=1)}),
            "P-WAIT": (s2, PurchaseStatus.QUEUED, {}),
        }
        for reference, (supplier, status, given) in rows.items():
            order = make_order(session, next_step=None)
            make_purchase_order(
                session, order, supplier, status, reference=reference, **given
            )
    return sessions


def _status(sessions, reference):
    with sessions.reading() as session:
        query = select(PurchaseOrder).where(PurchaseOrder.reference == reference)
        return session.exec(query).one().status


def test_an_empty_store_is_told_how_they_come_about(operator):
    page = operator.get("/purchases")
    assert page.status_code == 200
    assert "No purchase orders yet" in page.text


FILTERS = {
    "status=unknown": {"P-LOST"},
    "status=queued&status=unknown": {"P-LOST", "P-WAIT"},
    "supplier=S1": {"P-LOST", "P-LATE"},
    "late=now": {"P-LATE"},
    "q=p-wait": {"P-WAIT"},
    "channel=web&sort=oldest": {"P-LOST", "P-LATE", "P-WAIT"},
    "product=A": {"P-LOST", "P-LATE", "P-WAIT"},
    "late=hand_over&since=2026-02-01T00:00:00%2B00:00": {"P-LATE"},
    "late=hand_over&since=2026-03-02T00:00:00%2B00:00": set(),
    "from=2026-03-02&to=2026-03-02": {"P-LOST", "P-LATE", "P-WAIT"},
    "to=2026-03-01": set(),
}


@pytest.mark.parametrize(("query", "shown"), FILTERS.items(), ids=FILTERS)
def test_the_list_is_narrowed_by(operator, desk, query, shown):
    page = operator.get(f"/purchases?{query}").text
    assert {
        ref for ref in ("P-LOST", "P-LATE", "P-WAIT") if f">{ref}<" in page
    } == shown


def test_a_page_shows_attempts_parcels_and_scans(operator, desk, now):
    with desk.writing() as session:
        late = session.exec(
            select(PurchaseOrder).where(PurchaseOrder.reference == "P-LATE")
        ).one()
        line = session.exec(
            select(PurchaseOrderLine).where(
                PurchaseOrderLine.purchase_order_id == late.id
            )
        ).one()
        session.add(
            Attempt(
                purchase_order_id=late.id,
                number=1,
                started_at=now,
                outcome=AttemptOutcome.RATE_LIMITED,
                detail="429, asked to wait 30 s",
            )
        )
        parcel = Shipment(
            purchase_order_id=late.id,
            shipment_id="1",
            carrier="Correios",
            tracking_number="BR123",
            status=ScanKind.IN_TRANSIT,
        )
        session.add(parcel)
        session.flush()
        session.add(
            ShipmentLine(
                shipment_id=parcel.id, purchase_order_line_id=line.id, quantity=1
            )
        )
        session.add(
            Scan(
                shipment_id=parcel.id, kind=ScanKind.PICKED_UP, at=now, place="Campinas"
            )
        )
    page = operator.get("/purchases/P-LATE").text
    for words in ("429, asked to wait", "BR123", "Campinas", "S1-A", "Late"):
        assert words in page


def test_sending_again_says_that_the_supplier_may_have_it(operator, desk):
    assert "may already hold it" in operator.get("/purchases/P-LOST").text
    operator.submit("/purchases/P-LOST/requeue")
    assert _status(desk, "P-LOST") is PurchaseStatus.QUEUED


def test_what_is_not_in_doubt_cannot_be_sent_again(operator, desk):
    assert "Send again" not in operator.get("/purchases/P-LATE").text
    told = operator.submit("/purchases/P-LATE/requeue", True)
    assert "Nothing was changed" in told.text
    assert _status(desk, "P-LATE") is PurchaseStatus.SENT


def test_a_human_notes_that_the_supplier_has_it(operator, desk):
    operator.submit("/purchases/P-LOST/placed", supplier_reference="SUP-77")
    assert _status(desk, "P-LOST") is PurchaseStatus.SENT
    assert "SUP-77" in operator.get("/purchases/P-LOST").text


def test_the_name_of_our_mail_is_not_shown_as_their_number(operator, desk):
    with desk.writing() as session:
        query = select(PurchaseOrder).where(PurchaseOrder.reference == "P-LATE")
        late = session.exec(query).one()
        late.supplier_reference = "<order.P-LATE.S1@shop.test>"
    page = operator.get("/purchases/P-LATE").text
    assert "order.P-LATE.S1" not in page
    assert "<dt>Their number</dt><dd>unknown</dd>" in page


def test_their_number_must_be_typed(operator, desk):
    answer = operator.submit("/purchases/P-LOST/placed", supplier_reference="x" * 121)
    assert answer.status_code == 422
    assert "x" * 121 in answer.text
    assert _status(desk, "P-LOST") is PurchaseStatus.UNKNOWN


def test_cancelling_asks_the_supplier_where_it_may_have_it(operator, desk):
    for reference in ("P-LATE", "P-WAIT", "P-LOST"):
        operator.submit(f"/purchases/{reference}/cancel")
    assert _status(desk, "P-LATE") is PurchaseStatus.CANCELLING
    assert _status(desk, "P-WAIT") is PurchaseStatus.CANCELLED
    assert _status(desk, "P-LOST") is PurchaseStatus.UNKNOWN


def test_a_viewer_looks_and_changes_nothing(sign_in_as, desk):
    viewer = sign_in_as(Role.VIEWER)
    page = viewer.get("/purchases/P-LOST").text
    assert "Send again" not in page
    assert "Their number</label>" not in page
    for command in ("requeue", "placed", "cancel"):
        assert viewer.submit(f"/purchases/P-LOST/{command}").status_code == 403
    assert _status(desk, "P-LOST") is PurchaseStatus.UNKNOWN


def test_a_purchase_order_nobody_knows_is_not_found(operator):
    assert operator.get("/purchases/P-GONE").status_code == 404
    assert operator.submit("/purchases/P-GONE/cancel").status_code == 404
