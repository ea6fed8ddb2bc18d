"""What is read as a tracking number, and what is not."""

import time

import pytest

from suppliers.dialects.email.options import AnswerPattern, TrackingPattern
from suppliers.dialects.email.tracking import TooSlow, answer_in, parcels_in

UPS = "1Z999AA10123456784"


def numbers(text, *patterns, usual=True):
    own = [TrackingPattern(pattern=each) for each in patterns]
    found = parcels_in(text, own, usual=usual)
    return [(each.carrier, each.tracking) for each in found]


@pytest.mark.parametrize(
    ("text", "carrier", "number"),
    [
        (f"UPS: {UPS}.", "UPS", UPS),
        (f"see https://ups.com/track?tracknum={UPS}&x=1", "UPS", UPS),
        ("1z999aa10123456784", "UPS", UPS),
        ("USPS 9400 1000 0000 0000 0000 00", "USPS", "9400100000000000000000"),
        ("RR473124829IN left", "Post", "RR473124829IN"),
        ("FedEx no. 123456789012", "FedEx", "123456789012"),
        ("sent by fedex\ntracking: 123456789012", "FedEx", "123456789012"),
        ("DHL Express waybill: 1234567890", "DHL", "1234567890"),
        ("JJD000390007882512345", "DHL", "JJD000390007882512345"),
    ],
)
def test_usual_numbers_are_known(text, carrier, number):
    assert numbers(text) == [(carrier, number)]


@pytest.mark.parametrize(
    "text",
    [
        "1Z999AA10123456785",  # the check digit is wrong
        "RR473124828IN",
        "call +49 30 1234567890",
        "invoice 123456789012",
        "P7K3QM4XW2ABN-1",
        "our bank: DE02 1203 0000 0000 2020 51",
        "",
    ],
)
def test_other_numbers_are_not_taken_for_tracking(text):
    assert numbers(text) == []


def test_a_supplier_may_write_in_its_own_way():
    found = numbers("Paket-Nr 77-11 ist raus", r"Paket-Nr (?P<tracking>[\d-]+)")

    assert found == [("", "77-11")]


def test_the_suppliers_own_way_goes_before_the_usual_one():
    text = f"our number 4711, at the carrier {UPS}"

    assert numbers(text, r"our number (?P<tracking>\d+)") == [("", "4711")]
    assert numbers(text, r"nothing (?P<tracking>\d+)") == [("UPS", UPS)]
    assert numbers(text, r"nothing (?P<tracking>\d+)", usual=False) == []


def test_a_table_of_many_orders_is_read_row_by_row():
    pattern = TrackingPattern(
        pattern=r"^(?P<reference>PO-\d+) (?P<sku>\S+) (?P<quantity>\d+) "
        r"(?P<carrier>\w+) (?P<tracking>\w+)$"
    )
    text = "PO-1 A-1 2 GLS T1\nPO-1 B-2 1 GLS T1\nPO-2 A-1 5 DPD T2"

    first, second = parcels_in(text, [pattern], usual=True)

    assert (first.reference, first.tracking) == ("PO-1", "T1")
    assert first.contents == [("A-1", 2), ("B-2", 1)]
    assert (second.reference, second.carrier) == ("PO-2", "DPD")


@pytest.mark.parametrize("quantity", ["0", "٣", "99999999999", "-1", ""])
def test_an_odd_quantity_is_not_invented(quantity):
    pattern = TrackingPattern(
        pattern=r"(?P<tracking>T\d) (?P<sku>\S+) x(?P<quantity>\S*)"
    )

    (parcel,) = parcels_in(f"T1 A x{quantity}", [pattern], usual=False)

    assert parcel.contents == []


def test_the_same_parcel_is_told_once():
    assert numbers(f"{UPS} and again {UPS}") == [("UPS", UPS)]


def test_a_pattern_that_never_ends_is_stopped():
    slow = r"(?:x+x+)+(?P<tracking>y)"
    began = time.monotonic()

    with pytest.raises(TooSlow, match="takes too long"):
        numbers("x" * 5_000 + "zy", slow)

    assert time.monotonic() - began < 10


def test_the_first_answer_that_fits_is_taken():
    patterns = [
        AnswerPattern(pattern="cannot deliver", status="rejected"),
        AnswerPattern(pattern="deliver", status="accepted"),
    ]

    assert answer_in("We Cannot Deliver this", patterns).status == "rejected"
    assert answer_in("We deliver", patterns).status == "accepted"
    assert answer_in("Hello", patterns) is None
