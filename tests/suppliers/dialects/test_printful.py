"""Printful's traps, against a sandbox that speaks its wire format."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from suppliers.contract import Recipient, RejectReason, ReportedStatus
from suppliers.dialects.printful.client import PrintfulClient
from suppliers.dialects.printful.requests import Options
from suppliers.dialects.rest import RestConnection
from suppliers.errors import Ambiguous, RateLimited, Rejected, Unavailable
from suppliers.sandbox.messages import SandboxStock, Script, ScriptParcel
from suppliers.transport import GuardedTransport, HttpPolicy
from tests.suppliers.ways import WAYS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = HttpPolicy(allow_private=True)


@pytest.fixture
def desk(new_desk):
    return new_desk(WAYS["printful"])


def drafts(desk) -> int:
    """Drafts that were neither confirmed nor taken back."""
    return desk.remote.books()["suppliers"][desk.code]["drafts"]


class DiesBeforeConfirming(httpx.BaseTransport):
    """The process ends after its draft was made, before it is confirmed."""

    def __init__(self) -> None:
        self._transport = GuardedTransport(POLICY)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/confirm"):
            raise SystemExit
        return self._transport.handle_request(request)

    def close(self) -> None:
        self._transport.close()


def test_a_process_that_ends_between_draft_and_confirmation_is_carried_on(
    desk, client, request_for
):
    transport = DiesBeforeConfirming()
    url = desk.remote.base_url(desk.code, "printful")
    at_desk = RestConnection(desk.code, url, f"token of {desk.code}", POLICY)
    doomed = PrintfulClient(at_desk, Options(), lambda: NOON, transport)
    with pytest.raises(SystemExit):
        doomed.submit(request_for("PO-1"))
    transport.close()
    assert (desk.counted("PO-1"), drafts(desk)) == ((0, 1), 1)

    found = client.look_up("PO-1")
    report = client.submit(request_for("PO-1"))

    assert found is None
    assert report.status is ReportedStatus.RECEIVED
    assert (desk.counted("PO-1"), drafts(desk)) == ((1, 2), 0)


def test_a_lost_answer_to_the_draft_costs_no_second_order(desk, client, request_for):
    desk.misbehave("lose_answer", on="prepare")
    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))
    assert client.look_up("PO-1") is None

    client.submit(request_for("PO-1"))

    assert (desk.counted("PO-1"), drafts(desk)) == ((1, 2), 0)


def test_a_lost_answer_to_the_confirmation_is_charged_once(desk, client, request_for):
    desk.misbehave("lose_answer", on="submit")
    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    found = client.look_up("PO-1")
    again = client.submit(request_for("PO-1"))

    assert found == again
    assert desk.counted("PO-1") == (1, 2)


def test_many_who_send_the_same_order_at_once_place_it_once(desk, client, request_for):
    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(client.submit, [request_for("PO-1")] * 16))

    assert len({report.supplier_reference for report in reports}) == 1
    assert {report.status for report in reports} == {ReportedStatus.RECEIVED}
    assert (desk.counted("PO-1"), drafts(desk)) == ((1, 16), 0)


def test_an_order_that_falls_back_to_a_draft_was_not_placed(desk, client, request_for):
    desk.misbehave("fall_back")
    with pytest.raises(Unavailable, match="costs"):
        client.submit(request_for("PO-1"))
    assert desk.counted("PO-1") == (0, 1)

    client.submit(request_for("PO-1"))

    assert desk.counted("PO-1") == (1, 2)


def test_what_it_will_not_confirm_is_taken_back(desk, client, request_for):
    desk.misbehave("refuse", reason="ineligible_product")

    with pytest.raises(Rejected) as raised:
        client.submit(request_for("PO-1"))

    assert raised.value.reason is RejectReason.INELIGIBLE_PRODUCT
    assert (desk.counted("PO-1"), drafts(desk)) == ((0, 1), 0)


def test_what_it_will_not_draft_is_refused_at_once(desk, client, request_for):
    desk.misbehave("refuse", on="prepare", word="LIMITED_SHIPPING_SERVICE")

    with pytest.raises(Rejected) as raised:
        client.submit(request_for("PO-1"))

    reason = RejectReason.INTERNATIONAL_SHIPPING_UNAVAILABLE
    assert raised.value.reason is reason
    assert drafts(desk) == 0


@pytest.mark.parametrize("on", ["prepare", "submit"])
@pytest.mark.parametrize("status", [419, 429])
def test_its_warning_throttles_as_its_limit_does(desk, client, request_for, on, status):
    desk.misbehave("fail", on=on, status=status)

    with pytest.raises(RateLimited) as raised:
        client.submit(request_for("PO-1"))

    assert raised.value.retry_after == timedelta(minutes=1)
    assert desk.counted("PO-1") == (0, 1)


@pytest.mark.parametrize("status", [430, 431], ids=["JSON", "parameter"])
def test_what_it_cannot_read_is_refused_and_not_sent_for_ever(
    desk, client, request_for, status
):
    desk.misbehave("fail", on="prepare", status=status)

    with pytest.raises(Rejected):
        client.submit(request_for("PO-1"))


@pytest.mark.parametrize("province", ["Texas", ""])
def test_an_address_it_cannot_use_is_refused_by_that_reason(
    client, request_for, province
):
    nowhere = Recipient("Ana", "1 Road", "Town", "75001", "US", province=province)

    with pytest.raises(Rejected) as raised:
        client.submit(request_for("PO-1", recipient=nowhere))

    assert raised.value.reason is RejectReason.INCORRECT_ADDRESS


def test_a_state_goes_by_its_code(client, request_for):
    dallas = Recipient("Ana", "1 Road", "Dallas", "75001", "US", province="TX")

    assert client.submit(request_for("PO-1", recipient=dallas))


def test_an_order_in_production_is_not_cancelled_and_goes_on(desk, client, request_for):
    client.submit(request_for("PO-1"))
    desk.remote.set_clock(NOON + timedelta(minutes=2))

    report = client.cancel("PO-1")

    assert report.status is ReportedStatus.ACCEPTED
    assert client.look_up("PO-1") == report


def test_a_draft_can_be_cancelled(desk, client, request_for):
    desk.misbehave("lose_answer", on="prepare")
    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    assert client.cancel("PO-1").status is ReportedStatus.CANCELLED
    assert drafts(desk) == 0
    assert client.submit(request_for("PO-1")).status is ReportedStatus.CANCELLED


def test_a_reshipment_is_a_parcel_of_its_own_and_moves_no_units_twice(
    desk, client, request_for
):
    again = [
        ScriptParcel(contents={"A-1": 2, "B-2": 1}, shipped_at=NOON + days * DAY)
        for days in (1, 9)
    ]
    script = Script(
        supplier=desk.code, order_name="#PO-1", acknowledged_at=NOON, parcels=again
    )
    desk.remote.load_scripts([script])
    client.submit(request_for("PO-1"))
    desk.remote.set_clock(NOON + 10 * DAY)

    first, second = client.look_up("PO-1").parcels

    assert first.shipment_id != second.shipment_id
    assert first.contents == (("A-1", 2), ("B-2", 1))
    assert second.contents == ()
    assert second.scans[0].at == NOON + 9 * DAY
    assert second.tracking_number


@pytest.mark.parametrize(
    ("most_over", "orders"), [(299, 0), (300, 1)], ids=["too dear", "just enough"]
)
def test_a_draft_that_costs_too_much_is_taken_back_uncharged(
    desk, request_for, most_over, orders
):
    priced = [
        SandboxStock(sku=sku, unit_cost_cents=600, currency="EUR")
        for sku in ("A-1", "B-2")
    ]
    desk.remote.set_stock(desk.code, priced)
    client = desk.client(options={"most_over_cents": most_over})

    if orders:
        client.submit(request_for("PO-1"))
    else:
        with pytest.raises(Rejected, match="cost more"):
            client.submit(request_for("PO-1"))

    assert (desk.counted("PO-1"), drafts(desk)) == ((orders, 1), 0)


def test_a_price_in_another_currency_is_not_compared(desk, request_for):
    client = desk.client(options={"most_over_cents": 10_000_00})

    with pytest.raises(Rejected, match="cost more"):
        client.submit(request_for("PO-1"))  # the sandbox without prices asks dollars


def test_more_of_an_item_than_it_takes_is_never_sent(desk, client, request_for):
    with pytest.raises(Rejected) as raised:
        client.submit(request_for("PO-1", wanted={"A-1": 1001}))

    assert raised.value.reason is RejectReason.ORDER_TOO_LARGE
    assert desk.counted("PO-1") == (0, 0)


def test_options_that_do_not_fit_are_named(desk):
    with pytest.raises(Unavailable, match="stor: there is no such option"):
        desk.client(options={"stor": "7"})
