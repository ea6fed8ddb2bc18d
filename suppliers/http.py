"""One guarded HTTP line to one supplier, and what each way of failing means.

A call either *asks* (nothing changes at the supplier) or *places* (something may).
Until a connection stands nothing was placed: Unavailable. From then on a call that
places is Ambiguous until a readable answer says otherwise; one that asks is merely
Unavailable, or Garbled if the answer is too large. Redirects are never followed.
Texts name the status and never repeat a body, which might be that of another server.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import IO, Never

import httpx

from suppliers.errors import Ambiguous, Garbled, RateLimited, ShutOut, Unavailable
from suppliers.transport import GuardedTransport, HttpPolicy

LONGEST_RETRY_AFTER = timedelta(hours=24)  # whoever says more is mistaken
LARGEST_REFUSAL_BYTES = 64 * 1024  # a refusal needs no more words

NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
OTHER_FAILURES = (httpx.TimeoutException, httpx.NetworkError, httpx.ProtocolError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    headers: httpx.Headers
    body: bytes


def said_wait(headers: httpx.Headers, now: datetime) -> timedelta | None:
    return retry_after(headers.get("retry-after"), now)


@dataclass(frozen=True, slots=True)
class Throttling:
    """How a supplier says that it is asked too often, and until when."""

    statuses: frozenset[int] = frozenset({429})
    wait: Callable[[httpx.Headers, datetime], timedelta | None] = said_wait
    unsaid: timedelta | None = None  # how long it means if it does not say


@dataclass(frozen=True, slots=True)
class Sink:
    """Where an answer's body goes, and how much of it may."""

    write: Callable[[bytes], object]
    most_bytes: int


USUAL_THROTTLING = Throttling()
REFUSES_US = frozenset({401, 403})
# S3 and its like answer 403 for a file that is missing, to who may not list the folder.
REFUSES_READERS = frozenset({401})


class SupplierHttp:
    """Calls to one supplier; safe to share between threads. Close it after use."""

    def __init__(
        self,
        supplier: str,
        policy: HttpPolicy,
        clock: Callable[[], datetime],
        transport: httpx.BaseTransport | None = None,
        throttling: Throttling = USUAL_THROTTLING,
    ) -> None:
        self.supplier = supplier
        self._policy = policy
        self._clock = clock
        self._throttling = throttling
        self._owns_transport = transport is None
        self._transport = transport or GuardedTransport(policy)

    def ask(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        method: str = "GET",
        body: bytes | None = None,
        shuts_out: frozenset[int] = REFUSES_US,
    ) -> Answer:
        """Whatever goes wrong, nothing was placed."""
        request = httpx.Request(method, url, headers=headers, content=body)
        return self._call(request, places=False, shuts_out=shuts_out)

    def place(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        method: str = "POST",
    ) -> Answer:
        """Send something that may change the supplier's books."""
        request = httpx.Request(method, url, headers=headers, content=body)
        return self._call(request, places=True)

    def fetch(
        self, url: str, headers: Mapping[str, str], into: IO[bytes], most_bytes: int
    ) -> Answer:
        """GET a large file into another; only a refusal's body comes back by itself.

        304, to a condition among the headers, is an answer as good as any. 403 shuts
        nobody out: the file may be missing.
        """
        request = httpx.Request("GET", url, headers=headers)
        sink = Sink(into.write, most_bytes)
        return self._call(request, places=False, sink=sink, shuts_out=REFUSES_READERS)

    def unreadable(self, detail: str, *, places: bool) -> Never:
        """Report an answer that cannot be read or believed."""
        raise (Ambiguous if places else Garbled)(self.supplier, detail)

    def raise_for(
        self, answer: Answer, *, places: bool, shuts_out: frozenset[int] = REFUSES_US
    ) -> None:
        """Raise for answers that mean the same in every dialect."""
        status = answer.status
        detail = f"it answered {status}"
        if status in self._throttling.statuses:
            wait = self._throttling.wait(answer.headers, self._clock())
            unsaid = self._throttling.unsaid
            raise RateLimited(self.supplier, detail, unsaid if wait is None else wait)
        comes_back = said_wait(answer.headers, self._clock())
        if status == 503 and comes_back is not None:
            raise RateLimited(self.supplier, detail, comes_back)
        if status in shuts_out:
            raise ShutOut(self.supplier, f"{detail}: it refuses our credentials")
        is_elsewhere = 300 <= status < 400 and (places or status != 304)
        if status >= 500 or status == 408 or is_elsewhere:
            raise (Ambiguous if places else Unavailable)(self.supplier, detail)

    def close(self) -> None:
        """Close what this line opened itself; a transport it was given stays open."""
        if self._owns_transport:
            self._transport.close()

    def _call(
        self,
        request: httpx.Request,
        *,
        places: bool,
        sink: Sink | None = None,
        shuts_out: frozenset[int] = REFUSES_US,
    ) -> Answer:
        try:
            answer = self._exchanged(request, sink, places=places)
        except NOTHING_SENT as error:
            raise Unavailable(self.supplier, words_of(error)) from error
        except OTHER_FAILURES as error:
            kind = Ambiguous if places else Unavailable
            raise kind(self.supplier, words_of(error)) from error
        self.raise_for(answer, places=places, shuts_out=shuts_out)
        return answer

    def _exchanged(
        self, request: httpx.Request, sink: Sink | None, *, places: bool
    ) -> Answer:
        due = time.monotonic() + self._policy.total_seconds
        response = self._transport.handle_request(request)
        try:
            if response.status_code >= 300:
                body = _refusal_body(response, due)
            else:
                body = self._body(response, due, sink, places=places)
        finally:
            response.close()
        return Answer(response.status_code, response.headers, body)

    def _body(
        self, response: httpx.Response, due: float, sink: Sink | None, *, places: bool
    ) -> bytes:
        body = bytearray()
        sink = sink or Sink(body.extend, self._policy.largest_answer_bytes)
        size = 0
        for chunk in _chunks(response):
            sink.write(chunk)
            size += len(chunk)
            if size > sink.most_bytes:
                self.unreadable("its answer is too large", places=places)
            if time.monotonic() > due:
                raise httpx.ReadTimeout("the call took too long")
        return bytes(body)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read a Retry-After of either form, from nothing up to a day; None: not said."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=min(int(value[:12]), 10**9))
    else:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta()), LONGEST_RETRY_AFTER)


def _refusal_body(response: httpx.Response, due: float) -> bytes:
    """The words of a refusal; its status already says enough if they break off."""
    body = bytearray()
    try:
        for chunk in _chunks(response):
            body += chunk
            if len(body) > LARGEST_REFUSAL_BYTES or time.monotonic() > due:
                break
    except OTHER_FAILURES:
        return b""
    return bytes(body)


def _chunks(response: httpx.Response) -> httpx.SyncByteStream:
    """The body as it is on the wire: never unpacked, so that its size is its size."""
    assert isinstance(response.stream, httpx.SyncByteStream)
    return response.stream


def words_of(error: httpx.HTTPError) -> str:
    """What went wrong on the line, in plain words."""
    words: dict[type[httpx.HTTPError], str] = {
        httpx.ConnectTimeout: "no connection in time",
        httpx.PoolTimeout: "all our connections to it are busy",
        httpx.ReadTimeout: "no answer in time",
        httpx.WriteTimeout: "it did not take the request in time",
        # Its own words repeat the header, which may be that of our credential.
        httpx.LocalProtocolError: "the request cannot be sent: look at the credential",
    }
    return words.get(type(error)) or str(error)[:200] or type(error).__name__
