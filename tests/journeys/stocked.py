"""A store that can sell: products at suppliers, connected to a sandbox or not."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from config.settings import load
from erp.accounts.models import Scope
from erp.accounts.set_up import owner_of
from erp.accounts.tokens import create_token
from erp.bootstrap import Erp, assemble
from erp.orders.models import Order
from suppliers.sandbox.messages import SandboxSupplier
from suppliers.sandbox.remote import SandboxRemote
from tests.asked import an_order, asked_line
from tests.factories import make_offer, make_product, make_supplier

EMAIL, PASSWORD = "owner@shop.example", "seven green parcels"
SECRET = "t"


@dataclass(frozen=True)
class Stocked:
    """A data folder, and the token by which a shop sends its orders."""

    data: Path
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @contextmanager
    def opened(self, clock: Any = None, **options: str) -> Iterator[Erp]:
        settings = load(self.data, options)
        erp = assemble(settings, clock or (lambda: datetime.now(UTC)))
        yield erp
        erp.close()

    def count(self, *tests: Any) -> int:
        """Orders on the disk, whoever else has it open."""
        with self.opened() as erp, erp.sessions.reading() as session:
            return session.exec(select(func.count(col(Order.id))).where(*tests)).one()


def stock(
    data: Path, codes: Sequence[str] = ("A",), sandbox_url: str = "", **options: str
) -> Stocked:
    """Each supplier has one product of its own, with the supplier's code as SKU."""
    now = datetime.now(UTC)
    settings = load(data, options)
    erp = assemble(settings)
    with erp.sessions.writing() as session:
        owner_of(session, now, name="Owner", email=EMAIL, password=PASSWORD)
        _, token = create_token(session, "shop", Scope.WRITE, now, by=EMAIL)
        for code in codes:
            reached = {
                "kind": "rest",
                "base_url": f"{sandbox_url}/s/{code}",
                "sealed_token": erp.secrets.seal(SECRET),
                "allow_private": True,
            }
            supplier = make_supplier(session, code, **(reached if sandbox_url else {}))
            product = make_product(session, code)
            make_offer(session, product, supplier, quantity=100_000, as_of=now)
    erp.close()
    return Stocked(data, token)


def teach(remote: SandboxRemote, code: str, **habits: Any) -> None:
    """How a supplier of the sandbox behaves from now on."""
    remote.add_suppliers([SandboxSupplier(code=code, token=SECRET, **habits)])


def order_of(number: int, *skus: str, at: datetime | None = None) -> dict[str, Any]:
    """One unit of each SKU for a customer of its own."""
    moment = (at or datetime.now(UTC)).isoformat()
    return an_order(
        external_id=str(number),
        name=f"#{number}",
        email=f"customer{number}@example.com",
        ship_to=an_order()["ship_to"] | {"address1": f"{number} Long Street"},
        placed_at=moment,
        paid_at=moment,
        lines=[asked_line(sku=sku) for sku in skus],
        total=f"{10 * len(skus)}.00",
    )
