"""The API's document: valid, complete, and true about what requests must be."""

import pytest
from jsonschema_rs import Draft202012Validator

from tests.erp.web.api.asked import an_order

REFUSED = [
    {"surprise": 1},
    {"total": 20.0},
    {"lines": []},
    {"channel": "Web Shop"},
]


@pytest.fixture
def document(visitor) -> dict:
    answer = visitor.get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.json


def references(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*map(references, node.values()))
    if isinstance(node, list):
        return set().union(*map(references, node))
    return set()


def test_it_is_openapi_3_1_and_names_every_operation(document):
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/api/v1/orders",
        "/api/v1/orders/{order_id}",
        "/api/v1/kpis",
    }
    assert set(document["paths"]["/api/v1/orders"]) == {"get", "post"}


def test_every_reference_leads_somewhere(document):
    for reference in references(document):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in node, reference
            node = node[step]


def test_every_operation_asks_for_a_token_and_tells_its_problems(document):
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["security"] == [{"token": []}]
            assert {"401", "403", "422", "500"} <= set(operation["responses"])
            for status, answer in operation["responses"].items():
                kind = "problem+json" if int(status) >= 400 else "json"
                assert list(answer["content"]) == [f"application/{kind}"]


def test_the_body_is_described_as_it_is_judged(document):
    body = document["paths"]["/api/v1/orders"]["post"]["requestBody"]
    schema = {**body["content"]["application/json"]["schema"], **document}
    validator = Draft202012Validator(schema)
    assert validator.is_valid(an_order())
    assert validator.is_valid([an_order(), an_order(2)])
    for wrong in REFUSED:
        assert not validator.is_valid(an_order(**wrong)), wrong


def test_there_is_no_page_with_foreign_scripts(visitor):
    assert visitor.get("/openapi/").status_code == 404
