"""The suppliers that a shop deals with, and what stands in their own books."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from erp.bootstrap import Erp
from suppliers.models import Supplier
from suppliers.sandbox.messages import SandboxStock, SandboxSupplier
from suppliers.sandbox.remote import SandboxRemote
from tests.erp.web.conftest import MovedClock
from tests.factories import make_offer, make_product, make_supplier
from tests.suppliers.ways import PLAIN, Way

SILENT = {"acknowledge_after": None, "ship_within": None, "deliver_within": None}
PROMPT = {"acknowledge_after": 0, "ship_after": 60, "deliver_after": 3600}
numbers = count(1)


@dataclass
class Market:
    """Suppliers behind real servers; each test has some of its own."""

    erp: Erp
    clock: MovedClock
    remote: SandboxRemote
    books: Path  # of the suppliers

    def supplier(
        self, name: str = "A", way: Way = PLAIN, *, sells: Any = (), **habits: Any
    ) -> str:
        """One that takes orders and answers nothing, unless told otherwise; its code.

        `sells` are SKUs, or cost in cents by SKU; columns of its row may be given too.
        """
        code = f"{name}{next(numbers)}"
        columns = set(Supplier.model_fields)
        own = {key: habits.pop(key) for key in list(habits) if key in columns}
        told = {"code": code, "token": "t", **SILENT, **way.habits, **habits}
        self.remote.add_suppliers([SandboxSupplier(**told)])
        base_url = self.remote.base_url(code, way.wire)
        reached = {
            "kind": way.kind,
            "base_url": base_url,
            "options": dict(way.options(base_url)),
            "sealed_token": self.erp.secrets.seal("t"),
            "allow_private": True,
        }
        self.keep(code, reached | own, sells)
        return code

    def mailed(self, name: str = "M", *, sells: Any = (), **options: Any) -> str:
        """A supplier that is written to."""
        code = f"{name}{next(numbers)}"
        given = {"to": ["orders@supplier.example"]} | options
        self.keep(code, {"kind": "email", "options": given}, sells)
        return code

    def keep(self, code: str, columns: dict[str, Any], sells: Any) -> None:
        with self.erp.sessions.writing() as session:
            make_supplier(session, code, **columns)
        costs = sells if isinstance(sells, dict) else dict.fromkeys(sells, 500)
        for sku, cost in costs.items():
            self.offer(code, sku, unit_cost_cents=cost)

    def offer(self, code: str, sku: str, **given: Any) -> None:
        with self.erp.sessions.writing() as session:
            supplier, product = make_supplier(session, code), make_product(session, sku)
            make_offer(session, product, supplier, **({"as_of": self.clock()} | given))

    def received(self, code: str) -> list[dict[str, Any]]:
        """The orders in a supplier's own books, as they reached it."""
        with closing(sqlite3.connect(self.books)) as books:
            query = "SELECT body FROM purchase WHERE supplier = ? ORDER BY id"
            return [json.loads(body) for (body,) in books.execute(query, (code,))]

    def units(self, code: str) -> dict[str, int]:
        """How many of each SKU a supplier was ordered, over all orders."""
        units: dict[str, int] = {}
        for item in (each for order in self.received(code) for each in order["items"]):
            sku = item["sku"].removeprefix(f"{code}-")
            units[sku] = units.get(sku, 0) + item["quantity"]
        return units

    def ends(self, code: str) -> list[str]:
        """What a supplier's own books say has ended."""
        with closing(sqlite3.connect(self.books)) as books:
            query = "SELECT kind FROM event WHERE supplier = ? AND shipment_id IS NULL"
            kinds = [kind for (kind,) in books.execute(query, (code,))]
        return [kind for kind in kinds if kind in ("cancelled", "rejected")]

    def change(self, code: str, **values: Any) -> None:
        with self.erp.sessions.writing() as session:
            supplier = make_supplier(session, code)
            for name, value in values.items():
                setattr(supplier, name, value)

    def tell_stock(self, code: str, *rows: SandboxStock) -> None:
        """The supplier's own list from now on; it is read within the hour."""
        self.remote.set_stock(code, rows, self.clock.at)
