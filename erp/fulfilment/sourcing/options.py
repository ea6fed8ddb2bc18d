"""The offers that could serve a batch of orders, with the units still to be had.

Money turns into the order's own currency here; without a rate it is unknown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.sourcing.candidates import Candidate, SupplierTerms
from erp.orders.models import Order
from inventory.models import ExchangeRate, Offer
from inventory.pricing import Rate, convert
from inventory.rates import between_minor_units
from inventory.stock import OfferStock, free_units
from suppliers.models import Supplier


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate, and the rows a purchase order for it is made from."""

    candidate: Candidate
    offer: Offer
    supplier: Supplier
    rate: ExchangeRate | None  # None: unknown, or the same currency


@dataclass(frozen=True, slots=True)
class Options:
    """Every offer for the products of a batch, by product."""

    offers: dict[int, list[tuple[Offer, Supplier]]]
    committed: dict[int, int]  # units asked for since the feed's own moment, by offer
    rates: dict[tuple[str, str], ExchangeRate]
    now: datetime
    stale_after: timedelta
    buffer: int

    def for_order(self, order: Order, products: Iterable[int | None]) -> list[Option]:
        """What an order for these products may choose from, in its currency."""
        wanted = sorted({product for product in products if product is not None})
        return [
            self._option(offer, supplier, order.currency)
            for product in wanted
            for offer, supplier in self.offers.get(product, [])
        ]

    def take(self, offer_id: int, units: int) -> None:
        """Remember units promised within this batch."""
        self.committed[offer_id] = self.committed.get(offer_id, 0) + units

    def _option(self, offer: Offer, supplier: Supplier, currency: str) -> Option:
        assert offer.id is not None
        found = self.rates.get((offer.currency, currency))
        rate = _rate(offer, currency, found)
        as_of = offer.as_of if offer.is_listed else None
        stock = OfferStock(offer.quantity, as_of, self.committed.get(offer.id, 0))
        candidate = Candidate(
            offer_id=offer.id,
            supplier_sku=offer.supplier_sku,
            sku=str(offer.product_id),
            terms=_terms(offer, supplier, rate),
            unit_cost_cents=convert(offer.unit_cost_cents, rate),
            free_quantity=free_units(
                stock, self.now, stale_after=self.stale_after, buffer=self.buffer
            ),
            read_at=as_of,
            lead_time_days=offer.lead_time_days,
        )
        return Option(candidate, offer, supplier, found)


def load_options(
    session: Session,
    orders: Sequence[Order],
    products: Iterable[int | None],
    now: datetime,
    *,
    stale_after: timedelta,
    buffer: int,
) -> Options:
    """The offers for these products.

    On PostgreSQL they stay locked until the transaction ends, so that two routings do
    not promise the same units; on SQLite there is one writer at a time anyway.
    """
    offers = _offers(session, set(products) - {None})
    by_product: dict[int, list[tuple[Offer, Supplier]]] = {}
    for offer, supplier in offers:
        by_product.setdefault(offer.product_id, []).append((offer, supplier))
    return Options(
        offers=by_product,
        committed=_committed(session, [offer.id for offer, _ in offers]),
        rates=_rates(
            session,
            {offer.currency for offer, _ in offers},
            {order.currency for order in orders},
            now,
        ),
        now=now,
        stale_after=stale_after,
        buffer=buffer,
    )


def _rate(offer: Offer, currency: str, found: ExchangeRate | None) -> Rate | None:
    if offer.currency == currency:
        return Rate(1, 1)
    return between_minor_units(found) if found else None


def _terms(offer: Offer, supplier: Supplier, rate: Rate | None) -> SupplierTerms:
    def in_order_currency(cents: int) -> int | None:
        if cents == 0:
            return 0
        return convert(cents, rate) if supplier.currency == offer.currency else None

    ships_to = frozenset(supplier.ships_to.split())
    return SupplierTerms(
        supplier=supplier.code,
        order_fee_cents=in_order_currency(supplier.order_fee_cents),
        first_item_shipping_cents=in_order_currency(supplier.shipping_first_cents),
        extra_item_shipping_cents=in_order_currency(supplier.shipping_extra_cents),
        countries=ships_to or None,
        is_paused=supplier.is_paused,
    )


def _offers(
    session: Session, products: set[int | None]
) -> list[tuple[Offer, Supplier]]:
    return list(session.exec(_OFFERS, params={"products": list(products)}))


def _committed(session: Session, offers: list[int | None]) -> dict[int, int]:
    found = session.exec(_COMMITTED, params={"offers": offers})
    return {offer_id: int(units) for offer_id, units in found}


def _rates(
    session: Session, theirs: set[str], ours: set[str], now: datetime
) -> dict[tuple[str, str], ExchangeRate]:
    """The newest known rate of each pair of currencies that differ."""
    if theirs | ours == ours and len(ours) == 1:
        return {}
    query = (
        select(ExchangeRate)
        .where(
            col(ExchangeRate.base).in_(theirs),
            col(ExchangeRate.currency).in_(ours),
            col(ExchangeRate.day) <= now.date(),
        )
        .order_by(col(ExchangeRate.day))
    )
    return {(rate.base, rate.currency): rate for rate in session.exec(query)}


# Built once: for a single order, building a statement costs more than running it.
_OFFERS = (
    select(Offer, Supplier)
    .join(Supplier, col(Supplier.id) == col(Offer.supplier_id))
    .where(col(Offer.product_id).in_(bindparam("products", expanding=True)))
    .order_by(col(Offer.id))
    .with_for_update(of=Offer)
)
_COMMITTED = (
    select(PurchaseOrderLine.offer_id, func.sum(PurchaseOrderLine.quantity))
    .join(
        PurchaseOrder,
        col(PurchaseOrder.id) == col(PurchaseOrderLine.purchase_order_id),
    )
    .join(Offer, col(Offer.id) == col(PurchaseOrderLine.offer_id))
    .where(
        col(PurchaseOrderLine.offer_id).in_(bindparam("offers", expanding=True)),
        col(PurchaseOrderLine.is_live),
        col(PurchaseOrder.created_at) >= col(Offer.as_of),
    )
    .group_by(col(PurchaseOrderLine.offer_id))
)
