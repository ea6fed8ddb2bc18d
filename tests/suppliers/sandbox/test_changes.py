"""The list of changes: whatever happens when, each change is seen, none for ever."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from suppliers.contract import (
    PurchaseItem,
    PurchaseReport,
    PurchaseRequest,
    Recipient,
)
from suppliers.dialects.rest import RestClient, RestConnection
from suppliers.sandbox.app import create_app
from suppliers.sandbox.books import Books
from suppliers.sandbox.clock import SandboxClock
from suppliers.sandbox.messages import SandboxSupplier, Script
from suppliers.sandbox.remote import SandboxRemote

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
hours = st.integers(-48, 48)
moments = st.none() | hours.map(lambda h: NOON + timedelta(hours=h))
scripts = st.fixed_dictionaries(
    {
        "acknowledged_at": moments,
        "shipped_at": moments,
        "delivered_at": moments,
        "cancelled_at": moments,
    }
)
steps = st.one_of(
    st.tuples(st.just("order"), scripts),
    st.tuples(st.just("clock"), hours),
    st.tuples(st.just("poll"), st.none()),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
)


class Shop:
    """One who orders, polls now and then, and remembers what it was told."""

    def __init__(self, remote: SandboxRemote, client: RestClient) -> None:
        self.remote = remote
        self.client = client
        self.cursor: str | None = None
        self.told: dict[str, PurchaseReport] = {}
        self.ordered: list[str] = []

    def order(self, moments: dict[str, datetime | None]) -> None:
        name = f"#{len(self.ordered)}"
        self.remote.load_scripts([Script(supplier="S", order_name=name, **moments)])
        recipient = Recipient("Ana", "1 Road", "Town", "1000", "PT")
        items = (PurchaseItem("A", 1, 5),)
        reference = f"PO-{len(self.ordered)}"
        self.client.submit(PurchaseRequest(reference, name, "EUR", recipient, items))
        self.ordered.append(reference)

    def clock(self, hour: int) -> None:
        self.remote.set_clock(NOON + timedelta(hours=hour))

    def cancel(self, number: int) -> None:
        if number < len(self.ordered):
            self.client.cancel(self.ordered[number])

    def poll(self, _: None = None) -> int:
        page = self.client.changes(self.cursor)
        self.cursor = page.cursor
        self.told |= {report.reference: report for report in page.reports}
        return len(page.reports)


@contextmanager
def open_shop(folder: Path) -> Iterator[Shop]:
    books = Books(folder / "sandbox.db")
    clock = SandboxClock(books, real=lambda: NOON)
    transport = httpx.WSGITransport(create_app(books, clock))
    with SandboxRemote("http://sandbox", transport) as remote:
        remote.add_suppliers([SandboxSupplier(code="S", token="t")])
        connection = RestConnection("S", "http://sandbox/s/S", "t")
        yield Shop(remote, RestClient(connection, lambda: NOON, transport))
    books.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=25))
def test_every_change_is_seen_in_the_end_and_none_comes_for_ever(taken):
    with tempfile.TemporaryDirectory() as folder, open_shop(Path(folder)) as shop:
        for name, detail in taken:
            getattr(shop, name)(detail)
        shop.clock(1000)

        polls = 0
        while shop.poll():
            polls += 1
            assert polls <= len(taken) + 1

        now_known = {r: shop.client.look_up(r) for r in shop.ordered}
        assert shop.told == now_known


def test_what_lies_before_receipt_keeps_its_moment(tmp_path):
    with open_shop(tmp_path) as shop:
        early = NOON - timedelta(hours=9)
        shop.order({"acknowledged_at": early, "shipped_at": early})

        shop.poll()

        assert shop.told["PO-0"].acknowledged_at == early
        assert shop.told["PO-0"].parcels[0].scans[0].at == early


def test_a_change_is_seen_though_the_clock_went_back(tmp_path):
    with open_shop(tmp_path) as shop:
        shop.clock(10)
        shop.order({})
        shop.poll()
        shop.clock(-10)
        shop.order({})

        shop.poll()

        assert set(shop.told) == {"PO-0", "PO-1"}


def test_a_cursor_from_other_books_starts_at_the_beginning(tmp_path):
    (tmp_path / "new").mkdir()
    with open_shop(tmp_path) as old, open_shop(tmp_path / "new") as new:
        for shop in (old, new):
            shop.order({})
        old.poll()
        new.cursor = old.cursor

        assert new.poll() == 1
