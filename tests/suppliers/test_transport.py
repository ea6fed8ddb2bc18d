import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import httpx
import pytest

from suppliers.errors import Ambiguous, Garbled, SupplierError, Unavailable
from suppliers.http import SupplierHttp
from suppliers.transport import HttpPolicy

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def line(**policy) -> SupplierHttp:
    told = {"allow_private": True, "read_seconds": 5.0, **policy}
    return SupplierHttp("acme", HttpPolicy(**told), lambda: NOON)


@pytest.fixture
def server() -> Iterator[Callable[..., str]]:
    """Answers the one connection it takes with these pieces, then hangs up."""
    opened: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def run(*pieces: bytes, pause: float = 0.0) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        opened.append(listening)
        thread = threading.Thread(target=serve_one, args=(listening, pieces, pause))
        thread.start()
        threads.append(thread)
        return f"http://127.0.0.1:{listening.getsockname()[1]}/orders"

    yield run
    for each in opened:
        with closing(each):
            each.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join()


def serve_one(listening: socket.socket, pieces: tuple[bytes, ...], pause: float):
    try:
        connection, _ = listening.accept()
    except OSError:
        return  # nobody came
    with connection:
        connection.recv(65536)
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                return  # the client had enough
            time.sleep(pause)


def asked(url: str, **policy) -> SupplierError:
    with closing(line(**policy)) as opened, pytest.raises(SupplierError) as raised:
        opened.ask(url, {})
    return raised.value


def placed(url: str, **policy) -> SupplierError:
    with closing(line(**policy)) as opened, pytest.raises(SupplierError) as raised:
        opened.place(url, {}, b"{}")
    return raised.value


def test_an_answer_is_read_to_its_end(server):
    url = server(HEAD + b"Content-Length: 4\r\n\r\nab", b"cd")

    with closing(line()) as opened:
        assert opened.ask(url, {}).body == b"abcd"


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"HTTP/1.1 200",),
        (b"\x16\x03\x01 not HTTP at all\r\n\r\n",),
        (HEAD + b"Content-Length: 400\r\n\r\nshort",),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,),
    ],
    ids=["nothing", "half a head", "noise", "cut off", "bad chunk", "endless head"],
)
def test_a_broken_answer_leaves_a_placed_order_in_doubt(server, pieces):
    assert type(placed(server(*pieces))) is Ambiguous
    assert type(asked(server(*pieces))) is Unavailable


def test_an_answer_larger_than_allowed_is_not_read(server):
    pieces = (HEAD + b"\r\n", *[b"x" * 4096] * 64)

    assert type(asked(server(*pieces), largest_answer_bytes=10_000)) is Garbled
    assert type(placed(server(*pieces), largest_answer_bytes=10_000)) is Ambiguous


@pytest.mark.parametrize("head", [b"", HEAD + b"\r\n"], ids=["head", "body"])
def test_a_dripping_answer_ends_when_the_call_is_due(server, head):
    drops = [b"H"] * 50 if not head else [b"x"] * 50
    began = time.monotonic()

    failure = placed(server(head, *drops, pause=0.05), total_seconds=0.3)

    assert type(failure) is Ambiguous
    assert time.monotonic() - began < 2


def test_silence_is_an_answer_in_doubt(server):
    failure = placed(server(b"", b"", pause=0.3), read_seconds=0.1)

    assert type(failure) is Ambiguous
    assert "no answer in time" in str(failure)


def test_a_refused_connection_placed_nothing(free_port):
    assert type(placed(f"http://127.0.0.1:{free_port}/")) is Unavailable


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433"],
)
def test_our_own_machine_is_not_connected_to(server, host):
    port = httpx.URL(server(HEAD)).port

    failure = placed(f"http://{host}:{port}/", allow_private=False)

    assert type(failure) is Unavailable
    assert "refused to connect" in str(failure) or "resolve" in str(failure)


def test_metadata_is_refused_even_where_private_addresses_are_allowed():
    failure = placed("http://169.254.169.254/latest", allow_private=True)

    assert type(failure) is Unavailable
    assert "metadata" in str(failure)


def test_a_name_with_one_bad_address_is_refused_whole(monkeypatch):
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.8", 80)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    failure = placed("http://shop.example/", allow_private=False)

    assert type(failure) is Unavailable
    assert "not a public address" in str(failure)


def test_a_name_is_resolved_once_and_that_address_is_used(server, monkeypatch):
    url = server(HEAD + b"Content-Length: 2\r\n\r\nok")
    port = httpx.URL(url).port
    lookups = []

    def resolve(host, *_, **__):
        lookups.append(host)
        address = ("127.0.0.1", port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)]

    resolver = socket.getaddrinfo
    monkeypatch.setattr(
        "suppliers.transport.socket.getaddrinfo",
        lambda host, *rest, **named: (
            resolve(host) if host == "shop.test" else resolver(host, *rest, **named)
        ),
    )
    with closing(line()) as opened:
        answer = opened.ask(f"http://shop.test:{port}/", {})

    assert answer.body == b"ok"
    assert lookups == ["shop.test"]


def test_a_name_that_does_not_resolve_placed_nothing(monkeypatch):
    def unresolved(*_, **__):
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unresolved)

    assert type(placed("http://no.such.name/")) is Unavailable


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd"])
def test_only_http_is_spoken(url):
    assert type(placed(url)) is Unavailable


def test_a_redirect_is_not_followed(server):
    away = b"HTTP/1.1 303 See Other\r\nLocation: http://127.0.0.1:1/\r\n"

    assert type(placed(server(away + b"Content-Length: 0\r\n\r\n"))) is Ambiguous
    assert type(asked(server(away + b"Content-Length: 0\r\n\r\n"))) is Unavailable


def test_no_proxy_is_taken_from_the_environment(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    with closing(line()) as opened:
        url = server(HEAD + b"Content-Length: 2\r\n\r\nok")
        assert opened.ask(url, {}).body == b"ok"


def test_an_error_text_does_not_repeat_the_body(server):
    page = b"HTTP/1.1 500 Oops\r\nContent-Length: 15\r\n\r\ninternal secret"

    assert "secret" not in str(placed(server(page)))


def test_many_threads_share_one_line(sandbox, desk, request_for):
    client = desk.client()
    failures: list[BaseException] = []

    def submit(number: int) -> None:
        try:
            client.submit(request_for(f"PO-{number}"))
        except SupplierError as error:
            failures.append(error)

    threads = [threading.Thread(target=submit, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert desk.remote.books()["suppliers"][desk.code]["orders"] == 24
