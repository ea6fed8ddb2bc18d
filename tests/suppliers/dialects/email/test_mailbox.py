"""Replies are read from a real IMAP server: each once, in order, and left alone."""

from datetime import timedelta

import pytest

from suppliers.contract import Duplicates, Follows, ReportedStatus, ScanKind, ScanReport
from suppliers.errors import Rejected, Unavailable
from tests.suppliers.dialects.email.conftest import NOON
from tests.suppliers.dialects.email.letters import reply, returned
from tests.suppliers.post_office import PASSWORD, USER

HOUR = timedelta(hours=1)
UPS = "1Z999AA10123456784"


def test_a_reply_with_a_tracking_number_ships_the_order(reading, replies):
    replies.receive(reply(f"Shipped by UPS today: {UPS}"), NOON + HOUR)

    page = reading().changes(None)

    (report,) = page.reports
    (parcel,) = report.parcels
    assert report.reference == "PO-1"
    assert report.status is ReportedStatus.ACCEPTED
    assert (parcel.carrier, parcel.tracking_number) == ("UPS", UPS)
    assert parcel.scans == (ScanReport(ScanKind.PICKED_UP, NOON + HOUR),)
    assert parcel.holds_rest
    (letter,) = page.letters
    assert letter.is_understood
    assert (letter.letter_id, letter.reference) == ("<reply-1@acme.test>", "PO-1")
    assert letter.received_at == NOON + HOUR


def test_each_mail_is_read_once_and_stays_unread_for_people(reading, replies):
    client = reading()
    replies.receive(reply("one"), NOON)
    first = client.changes(None)
    replies.receive(reply("two", Message_ID="<2@acme.test>"), NOON)
    second = client.changes(first.cursor)
    nothing = client.changes(second.cursor)

    assert [letter.text for letter in first.letters] == ["one"]
    assert [letter.text for letter in second.letters] == ["two"]
    assert (nothing.letters, nothing.cursor) == ((), second.cursor)
    assert replies.seen() == []


def test_many_mails_come_in_pages(reading, replies):
    client = reading()
    for number in range(53):
        mail = reply(f"number {number}", Message_ID=f"<{number}@acme.test>")
        replies.receive(mail, NOON)

    first = client.changes(None)
    second = client.changes(first.cursor)

    told = [letter.text for page in (first, second) for letter in page.letters]
    assert told == [f"number {number}" for number in range(53)]
    assert (first.more, second.more) == (True, False)


def test_a_folder_that_begins_anew_is_read_anew(reading, replies):
    client = reading()
    replies.receive(reply("before"), NOON)
    cursor = client.changes(None).cursor
    replies.begin_anew()
    replies.receive(reply("after"), NOON)

    page = client.changes(cursor)

    assert [letter.text for letter in page.letters] == ["after"]
    assert page.cursor != cursor


def test_an_empty_folder_is_followed_from_its_end(reading, replies):
    client = reading()
    cursor = client.changes(None).cursor
    replies.receive(reply("hello"), NOON - timedelta(days=300))

    assert [letter.text for letter in client.changes(cursor).letters] == ["hello"]


def test_mails_from_long_ago_answer_no_order_of_today(reading, replies):
    replies.receive(reply("old"), NOON - timedelta(days=300))

    page = reading().changes(None)

    assert page.letters == ()
    replies.receive(reply("new"), NOON)
    assert [each.text for each in reading().changes(page.cursor).letters] == ["new"]


def test_what_others_write_is_left_to_them(reading, replies):
    replies.receive(reply("spam", From="x@evil.test", In_Reply_To=""), NOON)
    theirs = "<order.PO-1.apex@shop.test>"
    replies.receive(reply("of apex", From="y@apex.test", In_Reply_To=theirs), NOON)
    replies.receive(returned(about="order.PO-1.apex"), NOON)
    replies.receive(reply("from a new clerk", From="new@acme.test"), NOON)

    page = reading().changes(None)

    assert [letter.text for letter in page.letters] == ["from a new clerk"]


def test_in_a_folder_of_their_own_every_mail_is_theirs(reading, replies):
    replies.receive(reply("hi", From="x@gmail.test", In_Reply_To=""), NOON)

    page = reading(mailbox={"is_theirs_alone": True}).changes(None)

    (letter,) = page.letters
    assert (letter.text, letter.reference) == ("hi", "")
    assert not letter.is_understood


def test_a_mail_that_says_nothing_we_know_waits_for_a_human(reading, replies):
    replies.receive(reply("We are closed until Monday, sorry!"), NOON)

    page = reading().changes(None)

    (letter,) = page.letters
    assert not letter.is_understood
    (report,) = page.reports
    assert report.status is ReportedStatus.RECEIVED  # whoever answers has our mail


