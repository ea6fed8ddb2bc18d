"""Notices arrive signed, at least once, and a bad endpoint is nobody else's trouble."""

import json
from datetime import timedelta
from threading import Event

import pytest
from cryptography.fernet import Fernet
from sqlmodel import select
from standardwebhooks import Webhook

from config.secrets import Secrets
from erp.accounts.models import AuditEntry
from erp.fulfilment.notices.claiming import LEASE, claim
from erp.fulfilment.notices.models import DisabledBecause, NoticeStatus
from erp.fulfilment.notices.schedule import LONGEST_QUIET, PAUSES
from erp.fulfilment.notices.sending import _post
from suppliers.notifying import Notifier
from tests.erp.fulfilment.notices.receiving import until
from tests.erp.fulfilment.notices.told import BASE
from tests.erp.fulfilment.trade import EVERYWHERE

PRIVATE = "not a public address"


@EVERYWHERE
def test_a_notice_arrives_signed_and_says_where_to_read_on(office, receiver):
    secret = office.endpoint(receiver.url)
    office.tell(reference="PO-1")

    assert office.send() == 1

    (heard,) = receiver.heard
    said = Webhook(secret).verify(heard.body, heard.headers)
    assert said["type"] == "purchase_order.handed_over"
    url = f"{BASE}/supplier/v1/purchase-orders/PO-1"
    assert said["data"] == {"reference": "PO-1", "url": url}
    notice = office.notice()
    assert (notice.status, notice.attempts) == (NoticeStatus.DELIVERED, 1)
    assert (notice.last_status, notice.ended_at) == (200, office.now)
    assert office.send() == 0


def test_a_notice_tells_nothing_of_the_customer(office, receiver):
    office.endpoint(receiver.url)
    office.tell(reference="PO-1")
    office.send()
    (heard,) = receiver.heard
    assert json.loads(heard.body).keys() == {"type", "timestamp", "data"}
    assert b"Lovelace" not in heard.body
    assert len(heard.body) < 20_000


@pytest.mark.parametrize("status", [201, 202, 204])
def test_every_2xx_is_a_yes(office, receiver, status):
    receiver.statuses = [status]
    office.endpoint(receiver.url)
    office.tell()
    office.send()
    assert office.notice().status is NoticeStatus.DELIVERED


@EVERYWHERE
def test_a_failing_endpoint_is_tried_by_the_schedule_and_then_given_up(
    office, receiver
):
    receiver.statuses = [500]
    office.endpoint(receiver.url)
    office.tell()
    for pause in PAUSES:
        assert office.send() == 1
        assert office.notice().due_at == office.now + pause
        office.later(seconds=pause.total_seconds() - 1)
        assert office.send() == 0
        office.later(seconds=1)
    assert office.send() == 1
    notice = office.notice()
    assert (notice.status, notice.due_at) == (NoticeStatus.GIVEN_UP, None)
    assert (notice.last_status, notice.last_error) == (500, "it answered 500")
    office.later(days=9)
    assert office.send() == 0
    assert len(receiver.heard) == len(PAUSES) + 1
    assert len(set(receiver.ids)) == 1


def test_pauses_are_spread_so_that_not_all_come_back_together(office, receiver):
    receiver.statuses = [500]
    office.endpoint(receiver.url)
    office.tell()
    office.send(chance=lambda: 1.0)
    assert office.notice().due_at == office.now + 1.1 * PAUSES[0]


def test_a_redirect_is_a_failure_and_never_followed(office, receiver, other_receiver):
    receiver.statuses, receiver.headers = [302], {"Location": other_receiver.url}
    office.endpoint(receiver.url)
    office.tell()
    office.send()
    assert office.notice().last_error == "it answered 302"
    assert other_receiver.heard == []


@EVERYWHERE
def test_410_turns_the_endpoint_off_and_is_told(office, receiver):
    receiver.statuses = [410]
    office.endpoint(receiver.url)
    office.tell(3)
    office.send()

    endpoint = office.endpoint_row()
    assert endpoint.disabled_because is DisabledBecause.GONE
    assert endpoint.disabled_at == office.now
    assert {each.status for each in office.notices()} == {NoticeStatus.GIVEN_UP}
    with office.sessions.reading() as session:
        deeds = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    told = [(each.actor, each.action, each.subject) for each in deeds]
    assert told[-1] == ("system", "endpoint_turned_off", "S1")
    assert len(receiver.heard) == 1


def test_an_endpoint_that_is_set_again_is_told_again(office, receiver, other_receiver):
    receiver.statuses = [410]
    office.endpoint(receiver.url)
    office.tell()
    office.send()
    assert office.endpoint(other_receiver.url) == ""
    office.tell()
    assert office.send() == 1
    assert len(other_receiver.heard) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_who_asks_for_patience_gets_it_for_all_its_notices(office, receiver, status):
    receiver.statuses, receiver.headers = [status, 200], {"Retry-After": "600"}
    office.endpoint(receiver.url)
    office.tell(3)
    assert office.send() == 1
    office.later(seconds=599)
    assert office.send() == 0
    office.later(seconds=1)
    assert office.send() == 3


