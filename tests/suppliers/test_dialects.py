"""What every dialect must do, whatever it speaks: run over a real sandbox server.

Here orders are placed; `test_dialects_following.py` follows and cancels them. Both run
over every way of `ways.py`: whoever adds a dialect adds its way there, with kind, wire,
options by base URL, habits, and what it `cannot` do. What a way cannot do is asserted,
never skipped, and its duplicate class is proved. `learned` reads what a supplier says
of an order by whichever path the way has.
"""

from datetime import UTC, datetime, timedelta

import pytest

from suppliers.contract import Duplicates, RejectReason, ReportedStatus
from suppliers.errors import Ambiguous, RateLimited, Rejected, Unavailable
from suppliers.registry import DIALECTS
from tests.suppliers.ways import UNCALLED, WAYS, Cannot, learned

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GUARDED = (Duplicates.NATIVE_KEY, Duplicates.UNIQUE_REF_CONFLICT)
FINDS = (*GUARDED, Duplicates.LOOKUP_BY_REF, Duplicates.LIST_SCAN)


@pytest.fixture
def desk(new_desk, way):
    return new_desk(way)


def test_every_kind_is_held_to_the_contract():
    assert {way.kind for way in WAYS.values()} | UNCALLED == set(DIALECTS)


def test_an_order_is_taken_and_reported(client, desk, request_for):
    report = client.submit(request_for("PO-1"))

    assert report.reference == "PO-1"
    assert report.supplier_reference
    assert report.status is ReportedStatus.RECEIVED
    assert desk.counted("PO-1") == (1, 1)


def test_the_same_order_again_is_as_its_duplicate_class_says(client, desk, request_for):
    first = client.submit(request_for("PO-1"))
    again = client.submit(request_for("PO-1"))
    changed = client.submit(request_for("PO-1", wanted={"A-1": 7}))

    told = {report.supplier_reference for report in (first, again, changed)}
    made = 1 if client.duplicates in GUARDED else 3
    is_numbered = Cannot.NUMBER_ORDERS not in desk.way.cannot
    assert len(told) == (made if is_numbered else 1)
    assert desk.counted("PO-1") == (made, 3)


@pytest.mark.parametrize("trouble", ["lose_answer", "garble", "fail"])
def test_a_lost_answer_is_ambiguous_and_the_order_can_be_found(
    client, desk, request_for, trouble
):
    desk.misbehave(trouble, when="after")

    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    assert desk.counted("PO-1") == (1, 1)
    if client.duplicates in FINDS and Cannot.LOOK_UP not in desk.way.cannot:
        assert client.look_up("PO-1").reference == "PO-1"
    else:
        with pytest.raises(Rejected):
            client.look_up("PO-1")


@pytest.mark.parametrize("trouble", ["lose_answer", "fail"])
def test_a_call_that_broke_before_the_order_was_taken_is_ambiguous_too(
    client, desk, request_for, trouble
):
    desk.misbehave(trouble, when="before")

    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    assert desk.counted("PO-1") == (0, 1)
    if Cannot.LOOK_UP not in desk.way.cannot:
        assert client.look_up("PO-1") is None


def test_a_supplier_that_hangs_is_ambiguous(desk, request_for):
    client = desk.client(read_seconds=0.5)
    desk.misbehave("hang", seconds=2, when="after")

    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    assert desk.counted("PO-1") == (1, 1)


def test_a_slow_supplier_is_waited_for(client, desk, request_for):
    desk.misbehave("slow", seconds=0.3)

    assert client.submit(request_for("PO-1")).reference == "PO-1"


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_too_many_calls_say_when_to_come_back(client, desk, request_for, as_date):
    desk.misbehave("rate_limit", retry_after=90, as_date=as_date)

    with pytest.raises((RateLimited, Unavailable)) as raised:
        client.submit(request_for("PO-1"))

    if Cannot.NAME_A_TIME in desk.way.cannot:
        assert raised.type is Unavailable
    else:
        assert raised.value.retry_after == timedelta(seconds=90)
    assert desk.counted("PO-1") == (0, 1)


