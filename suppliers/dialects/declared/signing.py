"""How a call is signed in, by the five ways there are."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import AfterValidator, Field, model_validator

from suppliers.dialects.declared.part import (
    HeaderName,
    HeaderValue,
    Parameter,
    Part,
    refuse_unknown,
)
from suppliers.dialects.declared.templates import fill_text

SIGNED = frozenset({"method", "path", "query", "path_query", "timestamp", "body"})


def _of_a_signature(template: str) -> str:
    refuse_unknown(template, SIGNED)
    return template


def _with_signature(template: str) -> str:
    refuse_unknown(template, frozenset({"signature", "timestamp"}))
    if "{signature}" not in template:
        raise ValueError("it must hold {signature}")
    return template


class Bearer(Part):
    """`Authorization: Bearer CREDENTIAL`."""

    kind: Literal["bearer"]


class KeyHeader(Part):
    """The credential in a header, after a word such as `Token ` if they want one."""

    kind: Literal["header"]
    name: HeaderName
    prefix: HeaderValue = ""


class Basic(Part):
    """The credential is the password."""

    kind: Literal["basic"]
    user: Annotated[str, Field(min_length=1, max_length=200, pattern="^[^:]*$")]


class KeyParameter(Part):
    kind: Literal["query"]
    name: Parameter


class Hmac(Part):
    """SHA-256 over a message with the credential as key, in a header.

    The message may hold {method}, {path}, {query}, {path_query} (as they are sent),
    {timestamp} and {body}.
    """

    kind: Literal["hmac"]
    message: Annotated[str, Field(min_length=1), AfterValidator(_of_a_signature)]
    header: HeaderName
    value: Annotated[HeaderValue, AfterValidator(_with_signature)] = "{signature}"
    encoding: Literal["hex", "base64"] = "hex"
    timestamp: Literal["epoch_seconds", "epoch_milliseconds", "iso"] = "epoch_seconds"
    timestamp_header: HeaderName | None = None

    @model_validator(mode="after")
    def sends_what_it_signs(self) -> Self:
        is_sent = self.timestamp_header or "{timestamp}" in self.value
        if "{timestamp}" in self.message and not is_sent:
            raise ValueError("say in timestamp_header where the signed moment is sent")
        return self


Auth = Annotated[
    Bearer | KeyHeader | Basic | KeyParameter | Hmac, Field(discriminator="kind")
]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A call as it is about to be made; the path has its query."""

    method: str
    path_query: str
    body: bytes


def signed_path(auth: Auth, token: str, path_query: str) -> str:
    """The path with the credential in its query, if that is where it goes."""
    if not isinstance(auth, KeyParameter):
        return path_query
    joint = "&" if "?" in path_query else "?"
    return f"{path_query}{joint}{urlencode({auth.name: token})}"


def unsigned_path(auth: Auth, path_query: str) -> str:
    """The path without the credential that a supplier repeats in its links."""
    if not isinstance(auth, KeyParameter):
        return path_query
    path, _, query = path_query.partition("?")
    kept = [
        pair
        for pair in parse_qsl(query, keep_blank_values=True)
        if pair[0] != auth.name
    ]
    return f"{path}?{urlencode(kept)}" if kept else path


def sign_in(auth: Auth, token: str, call: Unsigned, now: datetime) -> Mapping[str, str]:
    """The headers that show who calls."""
    match auth:
        case Bearer():
            return {"Authorization": f"Bearer {token}"}
        case KeyHeader():
            return {auth.name: f"{auth.prefix}{token}"}
        case Basic():
            pair = base64.b64encode(f"{auth.user}:{token}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        case Hmac():
            return _signature(auth, token, call, now)
        case KeyParameter():
            return {}


def _signature(
    auth: Hmac, token: str, call: Unsigned, now: datetime
) -> Mapping[str, str]:
    path, _, query = call.path_query.partition("?")
    moment = _moment(auth, now)
    values = {
        "method": call.method,
        "path": path,
        "query": query,
        "path_query": call.path_query,
        "timestamp": moment,
        "body": call.body.decode(),
    }
    message = fill_text(auth.message, values).encode()
    digest = hmac.new(token.encode(), message, hashlib.sha256).digest()
    is_hex = auth.encoding == "hex"
    signature = digest.hex() if is_hex else base64.b64encode(digest).decode()
    sent = {"signature": signature, "timestamp": moment}
    headers = {auth.header: fill_text(auth.value, sent)}
    if auth.timestamp_header:
        headers[auth.timestamp_header] = moment
    return headers


def _moment(auth: Hmac, now: datetime) -> str:
    if auth.timestamp == "iso":
        return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    scale = 1 if auth.timestamp == "epoch_seconds" else 1000
    return str(int(now.timestamp() * scale))
