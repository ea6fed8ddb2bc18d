"""Our signatures are those that the reference library of the standard accepts."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from suppliers.signing import make_secret, sign

BODY = '{"type": "test", "data": {"what": "שלום"}}'.encode()


def now() -> datetime:
    """The reference library refuses what is older than five minutes by its clock."""
    return datetime.now(UTC)


def whsec(key: bytes) -> str:
    return "whsec_" + base64.b64encode(key).decode()


def test_the_reference_library_accepts_it():
    secret = make_secret()
    headers = sign("msg_1", now(), BODY, [secret])
    assert Webhook(secret).verify(BODY, headers)["type"] == "test"


def test_it_is_letter_by_letter_what_the_reference_library_signs():
    secret, at = make_secret(), now()
    headers = sign("msg_1", at, BODY, [secret])
    theirs = Webhook(secret).sign("msg_1", at, BODY.decode())
    assert headers["webhook-signature"] == theirs
    assert headers["webhook-timestamp"] == str(int(at.timestamp()))


def test_the_example_of_the_specification_comes_out():
    headers = sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_during_a_change_of_secrets_either_opens_it():
    former, current = make_secret(), make_secret()
    headers = sign("msg_1", now(), BODY, [current, former])
    for secret in (former, current):
        Webhook(secret).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(make_secret()).verify(BODY, headers)


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "body"])
def test_whatever_is_changed_on_the_way_is_noticed(changed):
    secret = make_secret()
    headers = sign("msg_1", now(), BODY, [secret])
    later = str(int((now() + timedelta(seconds=9)).timestamp()))
    other = {"webhook-id": "msg_2", "webhook-timestamp": later}
    body = BODY + b" " if changed == "body" else BODY
    if changed != "body":
        headers[changed] = other[changed]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


@pytest.mark.parametrize("length", [24, 64])
def test_secrets_may_be_as_short_and_as_long_as_the_specification_says(length):
    secret = whsec(b"k" * length)
    Webhook(secret).verify(BODY, sign("msg_1", now(), BODY, [secret]))


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_?", whsec(b"k" * 23), whsec(b"k" * 65), "k" * 44],
    ids=["none", "empty", "not base 64", "too short", "too long", "no prefix"],
)
def test_what_is_no_secret_signs_nothing(secret):
    with pytest.raises(ValueError, match="not a secret") as refused:
        sign("msg_1", now(), BODY, [secret])
    assert not secret or secret not in str(refused.value)
