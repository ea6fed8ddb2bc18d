"""Orders over the API: stored once, answered item by item, refused in words."""

import json
import threading

import pytest
from sqlmodel import col, select

from erp.accounts.idempotency import claim, fingerprint
from erp.accounts.models import ApiToken, IdempotentRequest, Scope
from erp.orders.models import Order
from tests.factories import make_token

SECRET = "erp_test_secret"
PATH = "/api/v1/orders"


def an_order(number: int = 1, **given: object) -> dict[str, object]:
    return {
        "channel": "web",
        "external_id": f"e{number}",
        "name": f"#{number}",
        "currency": "USD",
        "placed_at": "2026-03-02T08:00:00Z",
        "paid_at": "2026-03-02T08:01:00Z",
        "payment": "paid",
        "email": "ada@example.com",
        "ship_to": {
            "name": "Ada",
            "address1": "1 Street",
            "city": "London",
            "postal_code": "N1",
            "country": "GB",
        },
        "lines": [{"sku": "A", "quantity": 2, "unit_price": "10.00"}],
        "total": "20.00",
        **given,
    }


@pytest.fixture
def token(sessions) -> int:
    with sessions.writing() as session:
        return make_token(session, SECRET).id


@pytest.fixture
def post(visitor, token):
    def send(body, *, key=None, secret=SECRET, raw=False, **headers):
        headers = {"Authorization": f"Bearer {secret}", **headers}
        if key:
            headers["Idempotency-Key"] = key
        data = body if raw else json.dumps(body)
        return visitor.post(
            PATH, data=data, content_type="application/json", headers=headers
        )

    return send


def stored(sessions) -> list[str]:
    with sessions.reading() as session:
        return list(
            session.exec(select(Order.external_id).order_by(col(Order.id))).all()
        )


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


def test_the_same_key_and_body_get_the_first_answer_again(post, sessions):
    first = post(an_order(), key="k1")
    again = post(an_order(), key="k1")
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replay" not in first.headers
    assert stored(sessions) == ["e1"]


def test_a_refusal_is_given_again_too(post):
    first = post(b"{", key="k1", raw=True)
    again = post(b"{", key="k1", raw=True)
    assert (again.status_code, again.data) == (400, first.data)
    assert again.headers["Idempotent-Replay"] == "true"


def test_the_same_key_with_another_body_is_refused(post, sessions):
    post(an_order(1), key="k1")
    answer = post(an_order(2), key="k1")
    assert answer.status_code == 422
    assert stored(sessions) == ["e1"]


def test_a_key_in_flight_is_answered_409_and_free_once_its_lease_ran_out(
    post, sessions, token, clock
):
    body = json.dumps(an_order()).encode()
    claim(sessions, token, "k1", fingerprint("POST", PATH, body), clock())
    busy = post(body, key="k1", raw=True)
    assert busy.status_code == 409
    assert int(busy.headers["Retry-After"]) > 0
    assert stored(sessions) == []
    clock.move(seconds=61)
    assert post(body, key="k1", raw=True).status_code == 201


def test_a_key_is_forgotten_after_a_week(post, clock, sessions):
    post(an_order(1), key="k1")
    clock.move(days=8)
    assert post(an_order(2), key="k1").status_code == 201


def test_a_key_that_is_none_is_refused(post):
    assert post(an_order(), key="two words").status_code == 400
    assert post(an_order(), key="x" * 256).status_code == 400


def test_a_failure_frees_the_key(post, sessions, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr("erp.web.api.orders.accept_many", fail)
        assert post(an_order(), key="k1").status_code == 500
    with sessions.reading() as session:
        assert session.exec(select(IdempotentRequest)).all() == []
    assert post(an_order(), key="k1").status_code == 201


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer erp_wrong", "Basic YTpi", f"Basic {SECRET}"],
)
def test_without_a_valid_token_nothing_is_said(visitor, token, header):
    answer = visitor.post(PATH, json=an_order(), headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"


def test_a_revoked_token_opens_nothing(post, sessions, token, clock):
    with sessions.writing() as session:
        session.get_one(ApiToken, token).revoked_at = clock()
    assert post(an_order()).status_code == 401


def test_a_read_only_token_may_read_and_not_write(visitor, sessions):
    with sessions.writing() as session:
        make_token(session, "erp_reader_x", Scope.READ)
    headers = {"Authorization": "Bearer erp_reader_x"}
    assert visitor.post(PATH, json=an_order(), headers=headers).status_code == 403
    assert visitor.get(PATH, headers=headers).status_code == 200


def test_the_last_use_is_noted_at_most_once_a_minute(post, sessions, token, clock):
    def last_used():
        with sessions.reading() as session:
            return session.get_one(ApiToken, token).last_used_at

    post(an_order())
    first = last_used()
    clock.move(seconds=30)
    post(an_order())
    assert last_used() == first == clock() - (clock() - first)
    clock.move(seconds=40)
    post(an_order())
    assert last_used() == clock()


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


def test_eight_at_once_with_one_key_store_one_order(both_sessions, app_over):
    app = app_over(both_sessions)
    with both_sessions.writing() as session:
        make_token(session, SECRET)
    answers = []

    def send() -> None:
        answers.append(
            app.test_client().post(
                PATH,
                json=an_order(),
                headers={
                    "Authorization": f"Bearer {SECRET}",
                    "Idempotency-Key": "k1",
                },
            )
        )

    threads = [threading.Thread(target=send) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {each.status_code for each in answers} <= {201, 409}
    assert (
        sum(
            "Idempotent-Replay" not in each.headers
            for each in answers
            if each.status_code == 201
        )
        == 1
    )
    assert stored(both_sessions) == ["e1"]
