"""One pass over a supplier's feed, with a real sandbox supplier at the other end."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.database import Sessions
from config.secrets import Secrets, secrets_in
from inventory.models import Offer
from inventory.sync import FeedReader, sync_one
from suppliers.health import LONGEST_PAUSE
from suppliers.models import Supplier
from suppliers.registry import Clients
from suppliers.sandbox.messages import SandboxStock, SandboxSupplier
from suppliers.sandbox.process import start
from suppliers.sandbox.remote import SandboxRemote
from tests.factories import make_offer, make_product, make_supplier

EVERY = timedelta(hours=1)
Feed = Callable[..., None]


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxRemote]:
    with (
        start(tmp_path_factory.mktemp("books")) as sandbox,
        SandboxRemote(sandbox.url) as remote,
    ):
        remote.add_suppliers([SandboxSupplier(code="S1", token="t")])
        yield remote


@pytest.fixture
def vault(tmp_path: Path) -> Secrets:
    return secrets_in(tmp_path)


@pytest.fixture
def shelf(
    both_sessions: Sessions, remote: SandboxRemote, vault: Secrets, now: datetime
) -> Sessions:
    """A supplier with two offers, read a day ago."""
    with both_sessions.writing() as session:
        supplier = make_supplier(
            session,
            "S1",
            kind="rest",
            base_url=remote.base_url("S1"),
            sealed_token=vault.seal("t"),
            allow_private=True,
        )
        for sku in ("A", "B"):
            make_offer(
                session,
                make_product(session, sku),
                supplier,
                supplier_sku=f"S1-{sku}",
                quantity=5,
                unit_cost_cents=400,
                as_of=now - timedelta(days=1),
            )
    return both_sessions


@pytest.fixture
def reader(vault: Secrets, now: datetime) -> Iterator[FeedReader]:
    clients = Clients(lambda: now)
    yield FeedReader(clients, vault, lambda: now, EVERY, call_seconds=5)
    clients.close()


def offers(store: Sessions) -> dict[str, Offer]:
    with store.reading() as session:
        found = session.exec(select(Offer).order_by(col(Offer.id))).all()
        session.expunge_all()
    return {offer.supplier_sku: offer for offer in found}


def supplier(store: Sessions) -> Supplier:
    with store.reading() as session:
        found = session.exec(select(Supplier)).one()
        session.expunge(found)
    return found


def row(sku: str, quantity: int | None, cost: int | None = None) -> SandboxStock:
    return SandboxStock(sku=sku, quantity=quantity, unit_cost_cents=cost)


def test_a_feed_renews_quantity_and_cost(
    shelf: Sessions, reader: FeedReader, remote: SandboxRemote, now: datetime
) -> None:
    remote.set_stock("S1", [row("S1-A", 9, 450), row("S1-B", 0)], as_of=now)

    assert sync_one(shelf, reader)

    found = offers(shelf)
    assert (found["S1-A"].quantity, found["S1-A"].unit_cost_cents) == (9, 450)
    assert (found["S1-B"].quantity, found["S1-B"].unit_cost_cents) == (0, 400)
    assert {offer.as_of for offer in found.values()} == {now}


def test_what_a_feed_does_not_name_keeps_its_figures_and_its_age(
    shelf: Sessions, reader: FeedReader, remote: SandboxRemote, now: datetime
) -> None:
    remote.set_stock("S1", [row("S1-A", None)], as_of=now)

    sync_one(shelf, reader)

    found = offers(shelf)
    assert found["S1-A"].quantity is None  # it says it does not know
    assert found["S1-B"].quantity == 5
    assert found["S1-B"].as_of == now - timedelta(days=1)


def test_a_cost_in_another_currency_is_not_taken(
    shelf: Sessions, reader: FeedReader, remote: SandboxRemote, now: datetime
) -> None:
    stock = SandboxStock(sku="S1-A", quantity=7, unit_cost_cents=90, currency="JPY")
    remote.set_stock("S1", [stock], as_of=now)

    sync_one(shelf, reader)

    assert offers(shelf)["S1-A"].unit_cost_cents == 400
    assert offers(shelf)["S1-A"].quantity == 7


def test_a_feed_older_than_what_we_know_changes_nothing(
    shelf: Sessions, reader: FeedReader, remote: SandboxRemote, now: datetime
) -> None:
    remote.set_stock("S1", [row("S1-A", 99)], as_of=now - timedelta(days=2))

    sync_one(shelf, reader)

    assert offers(shelf)["S1-A"].quantity == 5


def test_an_empty_feed_changes_nothing(
    shelf: Sessions, reader: FeedReader, remote: SandboxRemote, now: datetime
) -> None:
    remote.set_stock("S1", [], as_of=now)

    sync_one(shelf, reader)

    assert offers(shelf)["S1-A"].quantity == 5
    assert supplier(shelf).stock_read_at is None


def test_each_feed_has_its_turn(
    shelf: Sessions, reader: FeedReader, remote: SandboxRemote, now: datetime
) -> None:
    remote.set_stock("S1", [row("S1-A", 1)], as_of=now)

    assert sync_one(shelf, reader)
    assert not sync_one(shelf, reader)
    assert supplier(shelf).next_stock_read_at == now + EVERY
    assert supplier(shelf).stock_read_at == now


def test_a_feed_that_cannot_be_read_is_tried_again_soon(
    shelf: Sessions, reader: FeedReader, remote: SandboxRemote, now: datetime
) -> None:
    remote.misbehave("S1", "garble", on="stock")

    assert sync_one(shelf, reader)

    failed = supplier(shelf)
    assert failed.last_error
    assert failed.next_stock_read_at is not None
    assert now < failed.next_stock_read_at < now + EVERY
    assert offers(shelf)["S1-A"].quantity == 5


def test_a_supplier_that_refuses_our_credentials_is_not_asked_again_soon(
    shelf: Sessions, reader: FeedReader, vault: Secrets, now: datetime
) -> None:
    with shelf.writing() as session:
        wrong = vault.seal("revoked")
        session.exec(select(Supplier)).one().sealed_token = wrong
    assert sync_one(shelf, reader)

    with shelf.writing() as session:
        session.exec(select(Supplier)).one().next_stock_read_at = None

    assert not sync_one(shelf, reader)
    after = replace(reader, clock=lambda: now + LONGEST_PAUSE)
    assert sync_one(shelf, after)


def test_reading_stock_is_a_call_like_any_other(
    shelf: Sessions, reader: FeedReader, now: datetime
) -> None:
    with shelf.writing() as session:
        session.exec(select(Supplier)).one().calls_per_minute = 1
    assert sync_one(shelf, reader)
    with shelf.writing() as session:
        session.exec(select(Supplier)).one().next_stock_read_at = None

    assert not sync_one(shelf, reader)
    assert sync_one(shelf, replace(reader, clock=lambda: now + timedelta(minutes=1)))
