"""What parcels did, on the timeline of the customer's order."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from erp.fulfilment.tracking.dossiers import Dossier
from erp.fulfilment.tracking.parcels import ParcelNews
from erp.orders.history import note


def note_parcels(
    session: Session,
    dossier: Dossier,
    parcels: Iterable[ParcelNews],
    now: datetime,
    *,
    shipped: str = "parcel_shipped",
) -> None:
    """Say which parcels met a carrier (as that kind of event), arrived or came back."""
    for news in parcels:
        facts = {
            "reference": dossier.purchase.reference,
            "carrier": news.told.carrier,
            "tracking": news.told.tracking_number,
        }
        if news.now_shipped:
            note(session, dossier.order, shipped, now, **facts)
        if news.now_delivered:
            note(session, dossier.order, "parcel_delivered", now, **facts)
        if news.now_returned:
            note(session, dossier.order, "parcel_returned", now, **facts)
