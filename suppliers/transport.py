"""Outgoing connections that go only where they may: the guard against our own network.

The name is resolved once; every address it stands for is judged; then exactly the
judged address is connected to, while Host and TLS keep the name. Nothing is taken from
the environment, no redirect is followed, and one call cannot last longer than its due
time however slowly the other side drips.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

from suppliers.addresses import refusal
from suppliers.pool import Pool

LARGEST_PACKET_BYTES = 64 * 1024
IDLE_SECONDS = 30.0  # below what servers keep open, so we seldom meet a closed one


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """How far we go with one supplier's server."""

    connect_seconds: float = 5.0
    read_seconds: float = 20.0  # of silence
    total_seconds: float = 60.0  # for one call, dripping included
    largest_answer_bytes: int = 4 * 1024 * 1024
    connections: int = 32  # at once; more than we have threads
    allow_private: bool = False  # true for suppliers on this machine or network


class GuardedTransport(httpx.BaseTransport):
    """Guarded connections, kept for the next call; safe to share between threads."""

    def __init__(self, policy: HttpPolicy) -> None:
        self._due = _Due()
        self._policy = policy
        self._network = _GuardedNetwork(policy, self._due)
        self._pool = Pool(
            self._open, most=policy.connections, patience_seconds=policy.read_seconds
        )
        self._timeouts = {
            "connect": policy.connect_seconds,
            "read": policy.read_seconds,
            "write": policy.read_seconds,
        }

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        self._due.at = time.monotonic() + self._policy.total_seconds
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        asked = httpcore.Request(
            method=request.method,
            url=url,
            headers=request.headers.raw,
            content=request.stream,
            extensions={"timeout": self._timeouts},
        )
        with _as_httpx_errors():
            connection = self._pool.take(url)
            give_back = partial(self._pool.give_back, url, connection)
            try:
                answer = connection.handle_request(asked)
            except BaseException:
                give_back()
                raise
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer, give_back)
        )

    def close(self) -> None:
        self._pool.close()

    def _open(self, origin: httpcore.Origin) -> httpcore.HTTPConnection:
        return httpcore.HTTPConnection(
            origin,
            ssl_context=_tls(),
            keepalive_expiry=IDLE_SECONDS,
            network_backend=self._network,
        )


class _Body(httpx.SyncByteStream):
    """An answer's body; its connection is free for the next call once it is closed."""

    def __init__(
        self, answer: httpcore.Response, give_back: Callable[[], None]
    ) -> None:
        self._answer = answer
        self._give_back = give_back
        self._is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx_errors():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            try:
                self._answer.close()
            finally:
                self._give_back()


class _Due(threading.local):
    """When the call that this thread is in must be over."""

    at: float = float("inf")

    def remaining(self, timeout: float | None) -> float:
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the call took too long")
        return left if timeout is None else min(timeout, left)


class _GuardedNetwork(httpcore.NetworkBackend):
    """Resolves, judges and connects, in that order and only once."""

    def __init__(self, policy: HttpPolicy, due: _Due) -> None:
        self._allow_private = policy.allow_private
        self._due = due
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in self._judged(host, port):
            try:
                stream = self._plain.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DueStream(stream, self._due)
        raise failure or httpcore.ConnectError("the name has no address")

    def _judged(self, host: str, port: int) -> list[str]:
        addresses = _resolved(host, port)
        for address in addresses:
            reason = refusal(address, allow_private=self._allow_private)
            if reason is not None:
                raise httpcore.ConnectError(f"refused to connect: {reason}")
        return addresses


class _DueStream(httpcore.NetworkStream):
    """A connection whose every wait ends when the call is due.

    What is written goes out in one piece when an answer is wanted: head and body in
    one packet halve the work of both sides.
    """

    def __init__(self, stream: httpcore.NetworkStream, due: _Due) -> None:
        self._stream = stream
        self._due = due
        self._unsent = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._unsent:
            self._send(timeout)
        return self._stream.read(max_bytes, self._due.remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._unsent += buffer
        if len(self._unsent) > LARGEST_PACKET_BYTES:
            self._send(timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        tls = self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _DueStream(tls, self._due)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _send(self, timeout: float | None) -> None:
        unsent, self._unsent = bytes(self._unsent), bytearray()
        self._stream.write(unsent, self._due.remaining(timeout))


def _resolved(host: str, port: int) -> list[str]:
    try:
        return [str(ip_address(host.strip("[]")))]
    except ValueError:
        pass  # a name, not an address
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("the name does not resolve") from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    try:
        yield
    except _CORE_ERRORS as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


_CORE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)  # httpx names its errors alike


@cache
def _tls() -> ssl.SSLContext:
    """One for all suppliers: loading the authorities takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)
