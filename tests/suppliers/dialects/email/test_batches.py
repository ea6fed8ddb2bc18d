"""Many orders in one mail: each is answered, and each is known again by itself."""

import csv
import io
from datetime import UTC, datetime, time

import pytest

from suppliers.contract import Recipient, ReportedStatus
from suppliers.dialects.email.batching import last_departure
from suppliers.errors import Ambiguous, Rejected, Unavailable
from tests.suppliers.dialects.email.conftest import NOON
from tests.suppliers.dialects.email.letters import returned


def test_a_batch_is_one_mail_with_one_file(mailed, inbox, request_for):
    requests = [request_for(f"PO-{number}") for number in (1, 2, 3)]
    answers = mailed().submit_together(requests)

    (mail,) = inbox.mails
    (file,) = mail.iter_attachments()
    rows = list(csv.DictReader(io.StringIO(file.get_content().lstrip("\ufeff"))))
    assert [row["purchase_order"] for row in rows] == [
        *("PO-1", "PO-1", "PO-2", "PO-2", "PO-3", "PO-3")
    ]
    assert mail["Subject"] == "3 purchase orders from Corner Shop"
    for part in ("plain", "html"):
        words = mail.get_body((part,)).get_content()
        assert all(f"PO-{number}" in words for number in (1, 2, 3))
    assert {each.status for each in answers.values()} == {ReportedStatus.RECEIVED}
    assert {each.supplier_reference for each in answers.values()} == {
        mail["Message-ID"]
    }


def test_the_same_batch_is_the_same_mail_in_whatever_order(mailed, inbox, request_for):
    client, one, two = mailed(), request_for("PO-1"), request_for("PO-2")

    for requests in ([one, two], [two, one], [one]):
        client.submit_together(requests)

    first, again, other = (mail["Message-ID"] for mail in inbox.mails)
    assert first == again != other


def test_what_cannot_be_written_spoils_no_other_order(mailed, inbox, request_for):
    strange = Recipient("אנה", "1 Road", "Town", "1000", "PT")
    client = mailed(csv={"encoding": "windows-1252"})

    answers = client.submit_together(
        [request_for("PO-1"), request_for("PO-2", recipient=strange)]
    )

    assert isinstance(answers["PO-2"], Rejected)
    assert answers["PO-1"].reference == "PO-1"
    assert len(inbox.mails) == 1


def test_a_lost_answer_is_in_doubt_for_all(mailed, inbox, request_for):
    inbox.said["mail"] = "hang up"

    with pytest.raises(Ambiguous):
        mailed().submit_together([request_for("PO-1"), request_for("PO-2")])


@pytest.mark.parametrize("step", ["RCPT", "DATA", "mail"])
def test_a_batch_is_never_refused_as_a_whole(mailed, inbox, request_for, step):
    inbox.said[step] = "550 5.1.1 nobody of that name"

    with pytest.raises(Unavailable):
        mailed().submit_together([request_for("PO-1"), request_for("PO-2")])


def test_each_order_is_found_in_the_copy_of_its_batch(
    reading, replies, inbox, request_for
):
    code = "supplier-code-that-is-forty-characters-l"
    client = reading({"code": code}, mailbox={"sent_folder": replies.folder})
    client.submit_together([request_for(f"PO-{number}") for number in range(1, 40)])
    replies.receive(inbox.raw[0], NOON)

    assert client.look_up("PO-1").reference == "PO-1"
    assert client.look_up("PO-39").reference == "PO-39"
    assert client.look_up("PO-40") is None


def test_a_batch_that_came_back_is_told_of_each_order(
    reading, replies, inbox, request_for
):
    client = reading()
    client.submit_together([request_for("PO-1"), request_for("PO-2")])
    sent = inbox.raw[0]
    head = sent.partition(b"\r\n\r\n")[0]
    ours = b"From: orders@shop.test\r\nTo: orders@acme.test\r\nSubject: Purchase order"
    ours += b"\r\nMessage-ID: <order.PO-1.acme@shop.test>"
    replies.receive(returned().replace(ours, head), NOON)

    letters = client.changes(None).letters

    assert [(each.reference, each.is_returned) for each in letters] == [
        *(("PO-1", True), ("PO-2", True))
    ]
    assert len({each.letter_id for each in letters}) == 2


NINE_AND_THREE = (time(9), time(15))


@pytest.mark.parametrize(
    ("now", "departed"),
    [
        (datetime(2026, 3, 2, 8, 59, tzinfo=UTC), datetime(2026, 3, 1, 15, tzinfo=UTC)),
        (datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)),
        (datetime(2026, 3, 2, 14, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)),
        (datetime(2026, 3, 2, 23, tzinfo=UTC), datetime(2026, 3, 2, 15, tzinfo=UTC)),
    ],
)
def test_orders_leave_with_the_latest_departure(now, departed):
    assert last_departure(NINE_AND_THREE, "UTC", now) == departed


def test_departures_follow_the_clocks_of_their_zone():
    winter = datetime(2026, 1, 5, 12, tzinfo=UTC)
    summer = datetime(2026, 7, 6, 12, tzinfo=UTC)

    assert last_departure([time(9)], "Asia/Jerusalem", winter).hour == 7
    assert last_departure([time(9)], "Asia/Jerusalem", summer).hour == 6


def test_without_times_nothing_departs():
    assert last_departure([], "UTC", NOON) is None
