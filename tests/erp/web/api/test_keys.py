"""One Idempotency-Key, one piece of work: the same answer, or a clear no."""

import json
import threading

from sqlmodel import select

from erp.accounts.idempotency import claim, fingerprint
from erp.accounts.models import IdempotentRequest
from tests.erp.web.api.asked import PATH, SECRET, an_order, stored
from tests.factories import make_token


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
