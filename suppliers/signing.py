"""Signs what we tell suppliers' programs, as Standard Webhooks 1.0.0 asks for. Pure.

While a secret is being exchanged for another, a message has a signature by each: the
receiver may change over at any moment. https://www.standardwebhooks.com
"""

import base64
import hashlib
import hmac
import secrets as chance
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32
SHORTEST_SECRET, LONGEST_SECRET = 24, 64  # bytes, as the specification has them


def make_secret() -> str:
    """A new secret, as both sides write it down."""
    return PREFIX + base64.b64encode(chance.token_bytes(SECRET_BYTES)).decode()


def sign(
    message_id: str, sent_at: datetime, body: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """The headers that show who sent a body, and when; one signature by each secret.

    The id stays the same however often a message is sent; the moment does not.
    """
    moment = str(int(sent_at.timestamp()))
    signed = b".".join([message_id.encode(), moment.encode(), body])
    return {
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(_signature(signed, each) for each in secrets),
    }


def _signature(signed: bytes, secret: str) -> str:
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    """Raises ValueError if this is no secret of ours; its text stays out of that."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise ValueError("not a secret: its base 64 cannot be read") from error
    if not secret.startswith(PREFIX):
        raise ValueError(f"not a secret: it does not begin with {PREFIX}")
    if not SHORTEST_SECRET <= len(key) <= LONGEST_SECRET:
        raise ValueError("not a secret: it is too short or too long")
    return key
