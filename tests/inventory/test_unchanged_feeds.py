"""A feed that is as it was is not read twice, and counts as if it had been."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from config.database import Sessions
from config.secrets import Secrets, secrets_in
from inventory.catalog import Listing, upsert_offers
from inventory.models import Offer
from inventory.renewing import take_list
from inventory.sync import FeedReader, sync_one
from suppliers.contract import StockRow
from suppliers.models import Supplier
from suppliers.registry import Clients
from suppliers.sandbox.messages import SandboxStock, SandboxSupplier
from suppliers.sandbox.process import start
from suppliers.sandbox.remote import SandboxRemote
from tests.factories import make_offer, make_product, make_supplier

EVERY = timedelta(hours=1)
SAYS_NO_MOMENT = {"stock": {"place": "stock.csv", "as_of_header": ""}}
LISTING = Listing(
    sku="C",
    title="Cup",
    category="",
    weight_grams=None,
    supplier="S1",
    supplier_sku="S1-C",
    unit_cost_cents=100,
    currency="USD",
    quantity=1,
    lead_time_days=None,
)
Read = Callable[..., None]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxRemote]:
    with (
        start(tmp_path_factory.mktemp("books")) as sandbox,
        SandboxRemote(sandbox.url) as remote,
    ):
        remote.add_suppliers([SandboxSupplier(code="S1", token="t")])
        yield remote


@pytest.fixture
def remote(server: SandboxRemote, now: datetime) -> SandboxRemote:
    """Its file names what we have, but B, and what we have no offer of."""
    tell(server, now, A=9, C=7)
    return server


@pytest.fixture
def shelf(
    both_sessions: Sessions, remote: SandboxRemote, tmp_path: Path, now: datetime
) -> Sessions:
    """A supplier that works by files, with offers A and B last read a day ago."""
    with both_sessions.writing() as session:
        supplier = make_supplier(
            session,
            "S1",
            kind="csvfeed",
            base_url=remote.base_url("S1", "csv"),
            sealed_token=secrets_in(tmp_path).seal("t"),
            options={**SAYS_NO_MOMENT, "auth": {"way": "bearer"}},
            allow_private=True,
        )
        for sku in ("A", "B"):
            make_offer(
                session,
                make_product(session, sku),
                supplier,
                quantity=5,
                as_of=now - timedelta(days=1),
            )
    return both_sessions


@pytest.fixture
def read(shelf: Sessions, tmp_path: Path, now: datetime) -> Iterator[Read]:
    """Reads the feed at the hour that is told."""
    vault: Secrets = secrets_in(tmp_path)
    clients = Clients(lambda: now)
    reader = FeedReader(clients, vault, lambda: now, EVERY, call_seconds=5)

    def at(moment: datetime) -> None:
        assert sync_one(shelf, replace(reader, clock=lambda: moment))

    yield at
    clients.close()


def tell(remote: SandboxRemote, now: datetime, **units: int) -> None:
    rows = [SandboxStock(sku=f"S1-{sku}", quantity=each) for sku, each in units.items()]
    remote.set_stock("S1", rows, as_of=now - timedelta(hours=2), replace=True)


def shown(store: Sessions) -> dict[str, tuple[int | None, datetime]]:
    with store.reading() as session:
        found = session.exec(select(Offer).order_by(col(Offer.id))).all()
        return {each.supplier_sku[3:]: (each.quantity, each.as_of) for each in found}


def supplier(store: Sessions) -> Supplier:
    with store.reading() as session:
        found = session.exec(select(Supplier)).one()
        session.expunge(found)
    return found


def scribble(store: Sessions) -> None:
    """Figures only a reading of the rows can put right."""
    with store.writing() as session:
        session.exec(update(Offer).values(quantity=77))


def test_an_unchanged_feed_is_as_fresh_as_one_that_was_read(shelf, read, now):
    read(now)
    assert shown(shelf) == {"A": (9, now), "B": (5, now - timedelta(days=1))}
    scribble(shelf)

    later = now + EVERY
    read(later)

    assert shown(shelf) == {"A": (77, later), "B": (77, now - timedelta(days=1))}
    found = supplier(shelf)
    assert (found.stock_read_at, found.last_seen_at) == (later, later)
    assert found.next_stock_read_at == later + EVERY

    read(later + EVERY)
    assert shown(shelf)["A"] == (77, later + EVERY)


def test_an_unchanged_feed_with_a_moment_of_its_own_is_no_younger_for_it(
    shelf, read, now
):
    with shelf.writing() as session:
        found = session.exec(select(Supplier)).one()
        found.options = {**found.options, "stock": {"place": "stock.csv"}}
    read(now)
    scribble(shelf)

    read(now + EVERY)

    assert shown(shelf)["A"] == (77, now - timedelta(hours=2))
    assert supplier(shelf).stock_read_at == now + EVERY


def test_a_feed_that_changed_is_read(shelf, read, remote, now):
    read(now)
    tell(remote, now, A=3)
    read(now + EVERY)
    assert shown(shelf)["A"] == (3, now + EVERY)


def test_an_offer_that_was_added_is_found_in_a_feed_that_did_not_change(
    shelf, read, now
):
    read(now)
    with shelf.writing() as session:
        upsert_offers(session, [LISTING], now)

    read(now + EVERY)

    assert shown(shelf)["C"] == (7, now + EVERY)
    scribble(shelf)
    read(now + 2 * EVERY)
    assert shown(shelf)["C"] == (77, now + 2 * EVERY)  # and is marked with the rest


def test_what_a_supplier_told_by_itself_gives_way_to_its_feed(shelf, read, now):
    read(now)
    told = {"S1-A": StockRow("S1-A", 2, None, None)}
    with shelf.writing() as session:
        found = session.exec(select(Supplier.id)).one()
        take_list(session, found, told, now, as_of=now, is_whole=False)

    read(now + EVERY)

    assert shown(shelf)["A"] == (9, now + EVERY)


@pytest.mark.parametrize("trouble", ["lose_answer", "garble", "fail"])
def test_a_feed_that_was_not_applied_leaves_no_mark(shelf, read, remote, now, trouble):
    remote.misbehave("S1", trouble, on="stock")
    read(now)
    assert supplier(shelf).stock_mark == ""

    read(now + EVERY)
    assert shown(shelf)["A"] == (9, now + EVERY)


def test_a_feed_without_rows_leaves_no_mark(shelf, read, remote, now):
    tell(remote, now)
    read(now)
    assert supplier(shelf).stock_mark == ""


def test_a_feed_older_than_an_offer_leaves_no_mark(shelf, read, now):
    with shelf.writing() as session:
        session.exec(update(Offer).values(as_of=now + EVERY))
    read(now)
    assert supplier(shelf).stock_mark == ""


class Interrupted:
    """Clients whose reading of a feed ends after something else happened."""

    def __init__(self, clients: Clients, happens: Callable[[], None]) -> None:
        self._clients, self._happens = clients, happens

    def client_for(self, connection):
        client = self._clients.client_for(connection)
        self._happens()
        return client


def read_while(
    shelf: Sessions, folder: Path, moment: datetime, happens: Callable[[], None]
) -> None:
    """Read the feed while something else happens."""
    clients = Clients(lambda: moment)
    among = Interrupted(clients, happens)
    secrets, clock = secrets_in(folder), lambda: moment
    assert sync_one(shelf, FeedReader(among, secrets, clock, EVERY, call_seconds=5))
    clients.close()


def test_an_import_during_a_reading_has_the_feed_read_whole_at_once(
    shelf, read, tmp_path, now
):
    def happens() -> None:
        with shelf.writing() as session:
            upsert_offers(session, [LISTING], now)

    read(now)
    later = now + EVERY
    read_while(shelf, tmp_path, later, happens)
    assert shown(shelf)["A"] == (9, now)  # it said unchanged: since what, is lost

    read(later)

    assert shown(shelf)["C"] == (7, later)


def test_the_feed_of_a_former_connection_is_not_that_of_the_new_one(
    shelf, read, tmp_path, now
):
    """Nor is its mark: the new one might say that nothing changed since."""

    def happens() -> None:
        with shelf.writing() as session:
            found = session.exec(select(Supplier)).one()
            found.base_url += "?another"
            found.stock_mark = ""

    read_while(shelf, tmp_path, now, happens)

    assert shown(shelf)["A"] == (5, now - timedelta(days=1))
    found = supplier(shelf)
    assert (found.stock_mark, found.next_stock_read_at) == ("", now)
