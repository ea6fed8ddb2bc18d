"""A supplier with nothing but mail, from the order to the parcel, over real servers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import Shipment
from suppliers.registry import Clients
from tests.erp.fulfilment.trade import Trade
from tests.factories import make_supplier
from tests.suppliers.dialects.email.letters import returned
from tests.suppliers.post_office import (
    PASSWORD,
    USER,
    Inbox,
    ReplyBox,
    imap_server,
    mail_server,
    new_folder,
    outgoing,
)

P = PurchaseStatus
UPS = "1Z999AA10123456784"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Inbox, int, int]]:
    with mail_server() as (inbox, smtp_port), imap_server() as imap_port:
        yield inbox, smtp_port, imap_port


@dataclass
class Clerk:
    """A person at the supplier's: reads the mails, books the orders, answers."""

    trade: Trade
    inbox: Inbox
    box: ReplyBox
    booked: dict[str, EmailMessage] = field(default_factory=dict)

    def book(self, mail: EmailMessage) -> str:
        """As people do: one order for one Message-ID, however often it comes."""
        self.booked.setdefault(str(mail["Message-ID"]), mail)
        return "250 thank you"

    def answer(self, text: str, name: str = "1", **headers: str) -> None:
        """A reply to the newest mail."""
        asked = self.inbox.mails[-1]
        reply = EmailMessage()
        told = {
            "From": "Ben <ben@acme.test>",
            "Subject": f"Re: {asked['Subject']}",
            "Message-ID": f"<{name}@acme.test>",
            "In-Reply-To": str(asked["Message-ID"]),
        }
        for header, value in (told | headers).items():
            reply[header] = value
        quoted = asked.get_body(("plain",)).get_content().replace("\n", "\n> ")
        reply.set_content(f"{text}\n\nOn Monday the shop wrote:\n> {quoted}")
        self.box.receive(reply, self.trade.now)


@pytest.fixture
def clerk(
    servers: tuple[Inbox, int, int], trade: Trade, tmp_path: Path
) -> Iterator[Clerk]:
    inbox, smtp_port, imap_port = servers
    inbox.__init__()  # type: ignore[misc]  # as new
    clerk = Clerk(trade, inbox, new_folder(imap_port))
    inbox.arrives = clerk.book
    trade.clients.close()
    trade.clients = Clients(lambda: trade.now, outgoing=outgoing(tmp_path, smtp_port))
    yield clerk
    trade.clients.close()


def ordered(clerk: Clerk, **mailbox: Any) -> str:
    """A purchase order that was handed to the mail server."""
    trade = clerk.trade
    trade.codes["A"] = f"acme-{clerk.box.folder.split()[-1]}"
    box = {"user": USER, "folder": clerk.box.folder} | mailbox
    with trade.sessions.writing() as session:
        make_supplier(
            session,
            trade.codes["A"],
            kind="email",
            base_url=clerk.box.url,
            sealed_token=trade.secrets.seal(PASSWORD),
            allow_private=True,
            options={"to": ["orders@acme.test"], "mailbox": box},
        )
    reference = trade.purchase("A", ("X", 2, 1000), ("Y", 1, 500))
    trade.forward()
    return reference


def follow(trade: Trade) -> None:
    trade.now += timedelta(hours=1)
    trade.track()


def letters(trade: Trade) -> list[SupplierLetter]:
    with trade.sessions.reading() as session:
        found = list(session.exec(select(SupplierLetter).order_by(SupplierLetter.id)))
        session.expunge_all()
    return found


def test_a_reply_with_a_number_ships_the_whole_order(clerk: Clerk) -> None:
    trade, reference = clerk.trade, ordered(clerk)
    assert trade.read(reference).status is P.SENT
    trade.now += timedelta(hours=2)
    handed_over = trade.now
    clerk.answer(f"On its way: UPS {UPS}")
    clerk.answer("And many thanks!", name="2")

    follow(trade)

    purchase = trade.read(reference)
    assert purchase.status is P.SHIPPED
    assert purchase.handed_over_at == handed_over
    with trade.sessions.reading() as session:
        (parcel,) = session.exec(
            select(Shipment).where(col(Shipment.purchase_order_id) == purchase.id)
        )
        assert (parcel.carrier, parcel.tracking_number) == ("UPS", UPS)
    with_number, thanks = letters(trade)
    assert with_number.read_at is not None
    assert thanks.read_at is None


def test_words_we_do_not_understand_stand_on_the_timeline(clerk: Clerk) -> None:
    trade, reference = clerk.trade, ordered(clerk)
    clerk.answer("Y is sold out, may we send Z?")

    follow(trade)
    follow(trade)

    purchase = trade.read(reference)
    assert purchase.status is P.SENT
    assert trade.events(purchase.order_id).count("supplier_wrote") == 1
    (letter,) = letters(trade)
    assert letter.read_at is None
    assert letter.text == "Y is sold out, may we send Z?"


def test_a_mail_that_came_back_asks_for_a_decision(clerk: Clerk) -> None:
    trade, reference = clerk.trade, ordered(clerk)
    about = str(clerk.inbox.mails[0]["Message-ID"]).strip("<>").partition("@")[0]
    clerk.box.receive(returned(about=about), trade.now)

    follow(trade)

    purchase = trade.read(reference)
    assert purchase.status is P.NEEDS_ATTENTION
    assert purchase.remark is Remark.NOT_DELIVERED


def test_a_lost_answer_is_settled_by_the_copy_that_was_kept(clerk: Clerk) -> None:
    trade = clerk.trade
    clerk.inbox.said["mail"] = "hang up"
    reference = ordered(clerk, sent_folder=clerk.box.folder)
    assert trade.read(reference).status is P.UNKNOWN
    clerk.box.receive(clerk.inbox.raw[0], trade.now)

    trade.now += timedelta(hours=1)
    trade.reconcile()

    assert trade.read(reference).status is P.SENT
    assert len(clerk.inbox.mails) == 1


def test_without_a_copy_a_lost_answer_is_a_humans_to_settle(clerk: Clerk) -> None:
    trade = clerk.trade
    clerk.inbox.said["mail"] = "hang up"
    reference = ordered(clerk)

    trade.now += timedelta(hours=1)
    trade.reconcile()
    trade.forward()

    assert trade.read(reference).status is P.NEEDS_ATTENTION
    assert len(clerk.inbox.mails) == 1


def test_an_answer_proves_that_the_order_arrived(clerk: Clerk) -> None:
    trade = clerk.trade
    clerk.inbox.said["mail"] = "hang up"
    reference = ordered(clerk)
    clerk.answer("Thank you, we look into it.")

    follow(trade)

    assert trade.read(reference).status is P.SENT


def test_the_same_order_mailed_twice_is_one_order_to_whoever_reads(
    clerk: Clerk,
) -> None:
    trade = clerk.trade
    clerk.inbox.said["RCPT"] = "451 greylisted"
    reference = ordered(clerk)
    clerk.inbox.said.clear()
    for _ in range(2):
        trade.now += timedelta(hours=5)
        trade.forward()

    assert trade.read(reference).status is P.SENT
    assert len(clerk.booked) == 1
