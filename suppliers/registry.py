"""One client per supplier, made from the kind of its connection and kept for reuse."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlsplit

from pydantic import BaseModel

from suppliers.contract import SupplierClient
from suppliers.dialects.bigbuy.client import BigBuyClient
from suppliers.dialects.bigbuy.requests import Options as BigBuyOptions
from suppliers.dialects.csvfeed.client import CsvFeedClient
from suppliers.dialects.csvfeed.files.addresses import Site
from suppliers.dialects.csvfeed.options import Options as CsvFeedOptions
from suppliers.dialects.declared.client import DeclaredClient
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.email.client import EmailClient, Line
from suppliers.dialects.email.options import Options as EmailOptions
from suppliers.dialects.email.sending import Outgoing
from suppliers.dialects.portal import PortalClient
from suppliers.dialects.printful.client import PrintfulClient
from suppliers.dialects.printful.requests import Options as PrintfulOptions
from suppliers.dialects.rest import RestClient, RestConnection
from suppliers.errors import Unavailable
from suppliers.http import SupplierHttp
from suppliers.options import fitting
from suppliers.transport import GuardedTransport, HttpPolicy

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Connection:
    """All it takes to reach one supplier; equal values share one client."""

    supplier_id: int
    kind: str
    code: str
    base_url: str
    token: str = field(repr=False)
    connect_seconds: float = 5.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0
    allow_private: bool = False
    options: Mapping[str, object] = field(default_factory=dict, hash=False)
    unusable: str = ""  # why it cannot be used at all

    @property
    def policy(self) -> HttpPolicy:
        return HttpPolicy(
            connect_seconds=self.connect_seconds,
            read_seconds=self.read_seconds,
            total_seconds=self.total_seconds,
            allow_private=self.allow_private,
        )


class Lines:
    """Guarded transports, one per server and policy: suppliers on one server share.

    Mails go out by the store's own way, which is the same for all.
    """

    def __init__(self, outgoing: Outgoing | None = None) -> None:
        self.outgoing = outgoing
        self._open: dict[tuple[str, str, HttpPolicy], GuardedTransport] = {}

    def to(self, base_url: str, policy: HttpPolicy) -> GuardedTransport:
        parts = urlsplit(base_url)
        server = (parts.scheme, parts.netloc, policy)
        if server not in self._open:
            self._open[server] = GuardedTransport(policy)
        return self._open[server]

    def close(self) -> None:
        for transport in self._open.values():
            transport.close()
        self._open.clear()


Dialect = Callable[[Connection, Clock, Lines], SupplierClient]


def rest(connection: Connection, clock: Clock, lines: Lines) -> SupplierClient:
    """Our own plain interface without options; with them, one that they declare."""
    line = lines.to(connection.base_url, connection.policy)
    if not connection.options:
        return RestClient(_signed_in(connection), clock, line)
    declaration = fitting(Declaration, connection.options)
    return DeclaredClient(_signed_in(connection), declaration, clock, line)


def printful(connection: Connection, clock: Clock, lines: Lines) -> SupplierClient:
    options = fitting(PrintfulOptions, connection.options)
    line = lines.to(connection.base_url, connection.policy)
    return PrintfulClient(_signed_in(connection), options, clock, line)


def csvfeed(connection: Connection, clock: Clock, lines: Lines) -> SupplierClient:
    options = fitting(CsvFeedOptions, connection.options)
    site = Site(connection.base_url, options.auth, connection.token)
    line = lines.to(connection.base_url, connection.policy)
    http = SupplierHttp(connection.code, connection.policy, clock, line)
    return CsvFeedClient(http, site, options)


def bigbuy(connection: Connection, clock: Clock, lines: Lines) -> SupplierClient:
    options = fitting(BigBuyOptions, connection.options)
    line = lines.to(connection.base_url, connection.policy)
    return BigBuyClient(_signed_in(connection), options, clock, line)


def email(connection: Connection, clock: Clock, lines: Lines) -> SupplierClient:
    options = fitting(EmailOptions, connection.options)
    if lines.outgoing is None:
        raise ValueError("no mail goes out from here")
    line = Line(connection.code, connection.base_url, connection.token)
    return EmailClient(line, lines.outgoing, connection.policy, options, clock)


def portal(connection: Connection, clock: Clock, lines: Lines) -> SupplierClient:
    return PortalClient(connection.code)


def _signed_in(connection: Connection) -> RestConnection:
    return RestConnection(
        connection.code, connection.base_url, connection.token, connection.policy
    )


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "rest": rest,
        "csvfeed": csvfeed,
        "printful": printful,
        "bigbuy": bigbuy,
        "email": email,
        "portal": portal,
    }
)
# Kinds that we never call: they have neither address nor credential.
NEVER_CALLED = frozenset({"portal"})
# Kinds that hand on the link to the page where a purchase order can be answered.
HANDS_ON_LINKS = frozenset({"email"})
# What a kind must know beside address and token; one without options is not named.
OPTIONS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "rest": Declaration,
        "csvfeed": CsvFeedOptions,
        "printful": PrintfulOptions,
        "bigbuy": BigBuyOptions,
        "email": EmailOptions,
    }
)


class Clients:
    """The open clients. Safe to share between threads; close it at the end.

    A client whose connection has changed is replaced, not closed: a call may be under
    way in another thread. What it was connected through closes at the end, and idle
    connections close by themselves before.
    """

    def __init__(
        self,
        clock: Clock,
        dialects: Mapping[str, Dialect] = DIALECTS,
        outgoing: Outgoing | None = None,
    ) -> None:
        self._clock = clock
        self._dialects = dialects
        self._lock = threading.Lock()
        self.outgoing = outgoing
        self._lines = Lines(outgoing)
        self._kept: dict[int, tuple[Connection, SupplierClient]] = {}

    def client_for(self, connection: Connection) -> SupplierClient:
        """The supplier's client, a new one once its connection has changed.

        Raises Unavailable if the connection cannot be used as it is written.
        """
        kept = self._kept.get(connection.supplier_id)
        if kept is not None and kept[0] == connection:
            return kept[1]
        with self._lock:
            client = self._opened(connection)
            self._kept[connection.supplier_id] = (connection, client)
        return client

    def close(self) -> None:
        with self._lock:
            for _, client in self._kept.values():
                client.close()
            self._kept.clear()
            self._lines.close()

    def _opened(self, connection: Connection) -> SupplierClient:
        if connection.unusable:
            raise Unavailable(connection.code, connection.unusable)
        dialect = self._dialects.get(connection.kind)
        if dialect is None:
            detail = f"we do not speak its dialect {connection.kind!r}"
            raise Unavailable(connection.code, detail)
        try:
            return dialect(connection, self._clock, self._lines)
        except ValueError as error:
            raise Unavailable(connection.code, str(error)) from error
