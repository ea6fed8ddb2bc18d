"""Parcels that went back to their sender: the customer has nothing, a human decides."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from erp.fulfilment.tracking.dossiers import Dossier
from erp.fulfilment.tracking.parcels import ParcelNews
from erp.fulfilment.tracking.strays import joined_names
from erp.orders.holds import hold, open_holds
from erp.orders.lifecycle import HoldReason

ASKED = HoldReason.RETURNED_TO_SENDER


def ask_about_returned(
    session: Session, dossier: Dossier, parcels: Iterable[ParcelNews], now: datetime
) -> None:
    """Hold the order over parcels that came back: once for each of them."""
    back = [news for news in parcels if news.now_returned]
    if back:
        hold(session, dossier.order, ASKED, _facts(session, dossier, back), now)


def _facts(
    session: Session, dossier: Dossier, back: Sequence[ParcelNews]
) -> dict[str, str]:
    """Of an open hold, what it says already is said again."""
    facts = {
        "supplier": dossier.supplier,
        "returned": ", ".join(
            each.parcel.tracking_number or each.parcel.shipment_id for each in back
        ),
    }
    for known in open_holds(session, dossier.order):
        if known.reason is ASKED:
            facts = {
                name: joined_names(known.facts[name], facts[name]) for name in facts
            }
    return facts
