"""The clock of a replay is moved only to moments at which something happens."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from erp.orders.incoming import NewOrder, read_order
from erp.replay.outcomes import Outcome
from erp.replay.timeline import AFTERMATH, DAY, Event, Moment, start_of, timeline
from tests.asked import an_order

START = datetime(2017, 3, 1, 10, 30, tzinfo=UTC)


def order(name: str, paid_at: datetime | None) -> NewOrder:
    paid = paid_at and paid_at.isoformat()
    placed = (paid_at or START).isoformat()
    asked = an_order(external_id=name, name=name, paid_at=paid, placed_at=placed)
    read = read_order(asked)
    assert isinstance(read, NewOrder), read
    return read


def outcome(name: str, shipped_at: datetime | None, supplier: str = "S1") -> Outcome:
    return Outcome(2, name, supplier, "shipped", START, None, shipped_at, None, None)


def of(event: Event, moments: tuple[Moment, ...]) -> list[Moment]:
    return [moment for moment in moments if moment.event is event]


def test_an_order_enters_at_the_moment_it_was_paid() -> None:
    later = START + timedelta(minutes=7)
    moments = timeline([order("#2", later), order("#1", START)], [])
    entries = of(Event.ENTRY, moments)
    assert [(each.at, each.orders[0].name) for each in entries] == [
        (START, "#1"),
        (later, "#2"),
    ]
    assert start_of([order("#1", START)]) == START.replace(hour=0, minute=0)


def test_an_order_never_paid_enters_when_it_was_placed() -> None:
    (entry,) = of(Event.ENTRY, timeline([order("#1", None)], []))
    assert entry.at == START


def test_orders_paid_at_the_same_moment_enter_together() -> None:
    (entry,) = of(Event.ENTRY, timeline([order("#1", START), order("#2", START)], []))
    assert [each.name for each in entry.orders] == ["#1", "#2"]


def test_every_day_ends_until_long_after_the_last_event() -> None:
    shipped = START + timedelta(days=9)
    ends = of(Event.DAY_END, timeline([order("#1", START)], [outcome("#1", shipped)]))
    assert all(after.at - before.at == DAY for before, after in pairwise(ends))
    assert ends[0].at == datetime(2017, 3, 2, tzinfo=UTC)
    assert timedelta(0) <= ends[-1].at - (shipped + AFTERMATH) < DAY


def test_suppliers_tell_their_news_at_the_end_of_the_day() -> None:
    orders = [order("#1", START), order("#2", START)]
    outcomes = [
        outcome("#1", START + timedelta(days=1), "S1"),
        outcome("#2", START + timedelta(days=1), "S2"),
    ]
    told = [moment for moment in timeline(orders, outcomes) if moment.news_of]
    assert [(each.at, each.news_of) for each in told] == [
        (datetime(2017, 3, 3, tzinfo=UTC), frozenset({"S1", "S2"}))
    ]


def test_what_was_recorded_before_the_order_came_is_told_with_the_answer() -> None:
    early = outcome("#1", START - timedelta(days=1))
    moments = timeline([order("#1", START)], [early])
    assert not any(moment.news_of for moment in moments)


def test_an_order_that_comes_as_the_day_ends_is_seen_to_at_once() -> None:
    midnight = datetime(2017, 3, 2, tzinfo=UTC)
    first, second, *_ = timeline([order("#1", midnight)], [])
    assert (first.at, first.event) == (midnight, Event.ENTRY)
    assert (second.at, second.event) == (midnight, Event.DAY_END)
