"""Open connections, one call each at a time; the one used last is used again.

The library's own pool looks at all its connections several times for every call, which
costs more than the call itself once there are a dozen.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable

import httpcore

Open = Callable[[httpcore.Origin], httpcore.HTTPConnection]
SPOKEN = (b"http", b"https")


class Pool:
    """Lends connections; safe to share between threads."""

    def __init__(self, open_one: Open, *, most: int, patience_seconds: float) -> None:
        self._open = open_one
        self._patience_seconds = patience_seconds
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._is_closed = False
        self._idle: dict[str, deque[httpcore.HTTPConnection]] = defaultdict(deque)

    def take(self, url: httpcore.URL) -> httpcore.HTTPConnection:
        """A connection for one call, to be given back whatever becomes of it."""
        if url.scheme not in SPOKEN:
            raise httpcore.UnsupportedProtocol("only http and https are spoken")
        if not self._free.acquire(timeout=self._patience_seconds):
            raise httpcore.PoolTimeout
        return self._reusable(url.origin) or self._open(url.origin)

    def give_back(self, url: httpcore.URL, connection: httpcore.HTTPConnection) -> None:
        """It waits for the next call, unless its own went wrong."""
        with self._lock:
            if connection.is_available() and not self._is_closed:
                idle = self._idle[str(url.origin)]
                if idle and idle[0].has_expired():
                    idle.popleft().close()
                idle.append(connection)
            else:
                connection.close()
        self._free.release()

    def close(self) -> None:
        """Close those that wait; one that is lent closes when its call is over."""
        with self._lock:
            self._is_closed = True
            for idle in self._idle.values():
                while idle:
                    idle.pop().close()

    def _reusable(self, origin: httpcore.Origin) -> httpcore.HTTPConnection | None:
        """One that waits and that the other side has not closed."""
        with self._lock:
            idle = self._idle[str(origin)]
            while idle:
                connection = idle.pop()
                if not connection.has_expired():
                    return connection
                connection.close()
        return None
