"""What the pages ask about products: the list, offers side by side, recent demand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import Session, col

from config import paging
from config.paging import Count, Page
from inventory.models import DailyDemand, Offer, Product
from suppliers.models import Supplier

BY_SKU = paging.Order(col(Product.sku), col(Product.id), descending=False)


class ProductGap(StrEnum):
    """What a product lacks before it can be sold with confidence."""

    NO_OFFER = "no_offer"
    COST_UNKNOWN = "cost_unknown"
    STALE = "stale"  # no offer was read lately


@dataclass(frozen=True, slots=True)
class ProductFilter:
    search: str = ""
    gap: ProductGap | None = None
    supplier: str = ""  # a code
    category: str = ""


@dataclass(frozen=True, slots=True)
class OfferRow:
    offer: Offer
    supplier: Supplier
    is_stale: bool

    @property
    def order_cost_cents(self) -> int | None:
        """What one unit costs with fee and shipping, in the offer's currency; unknown
        if the supplier's terms are in another."""
        if self.offer.unit_cost_cents is None:
            return None
        if self.offer.currency != self.supplier.currency:
            return None
        fees = self.supplier.order_fee_cents + self.supplier.shipping_first_cents
        return self.offer.unit_cost_cents + fees


@dataclass(frozen=True, slots=True)
class ProductRow:
    """Costs of different currencies are not compared: the best is per currency."""

    product: Product
    offers: int
    best_costs: tuple[tuple[int, str], ...]  # (cents, currency), cheapest of each
    quantity: int | None  # reported by fresh offers; None: nobody said
    freshest_at: datetime | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Demand:
    day: date
    units: int


def list_products(
    session: Session, wanted: ProductFilter, fresh_from: datetime, mark: str | None
) -> Page[ProductRow]:
    """One page of the products that match, by SKU; what was read before `fresh_from`
    is stale."""
    query = select(Product).where(*_matches(wanted, fresh_from))
    found = paging.page(session, query, BY_SKU, mark)
    products = [row[0] for row in found.rows]
    offers = _offers(session, [product.id for product in products], fresh_from)
    rows = [_row(product, offers.get(product.id, [])) for product in products]
    return Page(rows, found.before, found.after)


def count_products(
    session: Session, wanted: ProductFilter, fresh_from: datetime
) -> Count:
    ids = select(col(Product.id)).where(*_matches(wanted, fresh_from))
    return paging.count(session, ids)


def find_product(session: Session, sku: str) -> Product | None:
    return session.scalars(select(Product).where(col(Product.sku) == sku)).first()


def offers_of(
    session: Session, product: Product, fresh_from: datetime
) -> list[OfferRow]:
    """The offers for a product: fresh and cheap ones first, unknown costs last."""
    rows = _offers(session, [product.id], fresh_from).get(product.id, [])
    return sorted(rows, key=_rank)


def recent_demand(
    session: Session, product: Product, until: date, days: int
) -> list[Demand]:
    """Units ordered on each of the last days, the quiet ones too."""
    first = until - timedelta(days=days - 1)
    query = (
        select(col(DailyDemand.day), func.sum(col(DailyDemand.units)))
        .where(
            col(DailyDemand.product_id) == product.id,
            col(DailyDemand.day).between(first, until),
        )
        .group_by(col(DailyDemand.day))
    )
    units = {day: int(number) for day, number in session.execute(query)}
    every = (first + timedelta(days=number) for number in range(days))
    return [Demand(day, units.get(day, 0)) for day in every]


def _matches(wanted: ProductFilter, fresh_from: datetime) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if wanted.search:
        words = wanted.search
        of_supplier = select(col(Offer.product_id)).where(
            col(Offer.supplier_sku).in_((words, words.upper()))
        )
        tests.append(
            or_(
                col(Product.sku).icontains(words, autoescape=True),
                col(Product.title).icontains(words, autoescape=True),
                col(Product.id).in_(of_supplier),
            )
        )
    if wanted.supplier:
        supplier = select(col(Supplier.id)).where(col(Supplier.code) == wanted.supplier)
        theirs = select(col(Offer.product_id)).where(
            col(Offer.supplier_id) == supplier.scalar_subquery()
        )
        tests.append(col(Product.id).in_(theirs))
    if wanted.category:
        tests.append(col(Product.category) == wanted.category)
    if wanted.gap:
        tests.append(_lacks(wanted.gap, fresh_from))
    return tests


def _lacks(gap: ProductGap, fresh_from: datetime) -> ColumnElement[bool]:
    its = col(Offer.product_id) == col(Product.id)
    fresh = and_(col(Offer.is_listed), col(Offer.as_of) >= fresh_from)
    if gap is ProductGap.NO_OFFER:
        return ~exists().where(its)
    if gap is ProductGap.STALE:
        return and_(exists().where(its), ~exists().where(its, fresh))
    known = col(Offer.unit_cost_cents).is_not(None)
    return and_(exists().where(its), ~exists().where(its, known))


def _offers(
    session: Session, product_ids: Sequence[int | None], fresh_from: datetime
) -> dict[int | None, list[OfferRow]]:
    query = (
        select(Offer, Supplier)
        .join(Supplier, col(Supplier.id) == col(Offer.supplier_id))
        .where(col(Offer.product_id).in_(product_ids))
        .order_by(col(Supplier.code))
    )
    found: dict[int | None, list[OfferRow]] = {}
    for offer, supplier in session.execute(query):
        is_stale = not offer.is_listed or offer.as_of < fresh_from
        row = OfferRow(offer, supplier, is_stale)
        found.setdefault(offer.product_id, []).append(row)
    return found


def _row(product: Product, offers: Sequence[OfferRow]) -> ProductRow:
    fresh = [each.offer for each in offers if not each.is_stale]
    counted = [each.quantity for each in fresh if each.quantity is not None]
    costs: dict[str, int] = {}
    for each in (row.offer for row in offers):
        if each.unit_cost_cents is not None:
            best = costs.get(each.currency, each.unit_cost_cents)
            costs[each.currency] = min(best, each.unit_cost_cents)
    return ProductRow(
        product=product,
        offers=len(offers),
        best_costs=tuple((cents, currency) for currency, cents in costs.items()),
        quantity=sum(counted) if counted else None,
        freshest_at=max((each.offer.as_of for each in offers), default=None),
        is_stale=bool(offers) and not fresh,
    )


def _rank(row: OfferRow) -> tuple[bool, bool, int]:
    cost = row.order_cost_cents
    return row.is_stale, cost is None, cost or 0
