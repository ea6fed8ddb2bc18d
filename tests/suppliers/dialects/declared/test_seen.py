"""An answer is shown place by place: what stands there, and what is made of it."""

import json
from datetime import UTC, datetime

import pytest

from suppliers.contract import ReportedStatus
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.declared.presets import PRESETS, preset
from suppliers.dialects.declared.seen import MOST_ROWS, see
from tests.suppliers.declared import FLAT

FLATLY = Declaration.model_validate(FLAT)
ORDER = {
    "ref": "PO-1",
    "id": "7",
    "standing": "accepted",
    "since": "02/03/2026 10:00:00",
    "granted": [{"sku": "A", "units": 2}],
    "parcels": [{"parcel": "P", "carrier": "UPS", "track": "1Z", "in": []}],
}


def _places(order, declaration=FLATLY, call="look_up"):
    (row,) = see(declaration, json.dumps(order), call).rows
    return {each.place: each for each in row}


def test_every_declared_place_is_shown_with_its_meaning():
    places = _places(ORDER)
    assert not any(each.wrong for each in places.values())
    assert places["report.status"].meaning is ReportedStatus.ACCEPTED
    moment = places["report.acknowledged_at"].meaning
    assert moment == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert places["report.items.0.quantity"].meaning == 2
    assert places["report.parcels.0.tracking_number"].found == "'1Z'"


def test_what_is_wrong_stands_beside_what_is_right():
    places = _places(ORDER | {"standing": "odd", "granted": [{"sku": "A"}]})
    assert places["report.status"].wrong == "says a word that the map does not have"
    assert places["report.status"].found == "'odd'"
    assert places["report.items.0.quantity"].wrong == "is not there"
    assert places["report.items.0.sku"].meaning == "A"
    assert places["report.reference"].meaning == "PO-1"


def test_a_contradiction_between_places_is_shown_too():
    twice = {"sku": "A", "units": 1}
    places = _places(ORDER | {"granted": [twice, twice]})
    assert [each.place for each in places.values() if each.wrong] == ["report.order"]


def test_of_a_list_the_first_rows_are_shown_and_all_are_counted():
    seen = see(FLATLY, json.dumps({"orders": [ORDER] * 9, "left": 0}), "changes")
    assert (len(seen.rows), seen.count) == (MOST_ROWS, 9)


def test_stock_is_shown_row_by_row():
    row = {"sku": "A", "units": "many", "cents": 250, "money": "EUR"}
    (places,) = see(FLATLY, json.dumps({"stock": [row]}), "stock").rows
    said = {each.place: (each.meaning, each.wrong) for each in places}
    assert said["stock.unit_cost"] == (250, "")
    assert said["stock.quantity"] == (None, "is no count")


@pytest.mark.parametrize(
    ("units", "is_without_stock"),
    [((), False), ((None, None), True), ((None, 0), False), (("many",), False)],
)
def test_stock_without_any_quantity_is_noticed(units, is_without_stock):
    rows = [{"sku": "A", "units": each} for each in units]
    seen = see(FLATLY, json.dumps({"stock": rows}), "stock")
    assert seen.is_without_stock is is_without_stock


def test_nothing_is_found_where_nothing_stands():
    (places,) = see(FLATLY, json.dumps({"stock": [{"sku": "A"}]}), "stock").rows
    found = {each.place: (each.found, each.meaning) for each in places}
    assert found["stock.quantity"] == ("", None)


def test_an_answer_that_says_no_is_shown_as_such():
    said = json.dumps({"error": "invalid-sku", "say": "no such thing"})
    seen = see(FLATLY, said, "submit", 422)
    assert seen.failure is not None
    assert (seen.failure.code, seen.failure.reason) == ("invalid-sku", "invalid_sku")


@pytest.mark.parametrize(
    ("reference", "is_absent"), [("", True), ("PO-1", True), ("PO-2", False)]
)
def test_an_answer_that_there_is_no_such_order_is_no_failure(reference, is_absent):
    said = json.dumps({"error": "no_such_order", "ref": "PO-1"})
    seen = see(FLATLY, said, "look_up", 404, reference)
    assert seen.is_absent is is_absent
    assert (seen.failure is None) is is_absent


def test_what_only_a_look_up_says_is_a_failure_elsewhere():
    said = json.dumps({"error": "no_such_order", "ref": "PO-1"})
    assert not see(FLATLY, said, "submit", 404).is_absent


@pytest.mark.parametrize(
    ("sample", "call", "place"),
    [
        ("<html>", "look_up", "body"),
        ("null", "look_up", "look_up.order"),
        ("{}", "changes", "changes.orders"),
        ("{}", "stock", "stock.rows"),
    ],
)
def test_an_answer_without_the_order_says_where_it_was_sought(sample, call, place):
    seen = see(FLATLY, sample, call)
    assert [each.place for each in seen.wrong] == [place]
    assert seen.rows == ()


def test_a_call_from_whose_answer_no_order_is_read_says_so():
    seen = see(Declaration.model_validate(preset("paged")), "{}", "cancel")
    assert [each.place for each in seen.wrong] == ["cancel"]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_declaration_and_a_copy(name):
    options = preset(name)
    Declaration.model_validate(options)
    options["submit"]["path"] = "/elsewhere"
    assert preset(name)["submit"]["path"] != "/elsewhere"
