"""A declaration that does not hold together says which field is wrong."""

import re
from copy import deepcopy
from typing import Any

import pytest

from suppliers.dialects.declared.declaration import Declaration
from suppliers.errors import Unavailable
from suppliers.options import fitting
from suppliers.registry import Connection
from tests.suppliers.declared import BLIND, ENVELOPE, FLAT, LOOKED_UP, SCANNED

GOOD = {
    "envelope": ENVELOPE,
    "flat": FLAT,
    "looked up": LOOKED_UP,
    "scanned": SCANNED,
    "blind": BLIND,
}
NOTHING = object()


def changed(declaration: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    copy = deepcopy(declaration)
    *folders, last = place.split(".")
    part = copy
    for folder in folders:
        part = part[folder]
    if value is NOTHING:
        del part[last]
    else:
        part[last] = value
    return copy


@pytest.mark.parametrize("declaration", GOOD.values(), ids=GOOD.keys())
def test_a_good_declaration_is_taken_and_written_again(declaration):
    fitted = fitting(Declaration, declaration)

    written = fitted.model_dump(mode="json", exclude_unset=True)
    assert fitting(Declaration, written) == fitted


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("auth", NOTHING, "auth: it is missing"),
        ("auth.kind", "oauth", "auth"),
        ("auth.name", "X Key", "auth.header.name"),
        ("auth.name", "Content-Length", "written by us"),
        ("surprise", 1, "surprise: there is no such option"),
        ("submit.path", "v2/purchases", "submit.path"),
        ("submit.path", "/v2?a=1", "belongs into query"),
        ("submit.path", "/v2/{id}", "before it is placed"),
        ("submit.path", "/v2/{order}", "nothing fills {order}"),
        ("submit.body.purchase.label", "{name}", "submit: nothing fills {name}"),
        ("submit.body.purchase.label", "{sku}", "submit: nothing fills {sku}"),
        (
            "submit.body.purchase.lines",
            {"$items": {"n": "{recipient.fax}"}},
            "nothing fills {recipient.fax} of an item",
        ),
        ("submit.location", NOTHING, "say one of order, id and location"),
        ("submit.order", "data", "say one of order, id and location"),
        ("submit.location", "/v2/purchases", "submit.location"),
        ("look_up.order", "data[", "look_up.order: this is no JMESPath expression"),
        ("look_up.order", "", "look_up.order: write a JMESPath expression"),
        ("look_up.order", "(" * 900 + "a" + ")" * 900, "look_up.order"),
        ("look_up.absent", NOTHING, "say in absent"),
        ("look_up.absent.status", 500, "look_up.absent.status"),
        ("look_up.path", "/v2/{id}", "not by its {id}"),
        ("look_up", NOTHING, "cancel: this needs the call look_up"),
        ("changes", NOTHING, "follows: changes needs the call changes"),
        ("changes.since", NOTHING, "say in since"),
        ("changes.paging.size", 0, "changes.paging.page.size"),
        ("changes.paging.kind", "scroll", "changes.paging"),
        ("changes.query", {"a": "{reference}"}, "not asked for by one order"),
        ("stock.currency", NOTHING, "say in currency"),
        ("stock.money", "pounds", "stock.money"),
        ("cancel.answers", "order", "say order if, and only if"),
        ("failure", NOTHING, "codes are read where failure says"),
        ("moments", {"kind": "epoch_days"}, "moments"),
        ("moments", {"kind": "iso", "zone": "Madrid"}, "there is no such time zone"),
        ("report.statuses", {}, "report.statuses"),
        ("report.statuses", {"1": "shipped"}, "report.statuses.1"),
        ("report.reasons", {"E": "bad mood"}, "report.reasons.E"),
        ("duplicates.codes", [], "by which status or codes"),
        (
            "duplicates",
            {"how": "native_key", "status": 409},
            "only unique_ref_conflict",
        ),
        (
            "duplicates",
            {"how": "unique_ref_conflict", "status": 200},
            "may be a success",
        ),
        ("duplicates", {"how": "none"}, "none has no look_up"),
    ],
)
def test_a_bad_declaration_names_the_field(place, value, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        fitting(Declaration, changed(ENVELOPE, place, value))


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("auth.timestamp_header", NOTHING, "where the signed moment is sent"),
        ("auth.message", "{secret}", "nothing fills {secret}"),
        ("auth.value", "sha256", "must hold {signature}"),
        ("follows", "each", "follows: each needs the call look_up"),
        ("duplicates", {"how": "list_scan"}, "list_scan needs the call look_up"),
        ("submit.body.ref", "1", "native_key needs idempotency_header"),
    ],
)
def test_a_class_or_a_way_that_the_calls_do_not_hold_is_refused(place, value, words):
    blind = BLIND | {"duplicates": {"how": "native_key"}}

    with pytest.raises(ValueError, match=re.escape(words)):
        fitting(Declaration, changed(blind, place, value))


LISTED = LOOKED_UP | {
    "look_up": {"path": "/orders", "query": {"ref": "{reference}"}, "orders": "orders"}
}
ASKED = {
    "query": {"path": "/orders", "query": {"ref": "{reference}"}, "orders": "orders"},
    "path": {"path": "/orders/of/{reference}", "orders": "orders"},
    "body": {
        "method": "POST",
        "path": "/search",
        "body": {"refs": ["{reference}"]},
        "orders": "orders",
    },
}


@pytest.mark.parametrize("look_up", ASKED.values(), ids=ASKED.keys())
def test_a_list_that_is_asked_by_our_reference_proves_absence(look_up):
    assert fitting(Declaration, LISTED | {"look_up": look_up})


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("look_up.query", {"ref": "all"}, "not asked by {reference} is list_scan"),
        ("look_up.query", NOTHING, "not asked by {reference} is list_scan"),
        ("look_up.paging", {"kind": "page"}, "a list that has pages is list_scan"),
    ],
)
def test_a_list_that_may_lack_our_order_proves_no_absence(place, value, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        fitting(Declaration, changed(LISTED, place, value))

    scanned = LISTED | {"duplicates": {"how": "list_scan"}}
    assert fitting(Declaration, changed(scanned, place, value))


def test_one_order_that_is_not_asked_by_our_reference_proves_no_absence():
    with pytest.raises(ValueError, match=re.escape("needs {reference} in look_up")):
        fitting(Declaration, changed(LOOKED_UP, "look_up.path", "/orders/last"))


def test_a_supplier_with_a_bad_declaration_is_unavailable_and_says_why(clients):
    options = changed(FLAT, "submit.path", "orders")
    connection = Connection(
        supplier_id=1,
        kind="rest",
        code="acme",
        base_url="https://acme.test",
        token="secret",
        options=options,
    )

    with pytest.raises(Unavailable, match=r"submit\.path"):
        clients.client_for(connection)
