"""The API's document: valid, complete, its own, and true about what calls must be."""

import pytest
from jsonschema_rs import Draft202012Validator

ROOT = "/supplier/v1"
ONE = f"{ROOT}/purchase-orders/{{reference}}"


@pytest.fixture
def document(visitor) -> dict:
    answer = visitor.get("/supplier/openapi.json")
    assert answer.status_code == 200
    return answer.json


def references(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*map(references, node.values()))
    if isinstance(node, list):
        return set().union(*map(references, node))
    return set()


def operations(document):
    return [
        (path, method, each)
        for path, methods in document["paths"].items()
        for method, each in methods.items()
    ]


def test_it_is_openapi_3_1_and_names_every_operation(document):
    assert document["openapi"].startswith("3.1")
    assert {(method, path) for path, method, _ in operations(document)} == {
        ("get", f"{ROOT}/purchase-orders"),
        ("get", f"{ROOT}/purchase-orders.csv"),
        ("get", ONE),
        ("post", f"{ONE}/acknowledge"),
        ("post", f"{ONE}/part-accept"),
        ("post", f"{ONE}/reject"),
        ("post", f"{ONE}/shipments"),
        ("post", f"{ONE}/cancellation"),
        ("put", f"{ROOT}/stock"),
        ("post", f"{ROOT}/invoices"),
    }


def test_neither_api_tells_of_the_other(document, visitor):
    stores = visitor.get("/api/openapi.json").json
    assert "NewOrder" not in document["components"]["schemas"]
    assert "PurchaseOrderSheet" not in stores["components"]["schemas"]
    assert all(path.startswith("/api/v1/") for path in stores["paths"])
    assert document["info"]["title"] != stores["info"]["title"]


def test_every_reference_leads_somewhere(document):
    for reference in references(document):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in node, reference
            node = node[step]


def test_every_operation_asks_for_a_token_and_tells_its_problems(document):
    for path, _, operation in operations(document):
        assert operation["security"] == [{"token": []}]
        assert {"401", "403", "422", "500", "503"} <= set(operation["responses"])
        for status, answer in operation["responses"].items():
            file = "text/csv" if path.endswith(".csv") else "application/json"
            kind = "application/problem+json" if int(status) >= 400 else file
            assert list(answer["content"]) == [kind]


def test_whatever_tells_us_something_may_carry_a_key(document):
    for _, method, operation in operations(document):
        names = [each["name"] for each in operation.get("parameters", [])]
        assert ("Idempotency-Key" in names) is (method != "get")
        assert ("requestBody" in operation) is (method != "get")


@pytest.mark.parametrize(
    ("schema", "fits", "does_not"),
    [
        ("Rejection", {"reason": "other"}, {"reason": "no mood"}),
        ("Acknowledgement", {}, {"surprise": 1}),
        (
            "StockList",
            {"items": [{"supplier_sku": "A", "quantity": None}]},
            {"items": [{"supplier_sku": "A"}]},
        ),
    ],
)
def test_a_body_is_described_as_it_is_judged(document, schema, fits, does_not):
    described = {"$ref": f"#/components/schemas/{schema}", **document}
    validator = Draft202012Validator(described)
    assert validator.is_valid(fits)
    assert not validator.is_valid(does_not)
