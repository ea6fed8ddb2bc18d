"""A list read page by page shows every row once, in either direction."""

import pytest
from sqlmodel import col, select

from config.paging import Order, count, page
from erp.orders import models
from tests.factories import make_order


@pytest.fixture
def names(sessions):
    """Seven orders placed at the same moment: only the id tells them apart."""
    with sessions.writing() as session:
        return [make_order(session).name for _ in range(7)]


BY_MOMENT = Order(col(models.Order.placed_at), col(models.Order.id))
QUERY = select(col(models.Order.name))


def _names(found):
    return [row[0] for row in found.rows]


def test_pages_forward_show_every_row_once(sessions, names):
    seen, mark = [], None
    with sessions.reading() as session:
        while True:
            found = page(session, QUERY, BY_MOMENT, mark, size=3)
            seen += _names(found)
            mark = found.after
            if mark is None:
                break
    assert seen == names[::-1]


def test_the_way_back_shows_the_page_one_came_from(sessions, names):
    with sessions.reading() as session:
        first = page(session, QUERY, BY_MOMENT, None, size=3)
        second = page(session, QUERY, BY_MOMENT, first.after, size=3)
        again = page(session, QUERY, BY_MOMENT, second.before, size=3)
    assert _names(again) == _names(first)
    assert first.before is None
    assert again.before is None
    assert again.after == first.after


def test_a_rising_list_is_read_the_other_way_round(sessions, names):
    rising = Order(col(models.Order.name), col(models.Order.id), descending=False)
    with sessions.reading() as session:
        first = page(session, QUERY, rising, None, size=4)
        second = page(session, QUERY, rising, first.after, size=4)
    assert _names(first) + _names(second) == sorted(names)


@pytest.mark.parametrize(
    "mark",
    [
        "x",
        "a",
        "a1",
        "a1~never",
        "z1~2026-01-01",
        "a1~2026-01-01T00:00:00",
        "a-1~",
        "a" + "9" * 30 + "~2026-01-01T00:00:00+00:00",
    ],
)
def test_a_mark_that_makes_no_sense_is_the_first_page(sessions, names, mark):
    with sessions.reading() as session:
        found = page(session, QUERY, BY_MOMENT, mark, size=3)
    assert _names(found) == names[:3:-1]


def test_counting_stops_at_its_limit(sessions, names):
    with sessions.reading() as session:
        assert count(session, QUERY, limit=7).is_exact
        some = count(session, QUERY, limit=6)
    assert (some.number, some.is_exact) == (6, False)
