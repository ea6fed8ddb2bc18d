"""Whether an order went out is known at every step, or said to be unknown."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from suppliers.contract import Duplicates, Follows, ReportedStatus
from suppliers.errors import Ambiguous, Rejected, Unavailable
from suppliers.registry import Clients, Connection
from tests.running import until
from tests.suppliers.dialects.email.conftest import NOON
from tests.suppliers.post_office import outgoing

CONNECTION = Connection(
    1, "email", "acme", base_url="", token="", options={"to": ["orders@acme.test"]}
)
BEFORE = ("EHLO", "MAIL", "RCPT", "DATA")


def test_an_order_is_mailed_and_known_by_its_message_id(mailed, inbox, request_for):
    report = mailed().submit(request_for("PO-1"))

    (mail,) = inbox.mails
    assert report.reference == "PO-1"
    assert report.supplier_reference == mail["Message-ID"]
    assert report.status is ReportedStatus.RECEIVED


@pytest.mark.parametrize("step", BEFORE)
def test_a_line_that_breaks_before_the_mail_sent_nothing(
    mailed, inbox, request_for, step
):
    inbox.said[step] = "hang up"

    with pytest.raises(Unavailable):
        mailed().submit(request_for())

    assert inbox.mails == []


@pytest.mark.parametrize("step", ["hang up", "hang up unread"])
def test_a_line_that_breaks_after_the_mail_leaves_doubt(
    mailed, inbox, request_for, step
):
    inbox.said["mail"] = step

    with pytest.raises(Ambiguous):
        mailed().submit(request_for())


@pytest.mark.parametrize("step", [*BEFORE, "mail"])
@pytest.mark.parametrize("code", ["421 busy", "451 greylisted", "452 full"])
def test_a_no_for_now_sent_nothing(mailed, inbox, request_for, step, code):
    inbox.said[step] = code
    if step == "EHLO":
        inbox.said["MAIL"] = code  # an older greeting would do as well

    with pytest.raises(Unavailable):
        mailed().submit(request_for())


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"])
def test_an_address_that_is_none_is_a_refusal_in_their_words(
    mailed, inbox, request_for, status
):
    inbox.said["RCPT"] = f"550 {status} nobody of that name"

    with pytest.raises(Rejected, match="nobody of that name"):
        mailed().submit(request_for())


@pytest.mark.parametrize("step", ["RCPT", "DATA", "mail"])
@pytest.mark.parametrize(
    "words",
    [
        "550 5.7.1 relaying denied",
        "530 5.7.0 authentication required",
        "552 5.3.4 too large",
        "554 account suspended",
        "550 5.1.8 your own address is bad",
    ],
)
def test_a_no_of_our_own_server_is_not_the_suppliers(
    mailed, inbox, request_for, step, words
):
    inbox.said[step] = words

    with pytest.raises(Unavailable, match=words):
        mailed().submit(request_for())


@pytest.mark.parametrize("step", ["DATA", "mail"])
def test_after_the_recipients_no_refusal_is_the_suppliers(
    mailed, inbox, request_for, step
):
    inbox.said[step] = "550 5.1.1 nobody of that name"

    with pytest.raises(Unavailable):
        mailed().submit(request_for())


def test_a_refused_sender_is_our_own_trouble_not_the_orders(mailed, inbox, request_for):
    inbox.said["MAIL"] = "553 not yours"

    with pytest.raises(Unavailable, match="our sender is refused"):
        mailed().submit(request_for())


@pytest.mark.parametrize(
    ("step", "error"),
    [("RCPT", Unavailable), ("DATA", Unavailable), ("mail", Ambiguous)],
)
def test_an_answer_that_is_none_counts_as_its_step(
    mailed, inbox, request_for, step, error
):
    inbox.said[step] = "~~~ good day"

    with pytest.raises(error):
        mailed().submit(request_for())


def test_a_rude_goodbye_does_not_undo_the_mail(mailed, inbox, request_for):
    inbox.said["QUIT"] = "hang up"

    assert mailed().submit(request_for("PO-1")).reference == "PO-1"
    assert len(inbox.mails) == 1


def test_one_refused_recipient_stops_the_mail_for_all(mailed, inbox, request_for):
    inbox.said["RCPT"] = "550 5.1.1 no"

    with pytest.raises(Rejected):
        mailed(to=["a@acme.test", "b@acme.test"]).submit(request_for())

    assert inbox.mails == []


def test_a_server_that_hangs_is_hung_up_on_in_time(mailed, inbox, request_for):
    over = threading.Event()
    inbox.arrives = lambda mail: (over.wait(20) and "250 late") or "250 late"
    limits = {"read_seconds": 0.3, "total_seconds": 0.6}

    try:
        with pytest.raises(Ambiguous):
            mailed(limits).submit(request_for())
    finally:
        over.set()


@pytest.fixture
def dripping() -> Iterator[tuple[int, list[bytes]]]:
    """A server that greets letter by letter; its port, and what it heard then."""
    over, heard = threading.Event(), list[bytes]()
    with socket.create_server(("127.0.0.1", 0)) as door:

        def greet() -> None:
            line, _ = door.accept()
            with line:
                for letter in b"220 hello\r\n":
                    over.wait(0.1)
                    line.sendall(bytes([letter]))
                heard.append(line.recv(100))

        greeting = threading.Thread(target=greet)
        greeting.start()
        yield door.getsockname()[1], heard
        over.set()
        greeting.join()


def test_a_greeting_that_takes_all_the_time_is_followed_by_nothing(
    dripping, tmp_path, request_for
):
    port, heard = dripping
    clients = Clients(lambda: NOON, outgoing=outgoing(tmp_path, port))
    brief = replace(CONNECTION, read_seconds=5.0, total_seconds=0.5)

    with pytest.raises(Unavailable, match="took too long"):
        clients.client_for(brief).submit(request_for())
    clients.close()

    until(lambda: heard)
    assert heard == [b""]


def test_nobody_at_the_server_sent_nothing(free_port, tmp_path, request_for):
    clients = Clients(lambda: NOON, outgoing=outgoing(tmp_path, free_port))
    client = clients.client_for(CONNECTION)

    with pytest.raises(Unavailable):
        client.submit(request_for())
    clients.close()


def test_wrong_credentials_sent_nothing(smtp, inbox, tmp_path, request_for):
    inbox.said |= {"EHLO": "250-shop\r\n250 AUTH PLAIN", "AUTH": "535 wrong"}
    way = outgoing(tmp_path, smtp[1], smtp_user="shop", smtp_password="wrong")
    clients = Clients(lambda: NOON, outgoing=way)

    with pytest.raises(Unavailable, match="535"):
        clients.client_for(CONNECTION).submit(request_for())
    clients.close()

    assert inbox.mails == []


def test_without_a_server_the_mail_lies_in_the_outbox_once(tmp_path, request_for):
    clients = Clients(lambda: NOON, outgoing=outgoing(tmp_path))
    client = clients.client_for(CONNECTION)

    for _ in range(2):
        client.submit(request_for("PO/1"))
    client.cancel("PO/1")
    clients.close()

    names = sorted(path.name for path in (tmp_path / "outbox").iterdir())
    assert names == ["acme-PO%2F1-cancel.eml", "acme-PO%2F1.eml"]


def test_an_outbox_that_cannot_be_written_sent_nothing(tmp_path, request_for):
    (tmp_path / "outbox").write_text("a file where the folder should be")
    clients = Clients(lambda: NOON, outgoing=outgoing(tmp_path))

    with pytest.raises(Unavailable):
        clients.client_for(CONNECTION).submit(request_for())
    clients.close()


def test_a_store_that_sends_no_mails_keeps_its_orders(request_for):
    clients = Clients(lambda: NOON)

    with pytest.raises(Unavailable, match="no mail goes out"):
        clients.client_for(CONNECTION)
    clients.close()


def test_without_copies_nobody_can_tell_what_was_sent(mailed):
    client = mailed()

    assert client.duplicates is Duplicates.NONE
    assert client.follows is Follows.TOLD
    for question in (
        lambda: client.look_up("PO-1"),
        lambda: client.changes(None),
        client.read_stock,
    ):
        with pytest.raises(Rejected):
            question()


def test_a_cancellation_is_asked_for_in_the_orders_own_thread(
    mailed, inbox, request_for
):
    client = mailed()
    client.submit(request_for("PO-1"))

    assert client.cancel("PO-1") is None

    order, wish = inbox.mails
    assert "PO-1" in wish["Subject"]
    assert wish["In-Reply-To"] == order["Message-ID"] != wish["Message-ID"]


def test_long_names_of_mails_are_never_written_in_a_code(mailed, inbox, request_for):
    client = mailed({"code": "supplier-code-that-is-forty-characters-l"})
    client.submit(request_for("P7K3QM4XW2ABN-1"))
    client.cancel("P7K3QM4XW2ABN-1")

    order, wish = inbox.mails
    name = order["Message-ID"].encode()
    assert b"In-Reply-To: " + name in inbox.raw[1]
    assert b"References: " + name in inbox.raw[1]
    assert wish["References"] == order["Message-ID"]
