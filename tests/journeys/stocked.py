"""A store that can sell: products at suppliers, connected to a sandbox or not."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import col, func, select, update

from config.settings import load
from erp.accounts.models import Scope
from erp.accounts.set_up import owner_of
from erp.accounts.tokens import create_token
from erp.bootstrap import Erp, assemble, utc_now
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.jobs.models import Lease
from erp.orders.models import Order
from suppliers.models import Supplier
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


def let_leases_run_out(erp: Erp) -> None:
    """Minutes pass: nobody waits for them here."""
    past = utc_now() - timedelta(seconds=1)
    in_doubt = col(PurchaseOrder.status).in_(
        [PurchaseStatus.SENDING, PurchaseStatus.UNKNOWN]
    )
    with erp.sessions.writing() as session:
        session.exec(update(Lease).values(until=past))
        session.exec(update(Supplier).values(next_poll_at=past))
        session.exec(
            update(PurchaseOrder).where(in_doubt).values(lease_until=past, due_at=past)
        )


def sign_in(client: httpx.Client) -> None:
    """The owner signs in at the pages."""
    form = {"email": EMAIL, "password": PASSWORD}
    page = client.get("/sign-in")
    answer = client.post("/sign-in", data=form | {"csrf_token": form_token(page)})
    assert answer.status_code == 303


def form_token(page: httpx.Response) -> str:
    """What a form of this page proves that it comes from there."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


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
