"""How much of an offer may be promised; what is unknown stays unknown."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class OfferStock:
    """A reported quantity, when it was true, and what we sold of it since."""

    quantity: int | None
    as_of: datetime | None
    committed: int = 0


def free_units(
    offer: OfferStock,
    now: datetime,
    *,
    stale_after: timedelta | None,
    buffer: int = 0,
) -> int | None:
    """How many we dare promise. A silent feed promises nothing; unknown is not zero."""
    if is_stale(offer.as_of, now, stale_after=stale_after):
        return 0
    if offer.quantity is None:
        return None
    return max(offer.quantity - offer.committed - buffer, 0)


def is_stale(
    as_of: datetime | None, now: datetime, *, stale_after: timedelta | None
) -> bool:
    """Too old to rely on. Never read is stale; without a limit nothing else is."""
    if as_of is None:
        return True
    return stale_after is not None and now - as_of > stale_after
