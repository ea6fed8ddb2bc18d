"""Visits are counted as rows: the count holds over processes and restarts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from erp.fulfilment.page_links.models import PageVisits
from erp.fulfilment.page_links.visits import (
    WINDOW,
    by_link,
    count_visit,
    forget_visits,
    from_address,
)
from tests.factories import NOW


def _visit(sessions, visitor="link 1", at=NOW):
    with sessions.writing() as session:
        return count_visit(session, visitor, at)


def test_visits_of_a_window_add_up_and_the_next_begins_anew(both_sessions):
    assert [_visit(both_sessions) for _ in range(3)] == [1, 2, 3]
    assert _visit(both_sessions, "link 2") == 1
    assert _visit(both_sessions, at=NOW + WINDOW - timedelta(seconds=1)) == 4
    assert _visit(both_sessions, at=NOW + WINDOW) == 1


def test_visits_at_the_same_moment_are_all_counted(both_sessions):
    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(lambda _: _visit(both_sessions), range(40)))
    assert sorted(counted) == list(range(1, 41))


def test_closed_windows_are_forgotten(sessions):
    _visit(sessions, "old", NOW - WINDOW)
    _visit(sessions, "new")
    with sessions.writing() as session:
        assert forget_visits(session, NOW) == 1
        assert session.exec(select(PageVisits.visitor)).all() == ["new"]


@pytest.mark.parametrize(
    ("address", "visitor"),
    [
        ("203.0.113.7", "from 203.0.113.7"),
        ("::ffff:203.0.113.7", "from 203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "from 2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "from 2001:db8:1:2::"),
        ("", "from nowhere"),
    ],
)
def test_a_visitor_is_known_by_address_or_home_network(address, visitor):
    assert from_address(address) == visitor


def test_links_and_addresses_are_counted_apart():
    assert by_link(7) == "link 7"
