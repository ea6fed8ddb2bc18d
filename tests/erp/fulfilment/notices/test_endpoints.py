"""Secrets are changed without a message lost; what ended is sent again by hand."""

import json
from datetime import timedelta

from sqlmodel import select
from standardwebhooks import Webhook

from erp.fulfilment.notices.endpoints import (
    endpoint_of,
    newest_notices,
    rotate_secret,
    send_again,
    send_test,
    turn_off,
)
from erp.fulfilment.notices.models import (
    DisabledBecause,
    NoticeStatus,
    SupplierNotice,
)
from erp.fulfilment.notices.recording import KEPT, forget_old
from suppliers.models import Supplier
from tests.erp.fulfilment.notices.told import BY

DAY = timedelta(hours=24)


def rotate(office):
    with office.sessions.writing() as session:
        supplier = session.exec(select(Supplier)).one()
        endpoint = endpoint_of(session, supplier.id)
        return rotate_secret(
            session, supplier, endpoint, office.secrets, DAY, office.now, by=BY
        )


def again(office):
    with office.sessions.writing() as session:
        notice = session.exec(select(SupplierNotice)).one()
        supplier = session.exec(select(Supplier)).one()
        return send_again(session, supplier, notice, office.now, by=BY)


def test_both_secrets_open_what_is_sent_during_a_rotation(office, receiver):
    former = office.endpoint(receiver.url)
    current = rotate(office)
    office.tell()
    office.send()
    (heard,) = receiver.heard
    for secret in (former, current):
        Webhook(secret).verify(heard.body, heard.headers)


def test_a_day_later_only_the_new_secret_signs(office, receiver):
    office.endpoint(receiver.url)
    current = rotate(office)
    office.later(hours=24)
    office.tell()
    office.send()
    (heard,) = receiver.heard
    signed = Webhook(current).sign(heard.id, office.now, heard.body.decode())
    assert heard.headers["webhook-signature"] == signed


def test_secrets_are_sealed_and_no_two_are_alike(office, receiver):
    former = office.endpoint(receiver.url)
    current = rotate(office)
    kept = office.endpoint_row().model_dump_json()
    assert former != current
    assert former not in kept
    assert current not in kept


def test_a_test_notice_arrives_although_the_endpoint_had_failed(office, receiver):
    secret = office.endpoint(receiver.url)
    receiver.statuses = [500, 200]
    office.tell()
    office.send()
    with office.sessions.writing() as session:
        send_test(
            session, endpoint_of(session, office.notice().supplier_id), office.now
        )
    assert office.send() == 1
    heard = receiver.heard[-1]
    assert Webhook(secret).verify(heard.body, heard.headers)["type"] == "test"


def test_a_test_notice_goes_before_what_has_waited_for_longer(office, receiver):
    office.endpoint(receiver.url)
    receiver.statuses = [500]
    office.tell(2)
    office.send()  # of the first, so that the endpoint is left alone
    with office.sessions.writing() as session:
        supplier_id = office.notices()[0].supplier_id
        send_test(session, endpoint_of(session, supplier_id), office.now)
    office.send()
    kinds = [json.loads(heard.body)["type"] for heard in receiver.heard]
    assert kinds == ["purchase_order.handed_over", "test"]


def test_what_was_given_up_is_sent_again_under_its_id(office, receiver):
    receiver.statuses = [410, 200]
    office.endpoint(receiver.url)
    office.tell()
    office.send()
    assert again(office) is False  # the endpoint is off
    office.endpoint(receiver.url)
    assert again(office) is True
    assert again(office) is False  # it waits already
    assert office.send() == 1
    assert len(set(receiver.ids)) == 1
    assert office.notice().status is NoticeStatus.DELIVERED


def test_one_that_is_turned_off_is_told_nothing(office, receiver):
    office.endpoint(receiver.url)
    office.tell()
    with office.sessions.writing() as session:
        supplier_id = session.exec(select(Supplier.id)).one()
        for _ in range(2):
            turn_off(session, supplier_id, DisabledBecause.BY_HAND, office.now, by=BY)
    assert office.send() == 0
    assert office.notice().status is NoticeStatus.GIVEN_UP
    assert receiver.heard == []


def test_the_newest_notices_stand_first_with_their_reference(office, receiver):
    office.endpoint(receiver.url)
    office.tell(reference="PO-1")
    office.tell(reference="PO-2")
    with office.sessions.reading() as session:
        supplier_id = session.exec(select(Supplier.id)).one()
        found = newest_notices(session, supplier_id)
    assert [reference for _, reference in found] == ["PO-2", "PO-1"]


def test_notices_that_ended_long_ago_are_forgotten(office, receiver):
    office.endpoint(receiver.url)
    office.tell()
    office.send()
    office.tell()
    office.later(days=KEPT.days)
    with office.sessions.writing() as session:
        assert forget_old(session, office.now) == 1
    assert office.notice().status is NoticeStatus.WAITING
