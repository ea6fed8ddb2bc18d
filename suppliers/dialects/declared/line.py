"""The line to a supplier whose API is declared: calls filled, signed and answered."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

import httpx

from suppliers.contract import PurchaseRequest
from suppliers.dialects.declared.calls import Call
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.declared.expressions import Json, Unreadable
from suppliers.dialects.declared.paging import linked
from suppliers.dialects.declared.reading import parsed
from suppliers.dialects.declared.signing import (
    Unsigned,
    sign_in,
    signed_path,
    unsigned_path,
)
from suppliers.dialects.declared.templates import (
    Values,
    fill_body,
    fill_call,
    fill_text,
)
from suppliers.dialects.rest import RestConnection
from suppliers.errors import Rejected
from suppliers.http import Answer, SupplierHttp

STANDING = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # so that the size cap is the real size
    "User-Agent": "dropship-erp",
}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer with its body read; a body that is none, or no JSON, is None."""

    status: int
    headers: httpx.Headers
    data: Json
    is_json: bool
    asked: str  # the address that was asked, without our credential

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


class Line:
    """Calls to one supplier; safe to share between threads."""

    def __init__(
        self,
        connection: RestConnection,
        declaration: Declaration,
        clock: Callable[[], datetime],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        parts = urlsplit(connection.base_url)
        self.supplier = connection.code
        self._server = f"{parts.scheme}://{parts.netloc}"
        self._folder = parts.path.rstrip("/")
        self._token = connection.token
        self._declared = declaration
        self._clock = clock
        self.http = SupplierHttp(
            connection.code, connection.policy, clock, transport=transport
        )

    def place_order(self, call: Call, request: PurchaseRequest) -> Said:
        body = fill_body(call.body, request)
        path = self.path_of(call, {"reference": request.reference})
        key = self._declared.idempotency_header
        more = {key: _sendable(self.supplier, request.reference)} if key else {}
        return self._said(call, path, body, more, places=True)

    def place(self, call: Call, values: Values) -> Said:
        body = b"" if call.body is None else fill_call(call.body, values)
        return self._said(call, self.path_of(call, values), body, {}, places=True)

    def ask(self, call: Call, values: Values, path: str | None = None) -> Said:
        body = b"" if call.body is None else fill_call(call.body, values)
        where = path or self.path_of(call, values)
        return self._said(call, where, body, {}, places=False)

    def path_of(
        self, call: Call, values: Values, query: Mapping[str, str] | None = None
    ) -> str:
        """The path and query of a call, from the server's root on."""
        path = fill_text(call.path, values, quote=_quoted)
        asked = {k: fill_text(v, values) for k, v in call.query.items()}
        asked.update(query or {})
        return self._folder + path + (f"?{urlencode(asked)}" if asked else "")

    def next_link(self, said: Said) -> str | None:
        """Where the `Link` header points, without our credential."""
        link = linked(said.headers.get("link"), said.asked)
        return None if link is None else unsigned_path(self._declared.auth, link)

    @contextmanager
    def reading(self, *, places: bool) -> Iterator[None]:
        """What cannot be read leaves open what was placed, or says nothing."""
        try:
            yield
        except Unreadable as error:
            self.http.unreadable(f"its answer: {error}", places=places)

    def _said(
        self,
        call: Call,
        path: str,
        body: bytes,
        more: Mapping[str, str],
        *,
        places: bool,
    ) -> Said:
        declared, token = self._declared, self._token
        url = httpx.URL(self._server + signed_path(declared.auth, token, path))
        headers = httpx.Headers(STANDING)
        if body:
            headers["Content-Type"] = "application/json"
        headers.update({**declared.headers, **more})
        # What is signed is what is sent, after whatever is done to addresses.
        unsigned = Unsigned(call.method, url.raw_path.decode(), body)
        headers.update(sign_in(declared.auth, token, unsigned, self._clock()))
        if places:
            answer = self.http.place(str(url), headers, body, method=call.method)
        else:
            answer = self.http.ask(
                str(url), headers, method=call.method, body=body or None
            )
        return self._read(answer, self._server + path, places=places)

    def _read(self, answer: Answer, asked: str, *, places: bool) -> Said:
        """A refusal need not be JSON, nor a success that has no body."""
        data, is_json = None, True
        try:
            data = parsed(answer.body) if answer.body.strip() else None
        except Unreadable as error:
            if answer.status < 300:
                self.http.unreadable(f"its answer: {error}", places=places)
            is_json = False
        return Said(answer.status, answer.headers, data, is_json, asked)


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _sendable(supplier: str, reference: str) -> str:
    """Our reference as a header; whatever cannot stand there was never sent."""
    if reference.isascii() and reference.isprintable():
        return reference
    raise Rejected(supplier, f"{json.dumps(reference)} cannot stand in a header")
