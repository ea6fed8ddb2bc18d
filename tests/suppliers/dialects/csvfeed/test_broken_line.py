"""A line that breaks in the middle of a file: nothing of it counts."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from suppliers.errors import Garbled, Unavailable
from suppliers.registry import Clients, Connection

HALF = b"sku,quantity\r\nA,1\r\nB,2"


@pytest.fixture
def saying() -> Iterator[Callable[[bytes], str]]:
    """A server that sends these bytes to whoever comes first, and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads = []

    def serve(answer: bytes) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)

    def say(answer: bytes) -> str:
        thread = threading.Thread(target=serve, args=[answer])
        thread.start()
        threads.append(thread)
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield say
    for thread in threads:
        thread.join(5)
    listening.close()


def client_at(clients: Clients, base_url: str):
    connection = Connection(
        supplier_id=1,
        kind="csvfeed",
        code="acme",
        base_url=base_url,
        token="",
        allow_private=True,
        options={"stock": {"place": "stock.csv"}},
    )
    return clients.client_for(connection)


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 500\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n1F4\r\n"],
    ids=["length told ahead", "in chunks"],
)
def test_a_file_that_breaks_off_on_the_line_counts_for_nothing(saying, clients, head):
    client = client_at(clients, saying(b"HTTP/1.1 200 OK\r\n" + head + HALF))

    with pytest.raises(Unavailable):
        client.read_stock()


def test_a_server_that_just_hangs_up_may_have_sent_half_a_line(saying, clients):
    client = client_at(clients, saying(b"HTTP/1.1 200 OK\r\n\r\n" + HALF))

    with pytest.raises(Garbled, match="line 3: it breaks off here"):
        list(client.read_stock().rows)
