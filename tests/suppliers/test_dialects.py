"""What every dialect must do, whatever it speaks: run over a real sandbox server."""

from datetime import UTC, datetime, timedelta

import pytest

from suppliers.contract import Duplicates, RejectReason, ReportedStatus, ScanKind
from suppliers.errors import Ambiguous, RateLimited, Rejected, Unavailable
from suppliers.registry import DIALECTS
from suppliers.sandbox.messages import SandboxStock, Script, ScriptParcel

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

pytestmark = pytest.mark.parametrize("kind", sorted(DIALECTS))


def test_an_order_is_taken_and_reported(kind, desk, request_for):
    report = desk.client(kind).submit(request_for("PO-1"))

    assert report.reference == "PO-1"
    assert report.supplier_reference
    assert report.status is ReportedStatus.RECEIVED
    assert desk.counted("PO-1") == (1, 1)


def test_the_same_order_again_is_the_same_order(kind, desk, request_for):
    client = desk.client(kind)
    if client.duplicates is not Duplicates.NATIVE_KEY:
        pytest.fail("say how this dialect shows that it keeps out duplicates")

    first = client.submit(request_for("PO-1"))
    again = client.submit(request_for("PO-1"))
    changed = client.submit(request_for("PO-1", wanted={"A-1": 7}))

    assert first.supplier_reference == again.supplier_reference
    assert first.supplier_reference == changed.supplier_reference
    assert desk.counted("PO-1") == (1, 3)


@pytest.mark.parametrize("trouble", ["lose_answer", "garble", "fail"])
def test_a_lost_answer_is_ambiguous_and_the_order_can_be_found(
    kind, desk, request_for, trouble
):
    client = desk.client(kind)
    desk.misbehave(trouble, when="after")

    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    assert client.look_up("PO-1").reference == "PO-1"
    assert desk.counted("PO-1") == (1, 1)


@pytest.mark.parametrize("trouble", ["lose_answer", "fail"])
def test_a_call_that_broke_before_the_order_was_taken_is_ambiguous_too(
    kind, desk, request_for, trouble
):
    client = desk.client(kind)
    desk.misbehave(trouble, when="before")

    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    assert client.look_up("PO-1") is None
    assert desk.counted("PO-1") == (0, 1)


def test_a_supplier_that_hangs_is_ambiguous(kind, desk, request_for):
    client = desk.client(kind, read_seconds=0.2)
    desk.misbehave("hang", seconds=2, when="after")

    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    assert desk.counted("PO-1") == (1, 1)


def test_a_slow_supplier_is_waited_for(kind, desk, request_for):
    desk.misbehave("slow", seconds=0.3)

    assert desk.client(kind).submit(request_for("PO-1")).reference == "PO-1"


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_too_many_calls_say_when_to_come_back(kind, desk, request_for, as_date):
    desk.misbehave("rate_limit", retry_after=90, as_date=as_date)

    with pytest.raises(RateLimited) as raised:
        desk.client(kind).submit(request_for("PO-1"))

    assert raised.value.retry_after == timedelta(seconds=90)
    assert desk.counted("PO-1") == (0, 1)


def test_a_supplier_that_is_down_took_nothing(kind, desk, request_for):
    desk.misbehave("down", seconds=3600)
    client = desk.client(kind)

    with pytest.raises(Unavailable):
        client.submit(request_for("PO-1"))
    with pytest.raises(Unavailable):
        client.look_up("PO-1")
    desk.remote.set_clock(NOON + HOUR)

    assert client.submit(request_for("PO-1")).reference == "PO-1"
    assert desk.counted("PO-1") == (1, 2)


def test_nobody_at_the_address_took_nothing(kind, desk, request_for, free_port):
    client = desk.client(kind, base_url=f"http://127.0.0.1:{free_port}")

    with pytest.raises(Unavailable):
        client.submit(request_for("PO-1"))


def test_a_wrong_token_took_nothing(kind, desk, request_for):
    with pytest.raises(Unavailable, match="credentials"):
        desk.client(kind, token="wrong").submit(request_for("PO-1"))

    assert desk.counted("PO-1") == (0, 0)


def test_a_refusal_has_its_reason(kind, desk, request_for):
    desk.misbehave("refuse", reason="undeliverable_destination")

    with pytest.raises(Rejected) as raised:
        desk.client(kind).submit(request_for("PO-1"))

    assert raised.value.reason is RejectReason.UNDELIVERABLE_DESTINATION
    assert desk.counted("PO-1") == (0, 1)


def test_a_refusal_after_the_order_was_taken_is_reported(kind, desk, request_for):
    client = desk.client(kind)
    desk.misbehave("reject", reason="invalid_sku")
    client.submit(request_for("PO-1"))
    desk.remote.set_clock(NOON + HOUR)

    report = client.look_up("PO-1")

    assert report.status is ReportedStatus.REJECTED
    assert report.reason is RejectReason.INVALID_SKU


def test_a_part_acceptance_says_how_many(kind, desk, request_for):
    client = desk.client(kind)
    desk.misbehave("part_accept", accept={"A-1": 1, "B-2": 1})
    client.submit(request_for("PO-1", wanted={"A-1": 2, "B-2": 1}))
    desk.remote.set_clock(NOON + HOUR)

    report = client.look_up("PO-1")

    assert report.status is ReportedStatus.PARTLY_ACCEPTED
    accepted = {item.supplier_sku: item.accepted_quantity for item in report.items}
    assert accepted == {"A-1": 1, "B-2": 1}


