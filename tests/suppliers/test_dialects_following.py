"""What every dialect must do once an order is placed; see `test_dialects.py`."""

from datetime import UTC, datetime, timedelta

import pytest

from suppliers.contract import Follows, ReportedStatus, ScanKind
from suppliers.errors import Ambiguous, Rejected
from suppliers.sandbox.messages import SandboxStock, Script, ScriptParcel
from tests.suppliers.ways import Cannot, learned

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def desk(new_desk, way):
    return new_desk(way)


def test_an_order_is_followed_from_acknowledgement_to_delivery(
    client, desk, request_for
):
    desk.remote.load_scripts([two_parcels(desk.code)])
    client.submit(request_for("PO-1"))
    desk.remote.set_clock(NOON + 5 * DAY)

    report = learned(client, "PO-1")

    assert report.status is ReportedStatus.ACCEPTED
    if Cannot.PROMISE in desk.way.cannot:
        assert (report.ship_by, report.deliver_by) == (None, None)
    else:
        assert report.acknowledged_at == NOON + HOUR
        assert report.ship_by == NOON + 3 * DAY
        assert report.deliver_by == NOON + 9 * DAY
    first, second = report.parcels
    if Cannot.CONTENTS in desk.way.cannot:
        assert first.contents + second.contents == (("A-1", 2), ("B-2", 1))
    else:
        assert first.contents == (("A-1", 2),)
    assert [(s.kind, s.at) for s in first.scans] == [(ScanKind.PICKED_UP, NOON + DAY)]
    assert (second.carrier, second.tracking_number) == ("Post", "T-2")
    arrived = [(ScanKind.DELIVERED, NOON + 4 * DAY)]
    assert [(scan.kind, scan.at) for scan in second.scans] == [
        (ScanKind.PICKED_UP, NOON + 2 * DAY),
        *(arrived if Cannot.DELIVERY not in desk.way.cannot else []),
    ]


def two_parcels(code: str) -> Script:
    return Script(
        supplier=code,
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


def test_changes_come_once_and_in_pages(client, desk, request_for):
    if client.follows is not Follows.CHANGES:
        with pytest.raises(Rejected):
            client.changes(None)
        return
    names = [f"PO-{number}" for number in range(desk.way.page + 10)]
    for name in names:
        client.submit(request_for(name))

    pages = [client.changes(None)]
    while pages[-1].more:
        pages.append(client.changes(pages[-1].cursor))
    nothing = client.changes(pages[-1].cursor)

    assert len(pages) == 2
    found = [report.reference for page in pages for report in page.reports]
    assert found == names
    assert nothing.reports == ()
    assert nothing.cursor == pages[-1].cursor


def test_what_happened_since_is_learned(client, desk, request_for):
    client.submit(request_for("PO-1"))
    cursor = None
    if client.follows is Follows.CHANGES:
        cursor = client.changes(None).cursor
    desk.remote.set_clock(NOON + 30 * DAY)

    if client.follows is Follows.CHANGES:
        (report,) = client.changes(cursor).reports
    else:
        report = client.look_up("PO-1")

    tells_all = Cannot.DELIVERY not in desk.way.cannot
    last = ScanKind.DELIVERED if tells_all else ScanKind.PICKED_UP
    assert report.parcels[0].scans[-1].kind is last


def test_stock_tells_unknown_from_none(client, desk):
    if Cannot.STOCK in desk.way.cannot:
        with pytest.raises(Rejected):
            client.read_stock()
        return
    desk.remote.set_stock(
        desk.code,
        [
            SandboxStock(sku="A", quantity=5, unit_cost_cents=120, currency="EUR"),
            SandboxStock(sku="B", quantity=0, unit_cost_cents=0, currency="EUR"),
            SandboxStock(sku="C"),
        ],
        as_of=NOON - HOUR,
    )

    reading = client.read_stock()

    says_when = Cannot.STOCK_MOMENT not in desk.way.cannot
    assert reading.as_of == (NOON - HOUR if says_when else None)
    assert [
        (row.supplier_sku, row.quantity, row.unit_cost_cents, row.currency)
        for row in reading.rows
    ] == [("A", 5, 120, "EUR"), ("B", 0, 0, "EUR"), ("C", None, None, None)]


def test_cancelling_in_time_succeeds_and_may_be_repeated(client, desk, request_for):
    client.submit(request_for("PO-1"))
    if Cannot.CANCEL in desk.way.cannot:
        with pytest.raises(Rejected):
            client.cancel("PO-1")
        return

    answers = [client.cancel("PO-1"), client.cancel("PO-1")]

    if Cannot.ANSWER_CANCELS in desk.way.cannot:
        assert answers == [None, None]
    else:
        assert {answer.status for answer in answers} == {ReportedStatus.CANCELLED}
    desk.remote.set_clock(NOON + 30 * DAY)
    assert learned(client, "PO-1").status is ReportedStatus.CANCELLED
    assert learned(client, "PO-1").parcels == ()


def test_cancelling_after_shipping_says_it_was_too_late(client, desk, request_for):
    if Cannot.CANCEL in desk.way.cannot:
        return  # told by the test above
    client.submit(request_for("PO-1"))
    desk.remote.set_clock(NOON + 2 * DAY)

    answer = client.cancel("PO-1")

    report = answer if answer is not None else learned(client, "PO-1")
    assert report.status is ReportedStatus.ACCEPTED
    assert report.parcels


def test_cancelling_an_order_it_does_not_have_is_rejected(client, desk):
    if Cannot.REFUSE_AT_ONCE in desk.way.cannot:
        assert client.cancel("PO-404") is None
        assert desk.counted("PO-404") == (0, 0)
        return
    with pytest.raises(Rejected):
        client.cancel("PO-404")


def test_a_lost_answer_to_a_cancellation_is_ambiguous(client, desk, request_for):
    client.submit(request_for("PO-1"))
    desk.misbehave("lose_answer", on="cancel")
    if Cannot.CANCEL in desk.way.cannot:
        with pytest.raises(Rejected):
            client.cancel("PO-1")
        return

    with pytest.raises(Ambiguous):
        client.cancel("PO-1")

    assert learned(client, "PO-1").status is ReportedStatus.CANCELLED
