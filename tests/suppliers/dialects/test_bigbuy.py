"""BigBuy's traps, against a sandbox that speaks its wire format."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from suppliers.contract import Recipient, RejectReason, ReportedStatus
from suppliers.errors import Ambiguous, RateLimited, Rejected, Unavailable
from suppliers.sandbox.messages import SandboxStock
from tests.suppliers.ways import WAYS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACCOUNT = {"email": "orders@shop.test", "phone": "1"}


@pytest.fixture
def desk(new_desk):
    return new_desk(WAYS["bigbuy"])


@pytest.mark.parametrize("is_raw", [False, True], ids=["code in JSON", "whole answer"])
def test_an_error_inside_a_200_is_no_success(desk, client, request_for, is_raw):
    desk.misbehave("soft_error", is_raw=is_raw)
    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    again = client.submit(request_for("PO-1"))

    assert again == client.look_up("PO-1")
    assert desk.counted("PO-1") == (1, 2)


@pytest.mark.parametrize("is_raw", [False, True], ids=["code in JSON", "whole answer"])
def test_an_error_inside_a_200_may_have_placed_nothing(
    desk, client, request_for, is_raw
):
    desk.misbehave("soft_error", when="before", is_raw=is_raw)

    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    assert client.look_up("PO-1") is None
    assert desk.counted("PO-1") == (0, 1)


@pytest.mark.parametrize("is_raw", [False, True], ids=["code in JSON", "whole answer"])
def test_an_error_inside_a_200_proves_no_absence(desk, client, is_raw):
    desk.misbehave("soft_error", on="look_up", is_raw=is_raw)

    with pytest.raises(Unavailable, match="500"):
        client.look_up("PO-1")


def test_a_limit_inside_a_200_is_a_limit(desk, client, request_for):
    desk.misbehave("soft_error", when="before", status=429)

    with pytest.raises(RateLimited):
        client.submit(request_for("PO-1"))


def test_a_page_in_place_of_an_answer_leaves_open_what_was_placed(
    desk, client, request_for
):
    desk.misbehave("fail", status=504, when="after")
    with pytest.raises(Ambiguous, match="504"):
        client.submit(request_for("PO-1"))

    client.submit(request_for("PO-1"))

    assert desk.counted("PO-1") == (1, 2)


def test_what_it_has_already_is_reported_as_it_stands(desk, client, request_for):
    first = client.submit(request_for("PO-1"))
    desk.remote.set_clock(NOON + timedelta(days=30))

    again = client.submit(request_for("PO-1", wanted={"A-1": 9}))

    assert again.supplier_reference == first.supplier_reference
    assert again.status is ReportedStatus.ACCEPTED
    assert again.parcels[0].contents == (("A-1", 2), ("B-2", 1))


def test_many_who_send_the_same_order_at_once_place_it_once(desk, client, request_for):
    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(client.submit, [request_for("PO-1")] * 16))

    assert len({report.supplier_reference for report in reports}) == 1
    assert desk.counted("PO-1") == (1, 16)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ER001", RejectReason.INVALID_SKU),
        ("ER002", RejectReason.INVALID_SKU),
        ("ER003", RejectReason.INVENTORY_OUT_OF_STOCK),
        ("ER004", RejectReason.INCORRECT_ADDRESS),
        ("ER007", RejectReason.OTHER),
        ("ER010", RejectReason.UNDELIVERABLE_DESTINATION),
        ("ER012", RejectReason.PAYMENT_DECLINED),
        ("ER013", RejectReason.INTERNATIONAL_SHIPPING_UNAVAILABLE),
        ("ER014", RejectReason.MERCHANT_BLOCKED_OR_SUSPENDED),
    ],
)
def test_its_codes_are_reasons(desk, client, request_for, code, reason):
    desk.misbehave("refuse", word=code)

    with pytest.raises(Rejected, match="as told") as raised:
        client.submit(request_for("PO-1"))

    assert raised.value.reason is reason
    assert desk.counted("PO-1") == (0, 1)


@pytest.mark.parametrize(
    ("code", "words"), [("ER005", "purse"), ("ER009", "a while"), ("ER011", "payment")]
)
def test_what_passes_or_is_ours_to_mend_keeps_the_order_waiting(
    desk, client, request_for, code, words
):
    desk.misbehave("refuse", word=code)
    with pytest.raises(Unavailable, match=words):
        client.submit(request_for("PO-1"))

    client.submit(request_for("PO-1"))

    assert desk.counted("PO-1") == (1, 2)


def test_an_order_is_checked_first_where_that_is_wished(desk, request_for):
    client = desk.client(options=ACCOUNT | {"checks_first": True})
    desk.misbehave("refuse", on="prepare", word="ER003")

    with pytest.raises(Rejected) as raised:
        client.submit(request_for("PO-1"))
    assert raised.value.reason is RejectReason.INVENTORY_OUT_OF_STOCK
    assert desk.counted("PO-1") == (0, 0)

    assert client.submit(request_for("PO-1")).reference == "PO-1"
    assert desk.counted("PO-1") == (1, 1)


@pytest.mark.parametrize("trouble", ["soft_error", "fail", "lose_answer", "rate_limit"])
def test_a_check_that_fails_placed_nothing(desk, request_for, trouble):
    client = desk.client(options=ACCOUNT | {"checks_first": True})
    desk.misbehave(trouble, on="prepare")

    with pytest.raises(Unavailable):
        client.submit(request_for("PO-1"))

    assert desk.counted("PO-1") == (0, 0)


def test_a_customer_without_a_telephone_gets_the_stores(desk, request_for):
    without = desk.client(options={"email": "orders@shop.test"})
    with pytest.raises(Rejected) as raised:
        without.submit(request_for("PO-1"))
    assert raised.value.reason is RejectReason.INVALID_CONTACT_INFORMATION

    assert desk.client(options=ACCOUNT).submit(request_for("PO-1"))


def test_an_address_longer_than_its_line_is_never_sent(desk, client, request_for):
    long = Recipient("Ana", "1 Road", "Town", "1000", "PT", address2="x" * 63)

    with pytest.raises(Rejected) as raised:
        client.submit(request_for("PO-1", recipient=long))

    assert raised.value.reason is RejectReason.INCORRECT_ADDRESS
    assert desk.counted("PO-1") == (0, 0)


def test_an_address_it_cannot_use_is_refused_by_that_reason(client, request_for):
    nowhere = Recipient("Ana", "", "Town", "1000", "PT")

    with pytest.raises(Rejected) as raised:
        client.submit(request_for("PO-1", recipient=nowhere))

    assert raised.value.reason is RejectReason.INCORRECT_ADDRESS


def test_a_long_stock_list_comes_page_by_page_with_its_prices(desk):
    items = [
        SandboxStock(sku=f"S-{n:02}", quantity=n, unit_cost_cents=n * 101)
        for n in range(25)
    ]
    desk.remote.set_stock(desk.code, items)
    client = desk.client(options=ACCOUNT | {"page_size": 5, "taxonomies": [19653]})

    rows = list(client.read_stock().rows)

    assert [(row.supplier_sku, row.quantity, row.unit_cost_cents) for row in rows] == [
        (f"S-{n:02}", n, n * 101) for n in range(25)
    ]
    assert {row.currency for row in rows} == {"EUR"}


def test_a_stock_list_that_breaks_off_is_no_short_list(desk):
    desk.remote.set_stock(desk.code, [SandboxStock(sku="A", quantity=1)])
    desk.misbehave("soft_error", on="stock")

    with pytest.raises(Unavailable):
        list(desk.client().read_stock().rows)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "email: it is missing"),
        (ACCOUNT | {"timezone": "Europe/Atlantis"}, "timezone: there is no such"),
        (ACCOUNT | {"payment": "shells"}, "payment: "),
    ],
    ids=["no e-mail", "no such place", "no such money"],
)
def test_options_that_do_not_fit_are_named(desk, options, words):
    with pytest.raises(Unavailable, match=words):
        desk.client(options=options)
