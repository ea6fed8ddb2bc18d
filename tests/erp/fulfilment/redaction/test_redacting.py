"""Customers' addresses go in time, wherever they stand."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from config.database import Sessions
from erp.fulfilment.forwarding.requests import is_blank, purchase_requests
from erp.fulfilment.lifecycle import PurchaseStatus, Remark, ReturnStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.redaction.redacting import redact_due, redact_order
from erp.fulfilment.set_aside.models import Standing
from erp.orders.history import note
from erp.orders.holds import hold
from erp.orders.lifecycle import HoldReason, NextStep, OrderStatus
from erp.orders.models import ContactWord, Order, OrderEvent
from erp.orders.queries import list_orders
from erp.orders.search import OrderFilter
from suppliers.models import Supplier, SupplierOutage
from tests.erp.fulfilment.redaction.customers import (
    EMAIL,
    LATER,
    MAY_STAY,
    SHIP_TO,
    WORDS,
    audited,
    contact_of,
    finish,
    finished_order,
    is_redacted,
    make_return,
    named_in,
    rules,
    set_aside,
    take_in,
    write_down,
)
from tests.erp.fulfilment.trade import EVERYWHERE
from tests.factories import NOW, make_purchase_order, make_supplier

P = PurchaseStatus


@EVERYWHERE
def test_nothing_names_the_customer_once_the_days_are_over(
    store: Sessions, tmp_path: Path
) -> None:
    with store.writing() as session:
        write_down(session, finish(session, take_in(session)))
    before = named_in(store)

    done = redact_due(store, rules(tmp_path), LATER)

    assert done == 1
    assert before == {
        *(f"contact.{name}" for name in SHIP_TO if name != "country"),
        *(
            "letter_word.word",
            "contact.email",
            "contact_word.word",
            "supplier.last_error",
        ),
        *("order_event.facts", "hold.facts", "purchase_order.note", "attempt.detail"),
        *("scan.place", "customer_return.note", "set_aside_report.report"),
        *("set_aside_report.why", "supplier_outage.detail", "attachment.name"),
        *("supplier_letter.sender", "supplier_letter.subject", "supplier_letter.text"),
    }
    assert named_in(store) == MAY_STAY


@EVERYWHERE
def test_a_redacted_order_keeps_its_country_and_is_found_by_no_name(
    store: Sessions, tmp_path: Path
) -> None:
    order_id = finished_order(store)
    by = {"name": "apfelbaum", "email": EMAIL}
    with store.reading() as session:
        found = {w: list_orders(session, OrderFilter(search=q)) for w, q in by.items()}
    assert all(page.rows for page in found.values())

    redact_due(store, rules(tmp_path), LATER)

    left = contact_of(store, order_id)
    assert (left.country, left.name, left.redacted_at) == ("GB", "", LATER)
    with store.reading() as session:
        order = session.get_one(Order, order_id)
        assert (order.email_key, order.door_key) == (None, None)
        assert session.exec(select(func.count(col(ContactWord.word)))).one() == 0
        for asked in by.values():
            assert not list_orders(session, OrderFilter(search=asked)).rows
        (told,) = session.exec(
            select(OrderEvent).where(col(OrderEvent.kind) == "contact_redacted")
        )
        assert (told.order_id, told.actor, told.facts) == (order_id, "system", {})


@EVERYWHERE
def test_redacting_again_changes_nothing(store: Sessions, tmp_path: Path) -> None:
    order_id = finished_order(store)
    redact_due(store, rules(tmp_path), LATER)

    done = redact_due(store, rules(tmp_path), LATER + timedelta(days=1))

    assert done == 0
    assert contact_of(store, order_id).redacted_at == LATER


def test_all_are_taken_in_batches_and_those_that_wait_are_passed_by(
    store: Sessions, tmp_path: Path
) -> None:
    with store.writing() as session:
        orders = [take_in(session, external_id=f"{n}", name=f"#{n}") for n in range(7)]
        for order in orders:
            finish(session, order)
        for waits in (orders[0], orders[1], orders[4]):
            session.add(make_return(waits, ReturnStatus.REQUESTED))
        ids = [order.id or 0 for order in orders]

    done = redact_due(store, replace(rules(tmp_path), batch=2), LATER)

    assert done == 4
    assert [is_redacted(store, each) for each in ids] == [
        *(False, False, True, True, False, True, True)
    ]


def test_a_batch_that_was_lost_is_done_by_the_next_run(
    store: Sessions, tmp_path: Path
) -> None:
    """It fails with its last step, when all of it was blanked but not committed."""
    with store.writing() as session:
        purchase = finish(session, take_in(session))
        write_down(session, purchase)
        obstacle = tmp_path / f"S1-{purchase.reference}.eml"
    obstacle.mkdir()
    before = named_in(store)
    with pytest.raises(OSError, match="S1-"):
        redact_due(store, rules(tmp_path), LATER)
    assert named_in(store) == before

    obstacle.rmdir()
    redact_due(store, rules(tmp_path), LATER)

    assert named_in(store) == MAY_STAY


def waits_for_a_return(session: Session, order: Order, _asked: PurchaseOrder) -> None:
    session.add(make_return(order, ReturnStatus.RECEIVED))


def is_held(session: Session, order: Order, _asked: PurchaseOrder) -> None:
    hold(session, order, HoldReason.SHIPPED_AFTER_END, {}, NOW)


def is_asked_for(session: Session, order: Order, asked: PurchaseOrder) -> None:
    asked.status = P.NEEDS_ATTENTION


def has_a_next_step(session: Session, order: Order, _asked: PurchaseOrder) -> None:
    order.next_step = NextStep.CHECK


def is_not_shipped(session: Session, order: Order, _asked: PurchaseOrder) -> None:
    order.status = OrderStatus.ALLOCATED


def has_a_report_to_decide(
    session: Session, order: Order, asked: PurchaseOrder
) -> None:
    session.add(set_aside(asked, standing=Standing.WAITING, report={}, why="odd"))


def was_heard_of(session: Session, order: Order, _asked: PurchaseOrder) -> None:
    note(session, order, "parcel_delivered", LATER - timedelta(days=399))


@EVERYWHERE
@pytest.mark.parametrize(
    "happened",
    [
        waits_for_a_return,
        is_held,
        is_asked_for,
        has_a_next_step,
        is_not_shipped,
        has_a_report_to_decide,
        was_heard_of,
    ],
)
def test_an_order_that_is_not_over_keeps_its_address(
    store: Sessions, tmp_path: Path, happened
) -> None:
    with store.writing() as session:
        order = take_in(session)
        happened(session, order, finish(session, order))
        order_id = order.id or 0

    assert redact_due(store, rules(tmp_path), LATER) == 0

    assert contact_of(store, order_id).name == SHIP_TO["name"]


def test_nothing_is_redacted_where_data_is_kept_for_good(
    store: Sessions, tmp_path: Path
) -> None:
    with store.writing() as session:
        write_down(session, finish(session, take_in(session)))
    before = named_in(store)

    assert redact_due(store, rules(tmp_path, contacts=0, letters=0), LATER) == 0

    assert named_in(store) == before


def test_who_cancelled_by_hand_stays_known(store: Sessions, tmp_path: Path) -> None:
    with store.writing() as session:
        purchase = finish(session, take_in(session))
        purchase.status, purchase.remark = P.CANCELLED, Remark.CANCELLED_BY_HAND
        purchase.note = "owner@example.com"

    redact_due(store, rules(tmp_path), LATER)

    with store.reading() as session:
        assert session.exec(select(PurchaseOrder.note)).one() == "owner@example.com"


def test_an_error_that_quotes_no_customer_stays(
    store: Sessions, tmp_path: Path
) -> None:
    """A supplier that fails must not look as if it were well."""
    with store.writing() as session:
        write_down(session, finish(session, take_in(session)))
        make_supplier(session).last_error = f"no stock for {WORDS.upper()} today"

    redact_due(store, rules(tmp_path), LATER)

    with store.reading() as session:
        said = session.exec(select(Supplier.last_error)).one()
        outage = session.exec(select(SupplierOutage.detail)).one()
    assert said == "no stock for …, …, …, … today"
    assert outage == "…, …, …, …"


def test_a_supplier_is_shown_no_empty_address(store: Sessions, tmp_path: Path) -> None:
    with store.writing() as session:
        purchase = finish(session, take_in(session))
        purchase_id = purchase.id or 0
        before = purchase_requests(session, [purchase_id])[purchase_id].recipient

    redact_due(store, rules(tmp_path), LATER)

    with store.reading() as session:
        after = purchase_requests(session, [purchase_id])[purchase_id].recipient
    assert (is_blank(before), is_blank(after)) == (False, True)


@EVERYWHERE
def test_one_order_is_redacted_at_once_by_the_owners_word(
    store: Sessions, tmp_path: Path
) -> None:
    one = finished_order(store)
    other = finished_order(store, external_id="2", name="#2")

    with store.writing() as session:
        order = session.get_one(Order, one)
        assert redact_order(session, order, tmp_path, NOW, by="owner@example.com")

    assert (is_redacted(store, one), is_redacted(store, other)) == (True, False)
    assert audited(store) == [("owner@example.com", "contact_redacted", "#1")]


def test_an_order_under_way_is_not_redacted_by_hand(
    store: Sessions, tmp_path: Path
) -> None:
    with store.writing() as session:
        order = take_in(session)
        make_purchase_order(session, order, make_supplier(session))

        assert not redact_order(session, order, tmp_path, NOW, by="owner@example.com")

    assert "contact.name" in named_in(store)
    assert audited(store) == []
