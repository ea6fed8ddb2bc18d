"""A notice is written with what it tells, once for each event, or not at all."""

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from erp.fulfilment.decisions import cancel_purchase, mark_placed
from erp.fulfilment.forwarding.caller import Caller
from erp.fulfilment.forwarding.sending import forward_due
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.notices.endpoints import endpoint_of, turn_off
from erp.fulfilment.notices.models import DisabledBecause, NoticeKind
from erp.fulfilment.tracking.reports import apply_reports
from suppliers.contract import PurchaseReport, ReportedStatus
from suppliers.models import Supplier
from suppliers.registry import Clients
from tests.erp.fulfilment.notices.told import BY
from tests.erp.fulfilment.trade import EVERYWHERE, RULES
from tests.factories import make_supplier

URL = "https://depot.example/notices"
HANDED_OVER, CANCEL = NoticeKind.HANDED_OVER, NoticeKind.CANCEL_REQUESTED


@pytest.fixture
def clients(office):
    opened = Clients(lambda: office.now)
    yield opened
    opened.close()


def forward(office, clients):
    caller = Caller(clients, office.secrets, lambda: office.now, RULES, 1, 5.0)
    return forward_due(office.sessions, caller)


def kinds(office):
    return [each.kind for each in office.notices()]


def report(office, reference, status, **given):
    told = PurchaseReport(reference, "", status)
    with office.sessions.writing() as session:
        apply_reports(session, [told], office.now, **given)


def ask_to_cancel(office):
    with office.sessions.writing() as session:
        purchase = session.exec(select(PurchaseOrder)).one()
        cancel_purchase(session, purchase, office.now, by=BY)


@EVERYWHERE
def test_what_is_handed_over_is_told_once(office, clients):
    office.endpoint(URL)
    purchase_id = office.purchase(status=PurchaseStatus.QUEUED, due_at=office.now)
    assert kinds(office) == []
    assert forward(office, clients) == 1
    notice = office.notice()
    assert (notice.kind, notice.purchase_order_id) == (HANDED_OVER, purchase_id)
    assert (notice.occurred_at, notice.due_at) == (office.now, office.now)
    assert forward(office, clients) == 0
    assert kinds(office) == [HANDED_OVER]


@EVERYWHERE
def test_what_a_lost_answer_turns_out_to_be_is_told_once(office):
    office.endpoint(URL)
    office.purchase(status=PurchaseStatus.UNKNOWN, reference="PO-1")
    for _ in range(2):
        report(office, "PO-1", ReportedStatus.ACCEPTED)
    assert kinds(office) == [HANDED_OVER]


def test_what_was_refused_at_once_is_not_told(office):
    office.endpoint(URL)
    office.purchase(status=PurchaseStatus.SENDING, reference="PO-1")
    report(office, "PO-1", ReportedStatus.REJECTED)
    assert kinds(office) == []


def test_what_a_human_says_was_sent_is_told(office):
    office.endpoint(URL)
    office.purchase(status=PurchaseStatus.UNKNOWN)
    with office.sessions.writing() as session:
        purchase = session.exec(select(PurchaseOrder)).one()
        mark_placed(session, purchase, "T-1", office.now, by=BY)
    assert kinds(office) == [HANDED_OVER]


@EVERYWHERE
def test_each_wish_to_cancel_is_told(office):
    office.endpoint(URL)
    office.purchase(reference="PO-1", sent_at=office.now)
    ask_to_cancel(office)
    report(office, "PO-1", ReportedStatus.RECEIVED, answers_cancel=True)
    office.later(hours=1)
    ask_to_cancel(office)
    assert kinds(office) == [CANCEL, CANCEL]


def test_what_was_never_sent_is_cancelled_silently(office):
    office.endpoint(URL)
    office.purchase(status=PurchaseStatus.QUEUED)
    ask_to_cancel(office)
    assert kinds(office) == []


def test_what_is_rolled_back_is_not_told(office):
    office.endpoint(URL)
    office.purchase(reference="PO-1", sent_at=office.now)

    def fail(session):
        purchase = session.exec(select(PurchaseOrder)).one()
        cancel_purchase(session, purchase, office.now, by=BY)
        raise RuntimeError("something else went wrong")

    with pytest.raises(RuntimeError), office.sessions.writing() as session:
        fail(session)
    assert kinds(office) == []


def test_one_that_is_turned_off_is_written_nothing(office, clients):
    office.endpoint(URL)
    with office.sessions.writing() as session:
        supplier_id = session.exec(select(Supplier.id)).one()
        by_hand = DisabledBecause.BY_HAND
        turn_off(session, supplier_id, by_hand, office.now, by=BY)
        assert endpoint_of(session, supplier_id).disabled_at
    office.purchase(status=PurchaseStatus.QUEUED, due_at=office.now)
    forward(office, clients)
    assert kinds(office) == []


def test_without_an_endpoint_it_costs_no_statement(office, clients):
    with office.sessions.writing() as session:
        make_supplier(session, kind="portal")
    office.purchase(status=PurchaseStatus.QUEUED, due_at=office.now)
    statements = []
    listening = (office.sessions.engine, "before_cursor_execute")

    def hear(_connection, _cursor, statement, *_others):
        statements.append(statement)

    event.listen(*listening, hear)
    forward(office, clients)
    event.remove(*listening, hear)
    with office.sessions.reading() as session:
        sent = select(PurchaseOrder.id).where(col(PurchaseOrder.sent_at).is_not(None))
        assert len(session.exec(sent).all()) == 1
    assert not [each for each in statements if "supplier_notice" in each]
    asked = [each for each in statements if "supplier_endpoint" in each]
    assert all("LEFT OUTER JOIN supplier_endpoint" in each for each in asked)
