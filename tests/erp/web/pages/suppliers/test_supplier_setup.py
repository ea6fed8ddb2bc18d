"""How a supplier works is set up on its form, tried, and saved only when it fits."""

import json
import re

import pytest
from sqlmodel import col, select

from erp.accounts.models import Role
from erp.web.pages.suppliers.setup.filling import options_of, typed_of
from erp.web.pages.suppliers.setup.kinds import ways
from suppliers.dialects.declared.presets import PRESETS
from suppliers.models import Supplier
from suppliers.registry import DIALECTS, OPTIONS
from tests.erp.web.pages.suppliers.test_suppliers import TYPED
from tests.suppliers import declared
from tests.suppliers.ways import CSV_FILES

ORDER = {
    "reference": "PO-1",
    "supplier_reference": "7",
    "status": "accepted",
    "ship_by": "2026-03-05T12:00:00+00:00",
    "items": [{"sku": "A", "accepted_quantity": 2}],
    "parcels": [],
}


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def owner(sign_in_as):
    return sign_in_as(Role.OWNER)


def fields(name, options, /, **changed):
    """Everything that is typed for a supplier who works in this way."""
    way = ways()[name]
    shown = {} if way.shape is None else typed_of(way.shape, options)
    return TYPED | {"kind": name} | shown | changed


def _supplier(sessions, code="S9"):
    with sessions.reading() as session:
        query = select(Supplier).where(col(Supplier.code) == code)
        return session.exec(query).one_or_none()


def _flat(page):
    return re.sub(r">\s+|\s+<", lambda found: found[0].strip(), page)


