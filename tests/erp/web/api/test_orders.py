"""Orders over the API: stored once, answered item by item, refused in words."""

import json

import pytest

from tests.erp.web.api.asked import PATH, SECRET, an_order, stored


def test_one_order_is_created_and_can_be_read(post, visitor, sessions):
    answer = post(an_order())
    assert answer.status_code == 201
    assert answer.json["status"] == "created"
    sheet = visitor.get(
        answer.headers["Location"], headers={"Authorization": f"Bearer {SECRET}"}
    )
    assert sheet.status_code == 200
    assert sheet.json["external_id"] == "e1"
    assert sheet.json["total"] == "20.00"
    assert sheet.json["lines"][0]["quantity"] == 2


def test_the_same_order_again_is_unchanged(post, sessions):
    post(an_order())
    answer = post(an_order())
    assert (answer.status_code, answer.json["status"]) == (200, "unchanged")
    assert stored(sessions) == ["e1"]


def test_a_refused_order_says_where_it_is_wrong_and_leaves_nothing(post, sessions):
    bad = an_order(lines=[{"sku": "A", "quantity": -2, "unit_price": "10.00"}])
    answer = post(bad)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [each["pointer"] for each in answer.json["errors"]] == ["/lines/0/quantity"]
    assert stored(sessions) == []


def test_a_bad_item_does_not_stop_the_others(post, sessions):
    answer = post([an_order(1), an_order(2, surprise=1), 7, an_order(3)])
    assert answer.status_code == 200
    assert [item["status"] for item in answer.json["items"]] == [
        "created",
        "refused",
        "refused",
        "created",
    ]
    assert answer.json["items"][1]["errors"][0]["pointer"] == "/surprise"
    assert (answer.json["created"], answer.json["refused"]) == (2, 2)
    assert stored(sessions) == ["e1", "e3"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe\x00", 400),
        (b'{"a": NaN}', 400),
        (b'"\\ud800"', 400),
        (b"[]", 422),
        (b"[[]]", 200),
        (b"null", 422),
        (b"[" * 100_000, 400),
        (json.dumps([1] * 1001).encode(), 422),
    ],
    ids=[
        "empty",
        "cut off",
        "not UTF-8",
        "NaN",
        "lone surrogate",
        "no orders",
        "a list in a list",
        "null",
        "nested too deep",
        "1,001 orders",
    ],
)
def test_a_body_that_makes_no_sense_is_refused_in_words(post, sessions, body, status):
    answer = post(body, raw=True)
    assert answer.status_code == status
    assert stored(sessions) == []
    if status >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.json["detail"]


def test_a_body_of_another_kind_is_refused(visitor, token):
    answer = visitor.post(
        PATH, data={"a": "b"}, headers={"Authorization": f"Bearer {SECRET}"}
    )
    assert answer.status_code == 415


def test_orders_are_listed_page_by_page_and_by_status(post, visitor):
    post([an_order(number) for number in range(60)])
    headers = {"Authorization": f"Bearer {SECRET}"}
    first = visitor.get(PATH, headers=headers).json
    rest = visitor.get(f"{PATH}?cursor={first['next']}", headers=headers).json
    assert (len(first["orders"]), len(rest["orders"])) == (50, 10)
    assert rest["next"] is None
    held = visitor.get(f"{PATH}?status=held", headers=headers).json
    assert held["orders"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PATH}/999", 404),
        (f"{PATH}/99999999999999999999", 404),
        (f"{PATH}?status=asleep", 422),
        (f"{PATH}?surprise=1", 422),
        (f"{PATH}?channel=a%00b", 422),
        (f"{PATH}?cursor=nonsense", 200),
        ("/api/v1/kpis", 200),
        ("/api/v1/kpis?scope=moon", 422),
        ("/api/v1/nothing", 404),
    ],
)
def test_reading_answers_or_says_what_is_wrong(visitor, token, path, status):
    answer = visitor.get(path, headers={"Authorization": f"Bearer {SECRET}"})
    assert answer.status_code == status
    if status >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == status


@pytest.mark.parametrize("cursor", ["x", "%ff", "====", "YQ==", "\u05d0"])
def test_a_cursor_that_is_none_of_ours_starts_anew(post, visitor, cursor):
    post(an_order())
    headers = {"Authorization": f"Bearer {SECRET}"}
    page = visitor.get(PATH, query_string={"cursor": cursor}, headers=headers)
    assert len(page.json["orders"]) == 1


def test_a_wrong_method_is_answered_405(visitor, token):
    answer = visitor.delete(PATH, headers={"Authorization": f"Bearer {SECRET}"})
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("settings_given", [{"ERP_SERVER_MAX_BODY_BYTES": "100"}])
def test_a_body_over_the_limit_is_refused(post, sessions):
    answer = post(an_order())
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    assert stored(sessions) == []
