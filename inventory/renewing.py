"""Writes what a supplier tells of its stock and cost: only what differs.

It serves a feed that we read and a list that the supplier sends. An offer that is not
named keeps its last figures and grows stale. A list may have a hundred thousand rows:
they are read and written as plain rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from config.upsert import table_of
from inventory.marks import drop_marks
from inventory.models import Offer
from suppliers.contract import StockRow
from suppliers.models import Supplier


@dataclass(frozen=True, slots=True)
class Renewed:
    """What became of the rows a supplier told."""

    known: int  # of offers we have, as new as what we knew or newer
    changed: int  # of these
    outdated: int  # we know something newer
    foreign_costs: int  # costs not taken: the offer is in another currency
    unknown: tuple[str, ...]  # supplier SKUs of which we have no offer


def renew_offers(
    session: Session, supplier_id: int, told: Mapping[str, StockRow], as_of: datetime
) -> Renewed:
    """Take rows (by supplier SKU) that were true at a moment which is not to come."""
    database = session.connection()
    of_supplier = {"supplier": supplier_id}
    offers = database.execute(_OFFERS, of_supplier).all()
    named = [each for each in offers if each.supplier_sku in told]
    known = [
        (offer, told[offer.supplier_sku]) for offer in named if as_of >= offer.as_of
    ]
    changed = [figures for each in known if (figures := _changed(*each, as_of))]
    if len(known) == len(offers):  # most feeds are whole, and most of each is as it was
        database.execute(_STANDS, of_supplier | {"at": as_of})
        rows = changed
    else:
        rows = [_figures(*each, as_of) for each in known]
    if rows:
        database.execute(_RENEW, rows)
    ours = {offer.supplier_sku for offer in named}
    return Renewed(
        known=len(known),
        changed=len(changed),
        outdated=len(named) - len(known),
        foreign_costs=sum(_has_foreign_cost(*each) for each in known),
        unknown=tuple(sku for sku in told if sku not in ours),
    )


def take_list(
    session: Session,
    supplier_id: int,
    told: Mapping[str, StockRow],
    now: datetime,
    *,
    as_of: datetime | None,
    is_whole: bool,
) -> Renewed:
    """Take a list that the supplier sent; one that is whole counts as a reading."""
    drop_marks(session, [supplier_id])
    seen = {"supplier": supplier_id, "now": now}
    session.connection().execute(_WHOLE if is_whole else _SEEN, seen)
    return renew_offers(session, supplier_id, told, min(as_of or now, now))


def _changed(offer: Any, row: StockRow, as_of: datetime) -> dict[str, Any] | None:
    figures = _figures(offer, row, as_of)
    before = (offer.quantity, offer.unit_cost_cents)
    return None if before == (figures["units"], figures["cost"]) else figures


def _figures(offer: Any, row: StockRow, as_of: datetime) -> dict[str, Any]:
    """Take what a row says; of the cost, what it does not say keeps its last value."""
    cost = offer.unit_cost_cents
    if row.unit_cost_cents is not None and not _has_foreign_cost(offer, row):
        cost = row.unit_cost_cents
    return {"offer": offer.id, "at": as_of, "units": row.quantity, "cost": cost}


def _has_foreign_cost(offer: Any, row: StockRow) -> bool:
    if row.unit_cost_cents is None:
        return False
    return row.currency not in (None, offer.currency)


_OFFER, _SUPPLIER = table_of(Offer), table_of(Supplier)
_OFFERS = select(
    _OFFER.c.id,
    _OFFER.c.supplier_sku,
    _OFFER.c.currency,
    _OFFER.c.as_of,
    _OFFER.c.quantity,
    _OFFER.c.unit_cost_cents,
).where(_OFFER.c.supplier_id == bindparam("supplier"))
_STANDS = (
    _OFFER.update()
    .where(_OFFER.c.supplier_id == bindparam("supplier"))
    .values(as_of=bindparam("at"), is_listed=True)
)
_RENEW = (
    _OFFER.update()
    .where(_OFFER.c.id == bindparam("offer"))
    .values(
        as_of=bindparam("at"),
        is_listed=True,
        quantity=bindparam("units"),
        unit_cost_cents=bindparam("cost"),
    )
)
_SEEN = (
    _SUPPLIER.update()
    .where(_SUPPLIER.c.id == bindparam("supplier"))
    .values(last_seen_at=bindparam("now"))
)
_WHOLE = _SEEN.values(stock_read_at=bindparam("now"))
