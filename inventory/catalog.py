"""Products and suppliers' offers for them, brought up to date from a list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlmodel import Session, col, select

from config.upsert import dialect_of, insert_into, table_of
from inventory.marks import drop_marks
from inventory.models import Offer, Product
from suppliers.models import Supplier

Pair = tuple[int, int]  # product, supplier


@dataclass(frozen=True, slots=True)
class Listing:
    """One supplier's offer of one product; None is unknown, never zero."""

    sku: str
    title: str
    category: str
    weight_grams: int | None
    supplier: str
    supplier_sku: str
    unit_cost_cents: int | None
    currency: str
    quantity: int | None
    lead_time_days: int | None
    describes_product: bool = True  # the first of a list to name the product


class Change(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"  # but read again: its moment moves on


@dataclass(frozen=True, slots=True)
class Refused:
    field: str
    what: str


def upsert_offers(
    session: Session, listings: Sequence[Listing], as_of: datetime
) -> list[Change | Refused]:
    """Store offers with their products; what became of each, in the order given."""
    suppliers = _suppliers(session, {each.supplier for each in listings})
    drop_marks(session, suppliers.values())
    refused = _refusals(session, listings, suppliers)
    good = [each for i, each in enumerate(listings) if i not in refused]
    products = _products(session, good, as_of)
    wanted = {
        (_id(products[each.sku]), suppliers[each.supplier]): each for each in good
    }
    created = _insert_offers(session, wanted, as_of)
    known = _offers(session, wanted.keys() - created)
    changes: dict[Pair, Change] = dict.fromkeys(created, Change.CREATED)
    for pair in sorted(known):
        is_changed = _update(known[pair], products[wanted[pair].sku], wanted[pair])
        changes[pair] = Change.UPDATED if is_changed else Change.UNCHANGED
        known[pair].as_of = as_of
    session.flush()
    return [
        refused[i]
        if i in refused
        else changes[_id(products[each.sku]), suppliers[each.supplier]]
        for i, each in enumerate(listings)
    ]


def _suppliers(session: Session, codes: set[str]) -> dict[str, int]:
    query = select(Supplier.code, Supplier.id).where(col(Supplier.code).in_(codes))
    return {code: id_ for code, id_ in session.exec(query) if id_ is not None}


def _refusals(
    session: Session, listings: Sequence[Listing], suppliers: dict[str, int]
) -> dict[int, Refused]:
    """Unknown suppliers; a supplier's SKU that stands for another product already;
    a product that one list names twice for one supplier."""
    owners = _owners(session, listings, suppliers)
    seen: set[tuple[str, str]] = set()
    refused: dict[int, Refused] = {}
    for i, each in enumerate(listings):
        owner = owners.setdefault((each.supplier, each.supplier_sku), each.sku)
        if each.supplier not in suppliers:
            what = f"no supplier {each.supplier!r}: import or add it first"
            refused[i] = Refused("supplier", what)
        elif owner != each.sku:
            what = (
                f"{each.supplier}'s {each.supplier_sku!r} is product {owner!r} already"
            )
            refused[i] = Refused("supplier_sku", what)
        elif (each.sku, each.supplier) in seen:
            refused[i] = Refused("sku", f"{each.supplier}'s offer stands there twice")
        seen.add((each.sku, each.supplier))
    return refused


def _owners(
    session: Session, listings: Sequence[Listing], suppliers: dict[str, int]
) -> dict[tuple[str, str], str]:
    """Which product a supplier's SKU stands for."""
    query = (
        select(Supplier.code, Offer.supplier_sku, Product.sku)
        .join(Supplier, col(Supplier.id) == col(Offer.supplier_id))
        .join(Product, col(Product.id) == col(Offer.product_id))
        .where(
            col(Offer.supplier_id).in_(suppliers.values()),
            col(Offer.supplier_sku).in_({each.supplier_sku for each in listings}),
        )
    )
    return {(code, theirs): ours for code, theirs, ours in session.exec(query)}


def _products(
    session: Session, listings: Sequence[Listing], now: datetime
) -> dict[str, Product]:
    """The products by SKU, made where they are new and described anew where not."""
    first = {each.sku: each for each in reversed(listings)}
    query = select(Product).where(col(Product.sku).in_(first))
    there = {product.sku: product for product in session.exec(query)}
    if missing := sorted(first.keys() - there.keys()):
        session.connection().execute(
            insert_into(dialect_of(session), Product).on_conflict_do_nothing(),
            [_product_row(first[sku], now) for sku in missing],
        )
        there = {product.sku: product for product in session.exec(query)}
    return there


def _product_row(listing: Listing, now: datetime) -> dict[str, Any]:
    return {
        "sku": listing.sku,
        "title": listing.title,
        "category": listing.category,
        "weight_grams": listing.weight_grams,
        "created_at": now,
    }


def _insert_offers(
    session: Session, wanted: dict[Pair, Listing], as_of: datetime
) -> set[Pair]:
    """Add offers that nobody has stored yet; which those were."""
    fresh = sorted(wanted.keys() - _offers(session, wanted.keys()).keys())
    if not fresh:
        return set()
    rows = [_offer_row(pair, wanted[pair], as_of) for pair in fresh]
    added = session.connection().execute(_add_offers(dialect_of(session)), rows)
    return {(product_id, supplier_id) for product_id, supplier_id in added}


@cache
def _add_offers(dialect: str) -> Any:
    offers = table_of(Offer)
    add = insert_into(dialect, Offer).on_conflict_do_nothing()
    return add.returning(offers.c.product_id, offers.c.supplier_id)


def _offer_row(pair: Pair, listing: Listing, as_of: datetime) -> dict[str, Any]:
    product_id, supplier_id = pair
    facts = _offer_facts(listing)
    return facts | {
        "product_id": product_id,
        "supplier_id": supplier_id,
        "as_of": as_of,
    }


def _offer_facts(listing: Listing) -> dict[str, Any]:
    return {
        "supplier_sku": listing.supplier_sku,
        "unit_cost_cents": listing.unit_cost_cents,
        "currency": listing.currency,
        "quantity": listing.quantity,
        "lead_time_days": listing.lead_time_days,
        "is_listed": True,
    }


def _offers(session: Session, pairs: Collection[Pair]) -> dict[Pair, Offer]:
    wanted = set(pairs)
    query = select(Offer).where(
        col(Offer.product_id).in_({product for product, _ in wanted}),
        col(Offer.supplier_id).in_({supplier for _, supplier in wanted}),
    )
    found = {(each.product_id, each.supplier_id): each for each in session.exec(query)}
    return {pair: offer for pair, offer in found.items() if pair in wanted}


def _update(offer: Offer, product: Product, listing: Listing) -> bool:
    """Take over what differs; true if anything did."""
    facts: list[tuple[Offer | Product, str, Any]] = [
        (offer, name, value) for name, value in _offer_facts(listing).items()
    ]
    if listing.describes_product:
        said = {
            "title": listing.title,
            "category": listing.category,
            "weight_grams": listing.weight_grams,
        }
        facts += [(product, name, value) for name, value in said.items() if value]
    changed = [each for each in facts if getattr(each[0], each[1]) != each[2]]
    for row, name, value in changed:
        setattr(row, name, value)
    return bool(changed)


def _id(product: Product) -> int:
    assert product.id is not None
    return product.id