def test_a_failing_endpoint_is_left_alone_for_a_while(office, receiver):
    receiver.statuses = [500, 500, 200]
    office.endpoint(receiver.url)
    office.tell(2)
    assert office.send() == 1  # not both: the other would fail as well
    office.later(seconds=5)
    assert office.send() == 1
    office.later(seconds=LONGEST_QUIET.total_seconds())
    assert office.send() == 2


def test_an_endpoint_that_hangs_delays_no_other(office, receiver, other_receiver):
    all_heard = Event()

    def count():
        if len(other_receiver.heard) == 5:
            all_heard.set()

    receiver.before, other_receiver.before = until(all_heard), count
    office.endpoint(receiver.url, "SLOW")
    office.endpoint(other_receiver.url, "QUICK")
    office.tell(5, "SLOW")
    office.tell(5, "QUICK")
    assert office.send(threads=2, timeout_seconds=30.0) == 10
    assert all_heard.is_set()
    assert {each.status for each in office.notices()} == {NoticeStatus.DELIVERED}


def test_no_answer_in_time_is_a_failure(office, receiver):
    over = Event()
    receiver.before = until(over)
    office.endpoint(receiver.url)
    office.tell()
    try:
        assert office.send(timeout_seconds=0.3) == 1
    finally:
        over.set()
    notice = office.notice()
    assert (notice.status, notice.last_status) == (NoticeStatus.WAITING, None)
    assert notice.last_error in ("no answer in time", "the call took too long")


@EVERYWHERE
def test_a_crash_before_the_note_sends_it_again_under_the_same_id(office, receiver):
    office.endpoint(receiver.url)
    office.tell()
    claimed = _claim(office)
    _send(office, claimed)  # and our process dies here

    office.later(seconds=LEASE.total_seconds() - 1)
    assert office.send() == 0  # whoever has it may still be at it
    office.later(seconds=1)
    assert office.send() == 1
    assert len(receiver.heard) == 2
    assert len(set(receiver.ids)) == 1
    assert office.notice().status is NoticeStatus.DELIVERED


def test_a_crash_before_the_call_loses_nothing(office, receiver):
    office.endpoint(receiver.url)
    office.tell()
    _claim(office)
    office.later(seconds=LEASE.total_seconds())
    assert office.send() == 1
    assert len(receiver.heard) == 1


@EVERYWHERE
def test_what_one_has_claimed_no_other_takes(office, receiver):
    office.endpoint(receiver.url)
    office.tell()
    assert len(_claim(office)) == 1
    assert _claim(office) == []


def test_a_private_address_is_refused_unless_the_supplier_may_be_there(
    office, receiver
):
    office.endpoint(receiver.url, allow_private=False)
    office.tell()
    assert office.send() == 1
    assert receiver.heard == []
    assert PRIVATE in office.notice().last_error


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:169.254.169.254]/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "ftp://127.0.0.1/",
        "http://[not-an-address/",
    ],
)
def test_some_addresses_are_never_called(office, url):
    office.endpoint(url)
    office.tell()
    office.send(timeout_seconds=2.0)
    notice = office.notice()
    assert (notice.status, notice.last_status) == (NoticeStatus.WAITING, None)
    assert notice.last_error


def test_a_name_that_stands_for_a_private_address_is_refused(office, receiver):
    url = receiver.url.replace("127.0.0.1", "localhost")
    office.endpoint(url, allow_private=False)
    office.tell()
    office.send()
    assert receiver.heard == []
    assert PRIVATE in office.notice().last_error


def test_nobody_at_the_address_is_a_failure_like_any(office, free_port):
    office.endpoint(f"http://127.0.0.1:{free_port}/")
    office.tell()
    office.send()
    notice = office.notice()
    assert "refused" in notice.last_error
    assert notice.due_at == office.now + PAUSES[0]


def test_without_its_secret_nothing_is_sent(office, receiver):
    office.endpoint(receiver.url)
    office.tell()
    office.secrets = Secrets(Fernet.generate_key())
    office.send()
    assert receiver.heard == []
    assert "make a new one" in office.notice().last_error


def test_older_notices_come_first(office, receiver):
    office.endpoint(receiver.url)
    office.tell(4)
    office.send()
    assert receiver.ids == [each.message_id for each in office.notices()]


def test_a_lease_is_longer_than_any_call():
    assert timedelta(minutes=1) < LEASE


def _claim(office):
    with office.sessions.writing() as session:
        return claim(session, office.secrets, BASE, office.now, busy=(), limit=9)


def _send(office, claimed):
    notifier = Notifier(10.0, lambda: office.now)
    for each in claimed:
        _post(notifier, office.sender(), each)
    notifier.close()