def test_an_unknown_reference_is_not_found(kind, desk):
    assert desk.client(kind).look_up("PO-404") is None


@pytest.mark.parametrize("reference", ["a/b?c#d%2F", "-", "x" * 200])
def test_odd_references_arrive_whole(kind, desk, request_for, reference):
    client = desk.client(kind)
    client.submit(request_for(reference))

    assert client.look_up(reference).reference == reference
    assert client.cancel(reference).status is ReportedStatus.CANCELLED


def test_a_disabled_look_up_proves_nothing(kind, new_desk):
    with pytest.raises(Rejected):
        new_desk(look_up=False).client(kind).look_up("PO-1")


def test_an_order_is_followed_from_acknowledgement_to_delivery(kind, desk, request_for):
    desk.remote.load_scripts(
        [
            Script(
                supplier=desk.code,
                order_name="#PO-1",
                acknowledged_at=NOON + HOUR,
                ship_by=NOON + 3 * DAY,
                deliver_by=NOON + 9 * DAY,
                parcels=(
                    ScriptParcel(contents={"A-1": 2}, shipped_at=NOON + DAY),
                    ScriptParcel(
                        contents={"B-2": 1},
                        shipped_at=NOON + 2 * DAY,
                        delivered_at=NOON + 4 * DAY,
                        carrier="Post",
                        tracking_number="T-2",
                    ),
                ),
            )
        ]
    )
    client = desk.client(kind)
    client.submit(request_for("PO-1"))
    desk.remote.set_clock(NOON + 5 * DAY)

    report = client.look_up("PO-1")

    assert report.status is ReportedStatus.ACCEPTED
    assert report.acknowledged_at == NOON + HOUR
    assert report.ship_by == NOON + 3 * DAY
    assert report.deliver_by == NOON + 9 * DAY
    first, second = report.parcels
    assert first.contents == (("A-1", 2),)
    assert [(s.kind, s.at) for s in first.scans] == [(ScanKind.PICKED_UP, NOON + DAY)]
    assert (second.carrier, second.tracking_number) == ("Post", "T-2")
    assert [(scan.kind, scan.at) for scan in second.scans] == [
        (ScanKind.PICKED_UP, NOON + 2 * DAY),
        (ScanKind.DELIVERED, NOON + 4 * DAY),
    ]


def test_changes_come_once_and_in_pages(kind, desk, request_for):
    client = desk.client(kind)
    for number in range(150):
        client.submit(request_for(f"PO-{number}"))

    first = client.changes(None)
    second = client.changes(first.cursor)
    nothing = client.changes(second.cursor)

    assert first.more
    assert not second.more
    found = [report.reference for report in (*first.reports, *second.reports)]
    assert found == [f"PO-{number}" for number in range(150)]
    assert nothing.reports == ()
    assert nothing.cursor == second.cursor


def test_changes_bring_what_happened_since(kind, desk, request_for):
    client = desk.client(kind)
    client.submit(request_for("PO-1"))
    cursor = client.changes(None).cursor
    desk.remote.set_clock(NOON + 30 * DAY)

    (report,) = client.changes(cursor).reports

    assert report.parcels[0].scans[-1].kind is ScanKind.DELIVERED


def test_stock_tells_unknown_from_none(kind, desk):
    desk.remote.set_stock(
        desk.code,
        [
            SandboxStock(sku="A", quantity=5, unit_cost_cents=120, currency="EUR"),
            SandboxStock(sku="B", quantity=0, unit_cost_cents=0, currency="EUR"),
            SandboxStock(sku="C"),
        ],
        as_of=NOON - HOUR,
    )

    reading = desk.client(kind).read_stock()

    assert reading.as_of == NOON - HOUR
    assert [
        (row.supplier_sku, row.quantity, row.unit_cost_cents, row.currency)
        for row in reading.rows
    ] == [("A", 5, 120, "EUR"), ("B", 0, 0, "EUR"), ("C", None, None, None)]


def test_cancelling_in_time_succeeds_and_may_be_repeated(kind, desk, request_for):
    client = desk.client(kind)
    client.submit(request_for("PO-1"))

    assert client.cancel("PO-1").status is ReportedStatus.CANCELLED
    assert client.cancel("PO-1").status is ReportedStatus.CANCELLED
    desk.remote.set_clock(NOON + 30 * DAY)
    assert client.look_up("PO-1").parcels == ()


def test_cancelling_after_shipping_says_it_was_too_late(kind, desk, request_for):
    client = desk.client(kind)
    client.submit(request_for("PO-1"))
    desk.remote.set_clock(NOON + 2 * DAY)

    report = client.cancel("PO-1")

    assert report.status is ReportedStatus.ACCEPTED
    assert report.parcels


def test_cancelling_an_order_it_does_not_have_is_rejected(kind, desk):
    with pytest.raises(Rejected, match="no order"):
        desk.client(kind).cancel("PO-404")


def test_a_lost_answer_to_a_cancellation_is_ambiguous(kind, desk, request_for):
    client = desk.client(kind)
    client.submit(request_for("PO-1"))
    desk.misbehave("lose_answer", on="cancel")

    with pytest.raises(Ambiguous):
        client.cancel("PO-1")

    assert client.look_up("PO-1").status is ReportedStatus.CANCELLED