def test_a_supplier_that_is_down_took_nothing(client, desk, request_for):
    desk.misbehave("down", seconds=3600)

    with pytest.raises(Unavailable):
        client.submit(request_for("PO-1"))
    if Cannot.ANSWER_LOOK_UPS in desk.way.cannot:
        assert client.look_up("PO-1") is None
    elif Cannot.LOOK_UP not in desk.way.cannot:
        with pytest.raises(Unavailable):
            client.look_up("PO-1")
    desk.remote.set_clock(NOON + HOUR)

    assert client.submit(request_for("PO-1")).reference == "PO-1"
    assert desk.counted("PO-1") == (1, 2)


def test_nobody_at_the_address_took_nothing(desk, request_for, free_port):
    client = desk.client_of_nobody(free_port)

    with pytest.raises(Unavailable):
        client.submit(request_for("PO-1"))


def test_a_wrong_token_took_nothing(desk, request_for):
    with pytest.raises(Unavailable, match="credentials"):
        desk.client(token="wrong").submit(request_for("PO-1"))

    assert desk.counted("PO-1") == (0, 0)


def test_a_refusal_has_its_reason(client, desk, request_for):
    desk.misbehave("refuse", reason="undeliverable_destination")
    if Cannot.REFUSE_AT_ONCE in desk.way.cannot:
        assert client.submit(request_for("PO-1")).status is ReportedStatus.RECEIVED
        later = learned(client, "PO-1")
        assert later.status is ReportedStatus.REJECTED
        assert later.reason is RejectReason.UNDELIVERABLE_DESTINATION
        assert desk.counted("PO-1") == (0, 1)
        return

    with pytest.raises(Rejected) as raised:
        client.submit(request_for("PO-1"))

    has_words = Cannot.REASONS not in desk.way.cannot
    reason = RejectReason.UNDELIVERABLE_DESTINATION if has_words else RejectReason.OTHER
    assert raised.value.reason is reason
    assert desk.counted("PO-1") == (0, 1)


def test_a_refusal_after_the_order_was_taken_is_reported(client, desk, request_for):
    desk.misbehave("reject", reason="invalid_sku")
    client.submit(request_for("PO-1"))
    desk.remote.set_clock(NOON + HOUR)

    report = learned(client, "PO-1")

    has_words = not {Cannot.REASONS, Cannot.LATER_REASONS} & desk.way.cannot
    cancels = Cannot.REJECT_LATER in desk.way.cannot
    no = ReportedStatus.CANCELLED if cancels else ReportedStatus.REJECTED
    assert report.status is no
    assert report.reason is (RejectReason.INVALID_SKU if has_words else None)


def test_a_part_acceptance_says_how_many(client, desk, request_for):
    desk.misbehave("part_accept", accept={"A-1": 1, "B-2": 1})
    client.submit(request_for("PO-1", wanted={"A-1": 2, "B-2": 1}))
    desk.remote.set_clock(NOON + HOUR)

    report = learned(client, "PO-1")

    if Cannot.PART_ACCEPT in desk.way.cannot:
        assert report.status is not ReportedStatus.PARTLY_ACCEPTED
        assert report.items == ()
        return
    assert report.status is ReportedStatus.PARTLY_ACCEPTED
    accepted = {item.supplier_sku: item.accepted_quantity for item in report.items}
    assert accepted == {"A-1": 1, "B-2": 1}


def test_an_unknown_reference_is_not_found(client, desk):
    if Cannot.LOOK_UP in desk.way.cannot:
        with pytest.raises(Rejected):
            client.look_up("PO-404")
    else:
        assert client.look_up("PO-404") is None


@pytest.mark.parametrize("reference", ["a/b?c#d%2F", "-", "x" * 200])
def test_odd_references_arrive_whole_or_are_refused_unsent(
    client, desk, request_for, reference
):
    if Cannot.ODD_REFERENCES in desk.way.cannot:
        with pytest.raises(Rejected):
            client.submit(request_for(reference))
        assert desk.counted(reference) == (0, 0)
        return
    client.submit(request_for(reference))

    assert learned(client, reference).reference == reference
    assert desk.counted(reference) == (1, 1)


def test_a_disabled_look_up_proves_nothing(new_desk, way):
    if Cannot.STOP_LOOK_UPS in way.cannot:
        assert new_desk(way, look_up=False).client().look_up("PO-1") is None
        return
    with pytest.raises(Rejected):
        new_desk(way, look_up=False).client().look_up("PO-1")
