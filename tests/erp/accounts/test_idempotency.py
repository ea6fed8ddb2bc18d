"""A request with a key is done once, whatever dies in between."""

from datetime import timedelta

import pytest
from sqlmodel import select

from erp.accounts.idempotency import (
    KEPT,
    LEASE,
    Answered,
    Claim,
    ClaimLost,
    InFlight,
    OtherRequest,
    claim,
    fingerprint,
    forget_old,
    record,
    release,
)
from erp.accounts.models import IdempotentRequest
from tests.factories import make_token

PRINT = fingerprint("POST", "/api/v1/orders", b"{}")


@pytest.fixture
def store(both_sessions):
    with both_sessions.writing() as session:
        make_token(session)
    return both_sessions


def ask(store, now, print_=PRINT):
    return claim(store, 1, "k", print_, now)


def test_the_first_one_claims_and_the_others_wait(store, now):
    assert ask(store, now) == Claim(1, "k", now)
    assert ask(store, now) == InFlight(now + LEASE)


def test_once_answered_the_answer_is_given_again(store, now):
    mine = ask(store, now)
    with store.writing() as session:
        record(session, mine, 201, b"done")
    assert ask(store, now + timedelta(days=6)) == Answered(201, b"done")


def test_another_request_does_not_get_the_answer(store, now):
    ask(store, now)
    other = fingerprint("POST", "/api/v1/orders", b"[]")
    assert ask(store, now, other) == OtherRequest()


def test_another_token_has_keys_of_its_own(store, now):
    with store.writing() as session:
        second = make_token(session, "erp_other_x").id
    ask(store, now)
    assert isinstance(claim(store, second, "k", PRINT, now), Claim)


def test_the_claim_of_a_dead_process_is_taken_over_and_cannot_come_back(store, now):
    dead = ask(store, now)
    later = now + LEASE
    alive = ask(store, later)
    assert alive == Claim(1, "k", later)
    with pytest.raises(ClaimLost), store.writing() as session:
        record(session, dead, 201, b"from the grave")
    with store.writing() as session:
        release(session, dead)
        record(session, alive, 201, b"done")
    assert ask(store, later) == Answered(201, b"done")


def test_a_released_key_is_free(store, now):
    mine = ask(store, now)
    with store.writing() as session:
        release(session, mine)
    other = fingerprint("POST", "/api/v1/orders", b"[]")
    assert isinstance(ask(store, now, other), Claim)


def test_an_answer_is_not_taken_back(store, now):
    mine = ask(store, now)
    with store.writing() as session:
        record(session, mine, 200, b"done")
        release(session, mine)
    assert ask(store, now) == Answered(200, b"done")


def test_old_answers_are_forgotten(store, now):
    ask(store, now)
    with store.writing() as session:
        assert forget_old(session, now + KEPT - timedelta(seconds=1)) == 0
        assert forget_old(session, now + KEPT) == 1
        assert session.exec(select(IdempotentRequest)).all() == []
