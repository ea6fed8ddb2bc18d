"""What may be promised of an offer."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.stock import OfferStock, free_units

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_what_was_sold_since_and_the_buffer_are_kept_back():
    offer = OfferStock(quantity=10, as_of=NOW, committed=3)
    assert free_units(offer, NOW, stale_after=DAY, buffer=2) == 5


def test_a_shelf_is_never_less_than_empty():
    offer = OfferStock(quantity=1, as_of=NOW, committed=3)
    assert free_units(offer, NOW, stale_after=DAY) == 0


def test_an_unknown_quantity_is_not_zero():
    offer = OfferStock(quantity=None, as_of=NOW, committed=3)
    assert free_units(offer, NOW, stale_after=DAY) is None


@pytest.mark.parametrize(
    ("as_of", "stale_after", "free"),
    [
        (NOW - DAY, DAY, 10),
        (NOW - DAY - timedelta(seconds=1), DAY, 0),
        (NOW - 900 * DAY, None, 10),
        (None, DAY, 0),
        (None, None, 0),
    ],
    ids=["just fresh", "just stale", "no limit", "never read", "never read, no limit"],
)
def test_a_silent_feed_promises_nothing(as_of, stale_after, free):
    assert free_units(OfferStock(10, as_of), NOW, stale_after=stale_after) == free
