"""The moments of a replay, in order: nothing happens between them. Pure.

An order comes in at the very moment it was paid. Jobs tick at the end of each stretch
of some hours in which one did, and at the end of every day.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum

from erp.orders.incoming import NewOrder
from erp.replay.outcomes import Outcome

AFTERMATH = timedelta(days=60)  # after the last event: the longest KPI window
DAY = timedelta(days=1)
STRETCH = timedelta(hours=24)


class Event(IntEnum):
    """What happens at a moment; if there is more, in this order."""

    ENTRY = 1  # orders come in
    TICK = 2  # jobs see to the orders that did
    DAY_END = 3  # suppliers tell their news, all jobs tick


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    event: Event
    orders: tuple[NewOrder, ...] = ()
    news_of: frozenset[str] = frozenset()  # suppliers


def start_of(orders: Sequence[NewOrder]) -> datetime:
    """Midnight before the first order."""
    return _midnight(min(entered_at(order) for order in orders))


def entered_at(order: NewOrder) -> datetime:
    """When an order reaches us: once it is paid."""
    return order.paid_at or order.placed_at


def timeline(
    orders: Sequence[NewOrder], outcomes: Sequence[Outcome]
) -> tuple[Moment, ...]:
    """When orders come in, and every end of a day until long after the last event."""
    entering: dict[datetime, list[NewOrder]] = defaultdict(list)
    for order in orders:
        entering[entered_at(order)].append(order)
    entered = {order.name: entered_at(order) for order in orders}
    ends = _ends_of_days(min(entering), _last_event(entering, outcomes) + AFTERMATH)
    ticks = {_end(at, STRETCH) for at in entering} - set(ends)
    news = _news(outcomes, entered)
    found = [Moment(at, Event.ENTRY, tuple(some)) for at, some in entering.items()]
    found += [Moment(at, Event.TICK) for at in ticks]
    found += [
        Moment(at, Event.DAY_END, news_of=frozenset(news.get(at, ()))) for at in ends
    ]
    return tuple(sorted(found, key=lambda moment: (moment.at, moment.event)))


def _last_event(
    entering: Mapping[datetime, object], outcomes: Sequence[Outcome]
) -> datetime:
    """A ship-by that passes is an event too: it makes a purchase order late."""
    told = (at for outcome in outcomes for at in outcome.news)
    due = (outcome.ship_by for outcome in outcomes if outcome.ship_by is not None)
    return max((*entering, *told, *due))


def _news(
    outcomes: Sequence[Outcome], entered: Mapping[str, datetime]
) -> dict[datetime, set[str]]:
    """Suppliers with something to tell, by the end of the day they tell it on.

    What was recorded before the order reached them is told with the answer to it.
    """
    found: dict[datetime, set[str]] = defaultdict(set)
    for outcome in outcomes:
        for at in outcome.news:
            if at > entered[outcome.order_name]:
                found[_end(at, DAY)].add(outcome.supplier)
    return found


def _ends_of_days(first: datetime, last: datetime) -> list[datetime]:
    start, end = _end(first, DAY), _end(last, DAY)
    return [start + DAY * number for number in range((end - start) // DAY + 1)]


def _end(at: datetime, stretch: timedelta) -> datetime:
    """When the stretch of its day that a moment lies in ends."""
    midnight = _midnight(at)
    return midnight + stretch * -((midnight - at) // stretch)


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(), tzinfo=at.tzinfo)
