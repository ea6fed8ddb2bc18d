"""Tracking: several parcels, part quantities, and nothing told twice."""

import pytest
from sqlmodel import select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Scan, ShipmentLine

P = PurchaseStatus
ALL = {"units_0": "2", "units_1": "1"}
UPS = {"carrier": "UPS", "tracking_number": "1Z 999"}


def _contents(desk):
    with desk.sessions.reading() as session:
        return sorted(each.quantity for each in session.exec(select(ShipmentLine)))


def _scans(desk):
    with desk.sessions.reading() as session:
        return [(each.kind.value, each.at) for each in session.exec(select(Scan))]


def test_a_parcel_with_all_of_it_ships_it(desk, now):
    desk.act("accept")
    answer = desk.act("parcels", handed_over_on="2026-03-02", **ALL, **UPS)
    assert answer.location == f"{desk.url}?done=parcel"
    assert desk.purchase().status is P.SHIPPED
    assert desk.purchase().handed_over_at == now
    (parcel,) = desk.parcels()
    assert (parcel.carrier, parcel.tracking_number) == ("UPS", "1Z 999")


def test_whoever_ships_has_accepted(desk):
    desk.act("parcels", handed_over_on="2026-03-02", **ALL, **UPS)
    assert desk.purchase().status is P.SHIPPED
    assert desk.purchase().acknowledged_at is not None


def test_several_parcels_hold_parts_and_the_form_offers_the_rest(desk):
    desk.act("accept")
    desk.act("parcels", units_0="1", handed_over_on="2026-03-02", **UPS)
    assert desk.purchase().status is P.ACCEPTED
    page = desk.get().text
    assert 'id="parcel-units-0-of">of 1<' in page
    given = {"carrier": "DHL", "tracking_number": "JD1", "handed_over_on": "2026-03-02"}
    desk.act("parcels", units_0="1", units_1="1", **given)
    assert desk.purchase().status is P.SHIPPED
    assert [each.tracking_number for each in desk.parcels()] == ["1Z 999", "JD1"]
    assert "Enter a parcel" not in desk.get().text


@pytest.mark.parametrize("again", [UPS, UPS | {"tracking_number": "1z999"}])
def test_the_same_parcel_again_is_the_same_parcel(desk, clock, again):
    token = desk.form_token()
    given = {"csrf_token": token, "handed_over_on": "2026-03-02"} | ALL
    assert desk.post("parcels", **given, **UPS).status_code == 303
    told, scans = desk.timeline(), _scans(desk)
    clock.move(minutes=3)
    assert desk.post("parcels", **given, **again).status_code == 303
    assert len(desk.parcels()) == 1
    assert _contents(desk) == [1, 2]
    assert (desk.timeline(), _scans(desk)) == (told, scans)


def test_a_parcel_without_a_number_is_known_by_its_form(desk):
    page = desk.get().text
    drawn = page.split('name="form" value="')[1][:16]
    given = {"csrf_token": desk.form_token(), "carrier": "Post", "form": drawn} | ALL
    assert desk.post("parcels", **given).status_code == 303
    assert desk.post("parcels", **given).status_code == 303
    assert len(desk.parcels()) == 1
    assert _contents(desk) == [1, 2]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"units_0": "3"} | UPS, "At most 2."),
        ({"units_0": "0"} | UPS, "Say how many units are in the parcel."),
        ({"units_0": "1", "tracking_number": "T"}, "Who carries it?"),
        ({"units_0": "1", "carrier": "UPS"}, "Type the tracking number."),
        ({"units_0": "1", "carrier": "UPS" * 40} | {"tracking_number": "T"}, "At most"),
        ({"units_0": "1", "handed_over_on": "2026-03-03"} | UPS, "A day up to today"),
        ({"units_0": "1", "handed_over_on": "2026-02-27"} | UPS, "A day up to today"),
    ],
)
def test_a_parcel_that_cannot_be_is_told_beside_the_field(desk, given, words):
    answer = desk.act("parcels", **given)
    assert answer.status_code == 422
    assert words in answer.text
    assert desk.parcels() == []


def test_a_label_is_not_yet_shipped_and_later_is(desk, clock):
    desk.act("accept")
    desk.act("parcels", **ALL, **UPS)
    assert desk.purchase().status is P.ACCEPTED
    assert "Not yet handed to the carrier." in desk.get().text
    clock.move(days=1)
    (parcel,) = desk.parcels()
    news = f"parcels/{parcel.id}"
    desk.act(news, **UPS, handed_over_on="2026-03-03")
    assert desk.purchase().status is P.SHIPPED
    clock.move(days=2)
    desk.act(news, **UPS, delivered_on="2026-03-04")
    assert desk.purchase().status is P.DELIVERED
    assert [kind for kind, _ in _scans(desk)] == ["picked_up", "delivered"]


def test_a_slip_in_the_number_is_corrected(desk):
    desk.act("parcels", **ALL, **UPS)
    (parcel,) = desk.parcels()
    desk.act(f"parcels/{parcel.id}", carrier="UPS", tracking_number="1Z 998")
    (parcel,) = desk.parcels()
    assert parcel.tracking_number == "1Z 998"


def test_a_parcel_of_somebody_elses_is_not_there(desk):
    assert desk.act("parcels/77", **UPS).status_code == 404


def test_a_parcel_may_leave_while_it_is_to_be_cancelled(desk):
    desk.act("accept")
    desk.ask_to_cancel()
    desk.act("parcels", handed_over_on="2026-03-02", **ALL, **UPS)
    assert desk.purchase().status is P.SHIPPED


def test_no_more_is_packed_than_was_accepted(desk):
    desk.act("accept-part", units_0="1", units_1="0", confirmed="yes")
    assert desk.act("parcels", units_0="2", **UPS).status_code == 422
    assert desk.act("parcels", units_0="1", **UPS).status_code == 303
