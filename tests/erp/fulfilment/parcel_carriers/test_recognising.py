"""Carriers as suppliers spell them, and where their parcels can be followed."""

import re
from urllib.parse import urlsplit

import pytest

from erp.fulfilment.parcel_carriers.directory import CARRIERS
from erp.fulfilment.parcel_carriers.recognising import (
    BEGINNINGS,
    NAMES,
    carrier_of,
    spelled,
    tracking,
)


def name_of(text):
    found = carrier_of(text)
    return found and found.name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("UPS", "UPS"),
        ("ups ground", "UPS"),
        ("UPSN", "UPS"),
        ("United Parcel Service (UPS)", "UPS"),
        ("U.P.S.", "UPS"),
        ("FedEx®", "FedEx"),
        ("Fed-Ex 2Day", "FedEx"),
        ("FDE", "FedEx"),
        ("FDEG", "FedEx Ground"),
        ("FEDEX_GROUND", "FedEx Ground"),
        ("FedEx Home Delivery", "FedEx Ground"),
        ("USPS Priority Mail", "USPS"),
        ("U.S. Postal Service", "USPS"),
        ("US Postal Service", "USPS"),
        ("DHL", "DHL"),
        ("DHL eCommerce", "DHL"),
        ("DHL Express Worldwide", "DHL Express"),
        ("DHL Paket", "DHL Paket"),
        ("DPD", "DPD"),
        ("DPD UK", "DPD UK"),
        ("Österreichische Post AG", "Austrian Post"),
        ("דואר ישראל", "Israel Post"),
        ("  royal   mail  ", "Royal Mail"),
        ("Sandbox Post", None),
        ("Post", None),
        ("Upstream Couriers", None),
        ("not UPS", None),
        ("Correos de México", None),
        ("", None),
    ],
)
def test_a_carrier_is_known_by_its_name_its_code_and_its_services(text, name):
    assert name_of(text) == name


def test_every_spelling_on_the_list_is_its_own_carrier_s():
    for each in CARRIERS:
        for name in each.spellings:
            plain = name.removesuffix("*")
            assert spelled(plain) == plain, "it could never be met"
            assert name_of(plain) == each.name
    assert len(NAMES) + len(BEGINNINGS) == sum(len(c.spellings) for c in CARRIERS)


def test_every_page_is_on_the_web_and_shows_one_number():
    for each in CARRIERS:
        page = each.page.format(number="N")
        assert page.count("N") > each.page.replace("{number}", "").count("N")
        assert urlsplit(page).scheme == "https"
        assert re.compile(each.numbers)


def test_a_code_belongs_to_one_carrier_alone():
    codes = [each.scac for each in CARRIERS if each.scac]
    assert sorted(codes) == ["FDE", "FDEG", "UPSN", "USPS"]


def test_a_parcel_s_page_holds_its_number_and_nothing_it_could_break_out_with():
    found = tracking("UPS", "1Z5R89390357567127")
    assert found.page == "https://www.ups.com/track?tracknum=1Z5R89390357567127"
    assert not found.is_odd
    nasty = tracking("UPS", '1Z&x=1#"><b>')
    assert nasty.page.endswith("tracknum=1Z%26x%3D1%23%22%3E%3Cb%3E")
    assert nasty.is_odd


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        ("UPS", "1Z 5R8 939 03 5756 7127"),
        ("USPS", "9400100000000000000001"),
        ("USPS", "LK123456789US"),
        ("DHL Express", "3318810025"),
        ("OnTrac", "C11031500001879"),
        ("Purolator", "320595463938"),
        ("GLS", "whatever"),  # nobody told us what its numbers look like
    ],
)
def test_a_number_that_fits_is_not_odd(carrier, number):
    assert not tracking(carrier, number).is_odd


@pytest.mark.parametrize(
    ("carrier", "number"), [("", "1Z"), ("UPS", ""), ("n/a", "1"), ("UPS", "N/A")]
)
def test_what_was_not_told_is_unknown_and_not_untrackable(carrier, number):
    found = tracking(carrier, number)
    assert not found.is_told
    assert found.page == ""


def test_a_stranger_is_told_of_and_cannot_be_followed():
    found = tracking("Bob's van", "17")
    assert found.is_told
    assert found.carrier is None
    assert found.page == ""
