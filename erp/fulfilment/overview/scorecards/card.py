"""A supplier's scorecard over a window, and those of all suppliers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import true
from sqlmodel import Session

from erp.fulfilment.overview.scorecards import costs, figures
from erp.fulfilment.overview.scorecards.costs import Variance
from erp.fulfilment.overview.scorecards.counted import Span, of_supplier
from erp.fulfilment.overview.scorecards.figures import Ended, Share
from erp.fulfilment.overview.scorecards.moments import Times
from erp.fulfilment.overview.scorecards.phantoms import phantom_stock

NO_TIMES, NO_SHARE, NO_VARIANCE = Times(), Share(), Variance()


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Every figure with what it was counted from; what is unknown is not a zero."""

    asked: int = 0
    acknowledgement: Times = NO_TIMES
    within_clock: Share = NO_SHARE
    on_time: Share = NO_SHARE
    first_scan: Times = NO_TIMES
    trackable: Share = NO_SHARE
    filled: Share = NO_SHARE
    filled_adjusted: Share = NO_SHARE
    ended: Ended = field(default_factory=dict)
    phantom_stock: Share = NO_SHARE
    billed: Variance = NO_VARIANCE
    feed: Variance = NO_VARIANCE
    to_hand_over: Times = NO_TIMES
    to_delivery: Times = NO_TIMES

    @property
    def ended_count(self) -> int:
        return sum(self.ended.values())


def scorecards(
    session: Session, span: Span, supplier_id: int | None = None
) -> dict[int, Scorecard]:
    """By supplier id; of one alone, or of all that had anything to count."""
    whose = true() if supplier_id is None else of_supplier == supplier_id
    asked = (session, span, whose)
    parts: dict[str, Mapping[int, Any]] = {
        "asked": figures.asked(*asked),
        "acknowledgement": figures.acknowledgement(*asked),
        "within_clock": figures.within_clock(*asked),
        "on_time": figures.on_time(*asked),
        "first_scan": figures.first_scan(*asked),
        "trackable": figures.trackable(*asked),
        "filled": figures.filled(*asked, adjusted=False),
        "filled_adjusted": figures.filled(*asked, adjusted=True),
        "ended": figures.ended(*asked),
        "phantom_stock": phantom_stock(*asked),
        "billed": costs.billed_variance(*asked),
        "feed": costs.feed_variance(*asked),
        "to_hand_over": figures.to_hand_over(*asked),
        "to_delivery": figures.to_delivery(*asked),
    }
    keys = {key for found in parts.values() for key in found}
    return {
        key: Scorecard(
            **{name: found[key] for name, found in parts.items() if key in found}
        )
        for key in sorted(keys)
    }
