"""Connections to mail servers: guarded like all others, and over in time."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from suppliers.addresses import refusal
from suppliers.transport import HttpPolicy


def guarded_socket(host: str, port: int, policy: HttpPolicy) -> socket.socket:
    """A connection to exactly an address that was judged. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for address in addresses:
        reason = refusal(address, allow_private=policy.allow_private)
        if reason is not None:
            raise OSError(f"refused to connect: {reason}")
    failure = OSError("the name has no address")
    for address in addresses:
        try:
            line = socket.create_connection((address, port), policy.connect_seconds)
        except OSError as error:
            failure = error
        else:
            line.settimeout(policy.read_seconds)
            # imaplib writes in pieces; each would wait until the last is confirmed
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return line
    raise failure


@contextmanager
def over_after(seconds: float, line: socket.socket | None) -> Iterator[None]:
    """Hang up when the time is over, however slowly the other side drips."""

    def hang_up() -> None:
        if line is not None:
            with suppress(OSError):  # it is over already
                # beneath TLS, whose own goodbye is not for another thread to say
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
