"""The world around the demo store: its sandbox suppliers, and a customer who shops."""

from collections.abc import Iterable
from contextlib import ExitStack
from urllib.parse import urlsplit

from sqlalchemy import func
from sqlmodel import col, select

from erp.bootstrap import Erp
from erp.demo.address import free_port
from erp.demo.place import Place
from erp.demo.shelf import CURRENCY, DemoProduct, products
from erp.demo.shopper import Shopper
from erp.demo.trade import FIRST_NUMBER
from erp.orders.models import Order
from suppliers.models import Supplier
from suppliers.sandbox.messages import SandboxStock, SandboxSupplier
from suppliers.sandbox.process import SandboxProcess, start
from suppliers.sandbox.remote import SandboxRemote

# Fast, so that somebody who watches sees an order travel.
ACKNOWLEDGE_SECONDS, SHIP_SECONDS, DELIVER_SECONDS = 8.0, 75.0, 300.0


class Outside:
    """Starts the suppliers and the customer, and ends them again."""

    def __init__(self, erp: Erp, place: Place, sandbox: SandboxProcess | None) -> None:
        self._erp = erp
        self._place = place
        self._sandbox = sandbox
        self._shopper: Shopper | None = None

    def open(self, url: str) -> None:
        """Suppliers first: then the store at this address gets its orders."""
        if self._sandbox is None:
            self._sandbox = start(self._place.sandbox, self._usual_port())
        self._connect()
        self._stock_up()
        self._shopper = Shopper(
            url,
            self._place.shop_token.read_text("ascii"),
            products(),
            self._erp.clock,
            first_number=self._next_number(),
            restock=self._stock_up,
        )
        self._shopper.start()

    def close(self) -> None:
        """End everything that was started here, whatever part of it that is."""
        with ExitStack() as ending:
            if self._sandbox is not None:
                ending.callback(self._sandbox.stop)
            if self._shopper is not None:
                self._shopper.stop()

    def _usual_port(self) -> int:
        """The port the suppliers are known under, or any if somebody else has it."""
        query = select(Supplier.base_url).where(col(Supplier.kind).is_not(None))
        with self._erp.sessions.reading() as session:
            url = session.exec(query.limit(1)).first() or ""
        return free_port(urlsplit(url).port or 0)

    def _connect(self) -> None:
        """Let every supplier's row say where it is to be found now."""
        assert self._sandbox is not None
        with self._erp.sessions.writing() as session:
            for supplier in session.exec(select(Supplier)).all():
                supplier.base_url = f"{self._sandbox.url}/s/{supplier.code}"

    def _stock_up(self) -> None:
        assert self._sandbox is not None
        with SandboxRemote(self._sandbox.url) as remote:
            stock_up(remote, products())

    def _next_number(self) -> int:
        with self._erp.sessions.reading() as session:
            known = session.exec(select(func.count(col(Order.id)))).one()
        return FIRST_NUMBER + known


def live_habits(code: str, name: str, token: str) -> SandboxSupplier:
    """How a supplier treats an order that nobody wrote a script for."""
    return SandboxSupplier(
        code=code,
        name=name,
        token=token,
        acknowledge_after=ACKNOWLEDGE_SECONDS,
        ship_after=SHIP_SECONDS,
        deliver_after=DELIVER_SECONDS,
    )


def stock_up(remote: SandboxRemote, sold: Iterable[DemoProduct]) -> None:
    """Every supplier's shelf is full again, as of now."""
    shelves: dict[str, list[SandboxStock]] = {}
    for product in sold:
        for offer in product.offers:
            item = SandboxStock(
                sku=offer.supplier_sku,
                quantity=offer.quantity,
                unit_cost_cents=offer.unit_cost_cents,
                currency=CURRENCY,
            )
            shelves.setdefault(offer.supplier, []).append(item)
    for code, items in shelves.items():
        remote.set_stock(code, items)
