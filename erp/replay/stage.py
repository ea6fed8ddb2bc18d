"""The sandbox suppliers of a replay: connected, stocked, with their parts to act."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from erp.bootstrap import Erp
from erp.replay.outcomes import Outcome
from inventory.models import Offer, Product
from suppliers.models import Supplier
from suppliers.sandbox.messages import SandboxStock, SandboxSupplier
from suppliers.sandbox.remote import SandboxRemote

DIALECT = "rest"
Wanted = tuple[str | None, str]  # a line: the supplier it names, its SKU


class Stage:
    """The suppliers' side. They act by their scripts, and nothing happens without.

    They are told the time only when they are talked to.
    """

    def __init__(self, erp: Erp, remote: SandboxRemote) -> None:
        self._erp = erp
        self._remote = remote
        self._stock: Mapping[str, Sequence[SandboxStock]] = {}
        self._offering: Mapping[str, frozenset[str]] = {}
        self._stocked_at: dict[str, datetime] = {}
        self._told: datetime | None = None

    def set_up(self, outcomes: Iterable[Outcome], now: datetime) -> None:
        """Connect every supplier to one of the sandbox, and hand the scripts out."""
        self.move_clock(now)
        with self._erp.sessions.writing() as session:
            suppliers = session.exec(select(Supplier).order_by(col(Supplier.id))).all()
            accounts = [self._connect(each) for each in suppliers]
            self._stock, self._offering = _catalogue(session)
        self._remote.add_suppliers(accounts)
        self._remote.load_scripts([outcome.script() for outcome in outcomes])
        self._restock(self._stock, now)

    def move_clock(self, now: datetime) -> None:
        """See that the suppliers know what time it is."""
        if self._told != now:
            self._remote.set_clock(now)
            self._told = now

    def restock_for(
        self, lines: Iterable[Wanted], now: datetime, *, older_than: timedelta
    ) -> bool:
        """See that nobody who may deliver these lines has a stock list that old.

        True if somebody sent a new one.
        """
        asked = {code for line in lines for code in self._asked(*line)}
        aged = [c for c in asked if now - self._stocked_at[c] >= older_than]
        self._restock(aged, now)
        return bool(aged)

    def _restock(self, suppliers: Iterable[str], now: datetime) -> None:
        """Have suppliers send a full list anew, and make its reading due."""
        codes = sorted(suppliers)
        if codes:
            self.move_clock(now)
        for code in codes:
            self._remote.set_stock(code, self._stock[code], as_of=now)
            self._stocked_at[code] = now
        self._make_due(codes, next_stock_read_at=now)

    def announce(self, suppliers: Iterable[str], now: datetime) -> None:
        """Suppliers say that they have news: they are asked for it next."""
        self._make_due(sorted(suppliers), next_poll_at=now)

    def take_down(self) -> None:
        """Leave the suppliers without a connection: nobody answers any more."""
        with self._erp.sessions.writing() as session:
            session.exec(
                update(Supplier).values(
                    kind=None, base_url="", sealed_token="", next_poll_at=None
                )
            )
        self._remote.set_clock(None)

    def books(self) -> Mapping[str, Mapping[str, object]]:
        """What each supplier was sent, by its own account."""
        suppliers: Mapping[str, Mapping[str, object]] = self._remote.books()[
            "suppliers"
        ]
        return suppliers

    def _connect(self, supplier: Supplier) -> SandboxSupplier:
        token = secrets.token_urlsafe()
        supplier.kind = DIALECT
        supplier.base_url = self._remote.base_url(supplier.code)
        supplier.sealed_token = self._erp.secrets.seal(token)
        supplier.allow_private = True
        return SandboxSupplier(
            code=supplier.code,
            name=supplier.name,
            token=token,
            acknowledge_after=None,
            ship_after=None,
            deliver_after=None,
            ship_within=None,
            deliver_within=None,
        )

    def _asked(self, named: str | None, sku: str) -> frozenset[str]:
        offering = self._offering.get(sku, frozenset())
        return offering & {named} if named else offering

    def _make_due(self, codes: Sequence[str], **moments: datetime) -> None:
        if codes:
            with self._erp.sessions.writing() as session:
                session.exec(
                    update(Supplier)
                    .where(col(Supplier.code).in_(codes))
                    .values(moments)
                )


def _catalogue(
    session: Session,
) -> tuple[dict[str, list[SandboxStock]], dict[str, frozenset[str]]]:
    """Each supplier's stock list, and who offers each product."""
    stock: dict[str, list[SandboxStock]] = defaultdict(list)
    offering: dict[str, set[str]] = defaultdict(set)
    query = (
        select(Supplier.code, Product.sku, Offer)
        .join(Offer, col(Offer.supplier_id) == col(Supplier.id))
        .join(Product, col(Product.id) == col(Offer.product_id))
        .order_by(col(Supplier.code), col(Offer.id))
    )
    for code, sku, offer in session.exec(query):
        offering[sku].add(code)
        stock[code].append(
            SandboxStock(
                sku=offer.supplier_sku,
                quantity=offer.quantity,
                unit_cost_cents=offer.unit_cost_cents,
                currency=offer.currency,
            )
        )
    return dict(stock), {sku: frozenset(codes) for sku, codes in offering.items()}