EXAMPLES = {
    "envelope": ("declared", declared.ENVELOPE),
    "flat": ("declared", declared.FLAT),
    "scanned": ("declared", declared.SCANNED),
    "blind": ("declared", declared.BLIND),
    **{name: ("declared", options) for name, options in PRESETS.items()},
    "files": ("csvfeed", CSV_FILES),
    "mail": (
        "email",
        {
            "to": ["a@b.test", "c@d.test"],
            "mailbox": {"user": "shop"},
            "tracking": [{"pattern": "(?P<tracking>1Z|2Z)", "carrier": "UPS"}],
            "answers": [{"pattern": "yes = ok", "status": "accepted"}],
        },
    ),
    "bigbuy": ("bigbuy", {"email": "a@shop.test", "taxonomies": [3, 5]}),
    "printful": ("printful", {"most_over_cents": 100}),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_is_typed_is_stored_and_shown_again_as_it_was(operator, sessions, example):
    name, options = EXAMPLES[example]
    model = OPTIONS[ways()[name].kind]
    where = {"base_url": "imaps://mail.test"} if name == "email" else {}
    answer = operator.submit("/suppliers/new", **fields(name, options, **where))
    assert answer.status_code == 303, re.findall(r'id="error-[^<]*<?', answer.text)
    stored = _supplier(sessions).options
    assert model.model_validate(stored) == model.model_validate(options)
    page = operator.get("/suppliers/S9/edit").text
    assert "is-invalid" not in page
    assert f'<option value="{name}" selected>' in page
    again = operator.submit(
        "/suppliers/S9/edit", **fields(name, stored, token="", **where)
    )
    assert again.status_code == 303
    assert _supplier(sessions).options == stored


@pytest.mark.parametrize(
    ("example", "words"),
    {"envelope": "Any other JSON interface", "files": "CSV files"}.items(),
)
def test_its_page_calls_its_kind_as_the_form_does(operator, example, words):
    operator.submit("/suppliers/new", **fields(*EXAMPLES[example]))
    assert f"<dt>Kind</dt><dd>{words}</dd>" in _flat(operator.get("/suppliers/S9").text)


@pytest.mark.parametrize("name", ways())
def test_every_kind_has_a_form_of_its_own(operator, name):
    asked = TYPED | {"kind": name, "do": "redraw"}
    answer = operator.submit("/suppliers/new", **asked)
    assert answer.status_code == 200
    assert "is-invalid" not in answer.text
    shape = ways()[name].shape
    for node in () if shape is None else shape.parts:
        assert f"field-{node.path}" in answer.text or f"tick-{node.path}" in answer.text


def test_every_dialect_can_be_chosen():
    assert {way.kind for way in ways().values()} == set(DIALECTS)


def test_a_fresh_declaration_starts_from_a_whole_one(operator, sessions):
    asked = TYPED | {"kind": "declared", "do": "redraw"}
    page = operator.submit("/suppliers/new", **asked).text
    assert 'value="/orders/{reference}"' in page
    assert _supplier(sessions) is None


def test_a_preset_is_filled_in_over_what_stood_there(operator):
    typed = fields("declared", PRESETS["plain"], do="preset", preset="paged")
    page = operator.submit("/suppliers/new", **typed).text
    assert 'value="X-Api-Key"' in page
    assert "Nine &amp; Sons" in page


def test_choosing_another_way_of_paging_brings_its_fields(operator):
    plain = fields("declared", PRESETS["plain"], do="redraw")
    assert (
        "declared.stock.paging.first"
        not in operator.submit("/suppliers/new", **plain).text
    )
    paged = plain | {"declared.stock.paging.kind": "page"}
    page = operator.submit("/suppliers/new", **paged).text
    assert re.search(r'name="declared.stock.paging.first"\s+value="1"', page)


WRONG = {
    "declared.report.status": "a[",
    "declared.stock.path": "stock",
    "declared.submit.body": "{",
    "declared.report.statuses": "done = finished",
    "declared.changes.paging.next": "",
    "declared.submit.order": "",  # its group is marked
    "declared.stock.paging.kind": "spiral",
    "declared.auth.kind": "magic",
    "declared.headers": "no value",
}


@pytest.mark.parametrize(("field", "text"), WRONG.items(), ids=WRONG)
def test_what_does_not_fit_is_marked_and_nothing_is_saved(
    operator, sessions, field, text
):
    typed = fields("declared", PRESETS["plain"], **{field: text})
    answer = operator.submit("/suppliers/new", **typed)
    assert answer.status_code == 422
    marked = field.rpartition(".")[0] if field.endswith("submit.order") else field
    assert f'id="error-{marked}"' in answer.text
    part = ".".join(field.split(".")[:2])
    if f'data-part="{part}"' in answer.text:
        assert f'data-part="{part}" open' in answer.text
    assert "Nine &amp; Sons" in answer.text
    assert _supplier(sessions) is None


def test_a_list_that_may_lack_our_order_is_refused_as_a_proof(operator, sessions):
    listed = declared.SCANNED | {"duplicates": {"how": "lookup_by_ref"}}
    answer = operator.submit("/suppliers/new", **fields("declared", listed))
    assert answer.status_code == 422
    assert 'id="error-declared.duplicates"' in answer.text
    assert "This needs {reference} in the look-up" in answer.text
    assert _supplier(sessions) is None


def test_a_part_that_is_not_ticked_is_not_declared(operator, sessions):
    typed = fields("declared", PRESETS["plain"], **{"declared.cancel": ""})
    typed["declared.cancel.path"] = "half typed"
    operator.submit("/suppliers/new", **typed)
    assert "cancel" not in _supplier(sessions).options


def test_another_declaration_begins_its_list_of_changes_anew(operator, sessions):
    typed = fields("declared", PRESETS["plain"])
    operator.submit("/suppliers/new", **typed)
    for changed, kept in (
        ({"name": "Ten"}, "7"),
        ({"declared.changes.path": "/orders/all"}, None),
        ({"kind": "rest"}, None),
    ):
        with sessions.writing() as session:
            query = select(Supplier).where(col(Supplier.code) == "S9")
            found = session.exec(query).one()
            found.changes_cursor, found.stock_mark = "7", kept or "of the former"
        typed |= changed
        operator.submit("/suppliers/S9/edit", **(typed | {"token": ""}))
        assert _supplier(sessions).changes_cursor == kept
        assert _supplier(sessions).stock_mark == (kept or "")
    assert _supplier(sessions).options == {}


def _seen(page):
    return page.partition('id="seen"')[2].partition("<button")[0]


def _preview(browser, sample, call="look_up", options=PRESETS["plain"], **more):
    typed = fields("declared", options, do="preview", sample_call=call, **more)
    page = browser.submit("/suppliers/new", **typed, sample=json.dumps(sample))
    assert page.status_code == 200
    return _seen(page.text)


def test_an_answer_is_shown_as_it_is_read(operator):
    seen = _preview(operator, ORDER)
    assert 'data-place="declared.report.status"' in seen
    assert "&#39;accepted&#39;" in seen
    assert "Mar 5" in seen
    assert "option-wrong" not in seen


def test_an_error_stands_beside_what_is_read_well(operator):
    seen = _preview(operator, ORDER | {"status": "<b>odd</b>"})
    assert "This word is in no line of the map." in seen
    assert "PO-1" in seen
    assert "<b>odd" not in seen


def test_stock_is_shown_with_its_money(operator):
    row = {"sku": "A", "quantity": 5, "unit_cost_cents": 250, "currency": "EUR"}
    assert "2.50 EUR" in _preview(operator, {"items": [row]}, "stock")


def test_stock_sought_in_a_wrong_place_is_unknown_and_warned_of(operator):
    row = {"sku": "A", "unit_cost_cents": 250, "currency": "EUR"}
    seen = _preview(operator, {"items": [row | {"units": 5}]}, "stock")
    assert "unknown</bdi>" in seen
    assert "None" not in seen
    assert "Every quantity in it is unknown" in seen
    good = _preview(operator, {"items": [row | {"quantity": 5}]}, "stock")
    assert "Every quantity" not in good


def test_a_refusal_is_shown_as_such(operator):
    told = {"reason": "invalid_sku", "note": "no such thing"}
    seen = _preview(operator, told, "submit", sample_status="422")
    assert "The answer says no" in seen
    assert "no such thing" in seen


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "there is none, as it should"), ("PO-1", "there is no such order")],
)
def test_an_answer_that_there_is_no_such_order_says_so(operator, typed, words):
    told = {"error": "unknown_order", "reference": "PO-1"}
    more = {"sample_status": "404", "sample_reference": typed}
    seen = _preview(operator, told, **more)
    assert words in seen
    assert "The answer says no" not in seen
    assert "The list is empty" not in seen


def test_an_answer_that_is_none_says_so(operator):
    assert "This is no list." in _preview(operator, {"a": 1}, "changes")
    assert "The list is empty." in _preview(operator, {"orders": []}, "changes")


def test_without_an_answer_one_is_asked_for(operator):
    typed = fields("declared", PRESETS["plain"], do="preview")
    page = operator.submit("/suppliers/new", **typed).text
    assert "Paste a real answer" in _seen(page)


def test_what_must_be_mended_first_is_named(operator):
    wrong = {"declared.report.status": "a["}
    seen = _preview(operator, ORDER, **wrong)
    assert "This is no JMESPath expression" in seen


def test_a_dialect_nobody_described_has_a_form_all_the_same():
    for name, way in ways().items():
        if way.shape is not None:
            gathered = options_of(way.shape, typed_of(way.shape, {}))
            assert gathered.errors == {}, name