def test_what_several_mails_say_of_an_order_is_one_report(reading, replies):
    other = "1Z879E930346834440"
    no = {"pattern": "called off", "status": "cancelled"}
    mails = (f"first parcel {UPS}", "thank you", f"second {other}", "called off", "bye")
    for number, words in enumerate(mails):
        replies.receive(reply(words, Message_ID=f"<{number}@acme.test>"), NOON)

    (report,) = reading(answers=[no]).changes(None).reports

    assert [each.tracking_number for each in report.parcels] == [UPS, other]
    assert report.status is ReportedStatus.CANCELLED


def test_a_mail_of_ours_that_came_back_is_told_as_such(reading, replies):
    replies.receive(returned(), NOON)
    replies.receive(returned("delayed"), NOON)

    page = reading().changes(None)

    assert [letter.is_returned for letter in page.letters] == [True, False]
    assert {letter.reference for letter in page.letters} == {"PO-1"}
    assert page.reports == ()


def test_only_the_beginning_of_a_huge_mail_is_fetched(reading, replies):
    mail = reply(f"{UPS}\n")
    mail.add_attachment(
        b"x" * 3_000_000, maintype="image", subtype="png", filename="label.png"
    )
    replies.receive(mail, NOON)

    (report,) = reading().changes(None).reports

    assert report.parcels[0].tracking_number == UPS


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"From: orders@acme.test\r\n\r\n\xff\xfe\x00",
        b"From: =?nope?q?x?= <orders@acme.test>\r\nSubject: =?utf-8?b?%%?=\r\n\r\nx",
        b"From: orders@acme.test\r\nContent-Type: text/plain; charset=klingon\r\n\r\nx",
        b"From: orders@acme.test\r\nContent-Type: text/html\r\n\r\n<![foo[ <p>x",
        b"From: orders@acme.test\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: orders@acme.test\r\nContent-Type: text/plain\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
    ],
)
def test_a_broken_mail_stops_nothing(reading, replies, raw):
    client = reading(mailbox={"is_theirs_alone": True})
    replies.receive(raw or b"\r\n", NOON)
    replies.receive(reply(UPS), NOON)

    page = client.changes(None)

    assert page.reports[-1].parcels[0].tracking_number == UPS
    assert len(page.letters) == 2
    assert all(letter.letter_id for letter in page.letters)


def test_a_copy_among_the_sent_mails_settles_a_lost_answer(
    reading, replies, inbox, request_for
):
    client = reading(mailbox={"sent_folder": replies.folder})
    assert client.duplicates is Duplicates.LIST_SCAN
    assert client.look_up("PO-1") is None
    client.submit(request_for("PO-1"))
    replies.receive(inbox.raw[0], NOON)

    found = client.look_up("PO-1")

    assert found.status is ReportedStatus.RECEIVED
    assert client.look_up("PO-2") is None


def test_without_copies_a_mailbox_cannot_tell_what_was_sent(reading):
    client = reading()

    assert client.duplicates is Duplicates.NONE
    assert client.follows is Follows.CHANGES
    with pytest.raises(Rejected):
        client.look_up("PO-1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "wrong"},
        {"base_url": "imap://127.0.0.1:1"},
        {"base_url": "https://127.0.0.1"},
        {"base_url": "imap://metadata.invalid"},
        {"allow_private": False},
    ],
    ids=["password", "nobody there", "scheme", "name", "private"],
)
def test_a_mailbox_that_cannot_be_opened_changes_nothing(mailed, replies, wrong):
    line = {"base_url": replies.url, "token": PASSWORD} | wrong
    client = mailed(line, mailbox={"user": USER, "folder": replies.folder})

    with pytest.raises(Unavailable):
        client.changes(None)


def test_a_folder_that_is_not_there_is_named(reading):
    with pytest.raises(Unavailable, match="no folder Elsewhere"):
        reading(mailbox={"folder": "Elsewhere"}).changes(None)


def test_our_own_network_is_not_read(mailed):
    line = {"base_url": "imap://127.0.0.1:1", "token": "x", "allow_private": False}

    with pytest.raises(Unavailable, match="not a public address"):
        mailed(line, mailbox={"user": "x"}).changes(None)


def test_no_password_goes_over_strange_networks_in_the_clear(
    mailed, replies, monkeypatch
):
    """The judge of addresses is told that loopback is a public one."""
    monkeypatch.setattr("suppliers.dialects.email.lines.refusal", lambda *_, **__: None)
    line = {"base_url": replies.url, "token": PASSWORD, "allow_private": False}

    with pytest.raises(Unavailable, match="no encryption"):
        mailed(line, mailbox={"user": USER}).changes(None)
