"""Orders that gather for a supplier leave together, each with an answer of its own."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from erp.fulfilment.forwarding.sending import anything_to_send
from erp.fulfilment.lifecycle import PurchaseStatus
from suppliers.registry import Clients
from tests.erp.fulfilment.trade import EVERYWHERE, Trade
from tests.factories import make_supplier
from tests.suppliers.post_office import Inbox, mail_server, outgoing

P = PurchaseStatus
OPTIONS = {"to": ["orders@acme.test"], "batch_at": "09:00 15:00"}
MORNING = timedelta(hours=9)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Inbox, int]]:
    with mail_server() as server:
        yield server


@pytest.fixture
def inbox(server: tuple[Inbox, int], trade: Trade, tmp_path: Path) -> Iterator[Inbox]:
    """Where the supplier's mails arrive; the store's day has just begun."""
    inbox, port = server
    inbox.__init__()  # type: ignore[misc]  # as new
    trade.clients.close()
    trade.clients = Clients(lambda: trade.now, outgoing=outgoing(tmp_path, port))
    at(trade, 8)
    yield inbox
    trade.clients.close()


def at(trade: Trade, hour: int, day: int = 0) -> None:
    """Move the clock to this hour of the first day, or of a later one."""
    midnight = trade.now.replace(hour=0, minute=0, second=0, microsecond=0)
    trade.now = midnight + timedelta(days=day, hours=hour)


def mailed(trade: Trade, name: str = "A", **given: Any) -> None:
    code = trade.codes.setdefault(name, f"mail-{name}-{trade.now:%H}")
    with trade.sessions.writing() as session:
        make_supplier(session, code, kind="email", **({"options": OPTIONS} | given))


def bought(trade: Trade, name: str = "A", due_at: datetime | None = None) -> str:
    return trade.purchase(name, due_at=due_at or trade.now)


@EVERYWHERE
def test_orders_wait_for_the_departure_and_leave_in_one_mail(
    trade: Trade, inbox: Inbox
) -> None:
    mailed(trade)
    references = [bought(trade) for _ in range(3)]

    before = trade.forward()
    at(trade, 9)
    late = bought(trade, due_at=trade.now + timedelta(minutes=1))
    trade.now += timedelta(minutes=5)
    sent = trade.forward()

    assert (before, sent) == (0, 3)
    (mail,) = inbox.mails
    words = mail.get_body(("plain",)).get_content()
    assert all(reference in words for reference in references)
    assert {trade.read(each).status for each in references} == {P.SENT}
    assert [len(trade.attempts(each)) for each in references] == [1, 1, 1]
    assert trade.read(late).status is P.QUEUED
    at(trade, 15)
    assert trade.forward() == 1
    assert trade.read(late).status is P.SENT


def test_nothing_is_due_before_the_departure(trade: Trade, inbox: Inbox) -> None:
    mailed(trade)
    bought(trade)
    due = []
    for hour in (8, 9):
        at(trade, hour)
        with trade.sessions.reading() as session:
            due.append(anything_to_send(session, trade.now))

    assert due == [False, True]


def test_a_batch_nobody_took_leaves_again_before_the_next_departure(
    trade: Trade, inbox: Inbox
) -> None:
    mailed(trade)
    references = [bought(trade) for _ in range(2)]
    at(trade, 9)
    inbox.said["RCPT"] = "451 later"
    trade.forward()
    assert {trade.read(each).status for each in references} == {P.QUEUED}

    inbox.said.clear()
    trade.now += timedelta(minutes=10)
    trade.forward()

    assert {trade.read(each).status for each in references} == {P.SENT}
    assert len(inbox.mails) == 1


def test_a_lost_answer_leaves_every_order_in_doubt_and_none_is_resent(
    trade: Trade, inbox: Inbox
) -> None:
    mailed(trade)
    references = [bought(trade) for _ in range(2)]
    at(trade, 9)
    inbox.said["mail"] = "hang up"
    trade.forward()
    assert {trade.read(each).status for each in references} == {P.UNKNOWN}

    inbox.said.clear()
    trade.now += timedelta(hours=1)
    trade.reconcile()
    trade.forward()

    assert {trade.read(each).status for each in references} == {P.NEEDS_ATTENTION}
    assert len(inbox.mails) == 1


def test_each_supplier_gets_a_mail_of_its_own(trade: Trade, inbox: Inbox) -> None:
    for name in ("A", "B"):
        mailed(trade, name)
        bought(trade, name)
        bought(trade, name)
    mailed(trade, "C", options={"to": ["orders@c.test"]})
    bought(trade, "C")
    trade.forward()
    assert [mail["To"] for mail in inbox.mails] == ["orders@c.test"]

    at(trade, 9)
    trade.forward()

    assert len(inbox.mails) == 3


def test_a_paused_supplier_gets_no_batch(trade: Trade, inbox: Inbox) -> None:
    mailed(trade, is_paused=True)
    bought(trade)
    at(trade, 9)

    assert trade.forward() == 0
    assert inbox.mails == []


def test_options_that_do_not_fit_hold_the_orders_and_say_why(
    trade: Trade, inbox: Inbox
) -> None:
    mailed(trade, options={"to": [], "batch_at": "soon"})
    reference = bought(trade)

    trade.forward()

    assert trade.read(reference).status is P.QUEUED
    assert "to" in trade.attempts(reference)[0].detail
