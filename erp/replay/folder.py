"""A folder of recorded trade: who supplied, at what cost, what was sold, what became.

All of it is read and checked before anything is stored.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select

from config.database import Sessions, connect
from erp.channels.importing import import_catalog, import_suppliers
from erp.channels.reading import UnreadableFileError, open_table
from erp.channels.report import Report
from erp.channels.shopify_columns import IGNORED, READ_IF_THERE, REQUIRED
from erp.channels.shopify_csv import read_orders
from erp.migrations.tables import metadata
from erp.orders.incoming import NewOrder
from erp.replay.errors import ReplayError
from erp.replay.outcomes import Outcome, read_outcomes
from suppliers.models import Supplier

SUPPLIERS, CATALOG = "suppliers.csv", "catalog.csv"
ORDERS, OUTCOMES = "orders_shopify.csv", "outcomes.csv"
CHANNEL = "shopify"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Everything the folder says."""

    folder: Path
    orders: tuple[NewOrder, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def sold(self) -> frozenset[str]:
        """Names of the orders of which it is recorded what became of them."""
        return frozenset(outcome.order_name for outcome in self.outcomes)

    @property
    def currency(self) -> str:
        """The one most orders are in."""
        return _most_common(order.currency for order in self.orders)

    @property
    def country(self) -> str:
        """The one most orders go to."""
        return _most_common(order.ship_to.country for order in self.orders)


def read_folder(folder: Path) -> Recorded:
    """Read and check all four files.

    Raises ReplayError with the file and, where there is one, the line and column.
    """
    for name in (SUPPLIERS, CATALOG, ORDERS, OUTCOMES):
        if not (folder / name).is_file():
            raise ReplayError(f"{folder} has no file {name}")
    codes = _rehearse(folder)
    orders = _orders(folder / ORDERS, codes)
    outcomes = _outcomes(folder / OUTCOMES, codes, {order.name for order in orders})
    return Recorded(folder, orders, outcomes)


def import_offers(
    sessions: Sessions, folder: Path, now: datetime, *, currency: str, country: str
) -> None:
    """Take the suppliers and the catalogue in. Raises ReplayError for a bad row."""
    with _named(folder / SUPPLIERS):
        path = folder / SUPPLIERS
        found = import_suppliers(
            sessions, path, now, currency=currency, country=country
        )
        _check(path, found)
    with _named(folder / CATALOG):
        _check(folder / CATALOG, import_catalog(sessions, folder / CATALOG, now))


def _rehearse(folder: Path) -> frozenset[str]:
    """Import suppliers and catalogue into a passing store; the suppliers' codes."""
    engine = connect("sqlite://")
    try:
        metadata.create_all(engine)
        sessions = Sessions(engine)
        never = datetime.fromisoformat("2000-01-01T00:00:00Z")
        import_offers(sessions, folder, never, currency="USD", country="")
        with sessions.reading() as session:
            codes = select(Supplier.code).order_by(col(Supplier.id))
            return frozenset(session.exec(codes))
    finally:
        engine.dispose()


def _orders(path: Path, codes: Collection[str]) -> tuple[NewOrder, ...]:
    orders: dict[str, NewOrder] = {}
    with (
        _named(path),
        open_table(path, REQUIRED, (*READ_IF_THERE, *IGNORED)) as table,
    ):
        for each in read_orders(table, channel=CHANNEL, suppliers=codes):
            if each.order is None:
                raise ReplayError(f"{path} {each.problems[0]}")
            if each.order.name in orders:
                what = f"{each.order.name} stands there twice"
                raise ReplayError(f"{path} line {each.lines[0]}, Name: {what}")
            orders[each.order.name] = each.order
    if not orders:
        raise ReplayError(f"{path} has no orders")
    return tuple(orders.values())


def _outcomes(
    path: Path, codes: Collection[str], orders: Collection[str]
) -> tuple[Outcome, ...]:
    with _named(path):
        outcomes = read_outcomes(path)
    for each in outcomes:
        if each.order_name not in orders:
            what = f"order_name: {each.order_name} is not in {ORDERS}"
            raise ReplayError(f"{path} line {each.line}, {what}")
        if each.supplier not in codes:
            what = f"supplier_code: {each.supplier} is not in {SUPPLIERS}"
            raise ReplayError(f"{path} line {each.line}, {what}")
    return outcomes


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say which file it is that cannot be read."""
    try:
        yield
    except UnreadableFileError as error:
        raise ReplayError(f"{path} {error}") from error
    except OSError as error:
        raise ReplayError(f"{path}: {error.strerror}") from error


def _check(path: Path, report: Report) -> None:
    if report.problems:
        raise ReplayError(f"{path} {report.problems[0]}")


def _most_common(values: Iterator[str]) -> str:
    return Counter(values).most_common(1)[0][0]
