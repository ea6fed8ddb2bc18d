"""Guarded connections that remember what was said on them, for whoever sets up one."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import httpx

from suppliers.dialects.email.sending import Outgoing
from suppliers.registry import Lines
from suppliers.transport import GuardedTransport, HttpPolicy

MOST_KEPT_BYTES = 512 * 1024  # of one answer; more is read on, but not kept


class Trouble(StrEnum):
    """Why nothing came of a call, as far as it must be mended in different places."""

    NAME = "name"  # the name of its server leads nowhere
    FORBIDDEN = "forbidden"  # its address is one that we do not call
    CONNECTION = "connection"  # nobody takes the call
    SECURITY = "security"  # its certificate is not to be trusted
    SILENCE = "silence"  # no answer in time
    SIGN_IN = "sign_in"
    THROTTLED = "throttled"
    ELSEWHERE = "elsewhere"  # it sends us to another address
    BROKEN = "broken"  # it answered with an error of its own
    SHAPE = "shape"  # it answered, and we cannot make sense of it
    SETTINGS = "settings"  # what is set up cannot be used at all
    ALLOWANCE = "allowance"  # we did not ask: what it allows is used up


@dataclass(slots=True)
class Exchange:
    """One call: the path without its query, which may hold a credential."""

    method: str
    path: str
    status: int | None = None
    trouble: Trouble | None = None
    body: bytearray = field(default_factory=bytearray)
    is_whole: bool = True  # the body was kept to its end


class Enough(Exception):
    """More calls than one question is worth."""


@dataclass(slots=True)
class Ear:
    """What was heard since it was last cleared, and how many calls it lets pass."""

    most: int
    is_deaf: bool = False  # the calls go over other lines
    heard: list[Exchange] = field(default_factory=list)
    seconds: float = 0.0

    @contextmanager
    def listening(self) -> Iterator[None]:
        self.heard.clear()
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds = time.monotonic() - started


class OverheardLines(Lines):
    """Lines as every dialect gets them, with an ear to each."""

    def __init__(self, ear: Ear, outgoing: Outgoing | None = None) -> None:
        super().__init__(outgoing)
        self._ear = ear
        self._opened: list[GuardedTransport] = []

    def to(self, base_url: str, policy: HttpPolicy) -> GuardedTransport:
        transport = OverheardTransport(policy, self._ear)
        self._opened.append(transport)
        return transport

    def close(self) -> None:
        for transport in self._opened:
            transport.close()
        self._opened.clear()


class OverheardTransport(GuardedTransport):
    def __init__(self, policy: HttpPolicy, ear: Ear) -> None:
        super().__init__(policy)
        self._ear = ear

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if len(self._ear.heard) >= self._ear.most:
            raise Enough
        exchange = Exchange(request.method, request.url.path)
        self._ear.heard.append(exchange)
        try:
            response = super().handle_request(request)
        except httpx.HTTPError as error:
            exchange.trouble = trouble_of(error)
            raise
        exchange.status = response.status_code
        assert isinstance(response.stream, httpx.SyncByteStream)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Kept(response.stream, exchange),
        )


class _Kept(httpx.SyncByteStream):
    """A body that is kept as it is read."""

    def __init__(self, stream: httpx.SyncByteStream, exchange: Exchange) -> None:
        self._stream = stream
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        kept = self._exchange.body
        for chunk in self._stream:
            room = MOST_KEPT_BYTES - len(kept)
            kept += chunk[:room]
            self._exchange.is_whole &= len(chunk) <= room
            yield chunk

    def close(self) -> None:
        self._stream.close()


def trouble_of(error: httpx.HTTPError) -> Trouble:
    """Where to look for the reason why there was no answer at all."""
    if isinstance(error, httpx.LocalProtocolError):
        return Trouble.SETTINGS
    if is_distrust(error):
        return Trouble.SECURITY
    if any(isinstance(each, socket.gaierror | UnicodeError) for each in _causes(error)):
        return Trouble.NAME
    if "refused to connect" in str(error):
        return Trouble.FORBIDDEN
    if isinstance(error, httpx.TimeoutException):
        return Trouble.SILENCE
    return Trouble.CONNECTION


def is_distrust(error: BaseException) -> bool:
    """Whether no encrypted connection came about."""
    return any(isinstance(each, ssl.SSLError) for each in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
