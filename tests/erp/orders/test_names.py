"""A customer is found by how any word of the name begins, however it is written."""

import pytest
from sqlmodel import col, select

from erp.orders import queries
from erp.orders.incoming import read_order
from erp.orders.intake import accept
from erp.orders.models import Contact, ContactWord
from erp.orders.names import renew, words_of
from erp.orders.search import OrderFilter
from tests.asked import an_order
from tests.factories import make_contact, make_order

NAMES = {
    "accents": ("María José García", "garcia", True),
    "accents as typed": ("Maria Garcia", "garcía", True),
    "any word, as it begins": ("Maria Garcia", "gar", True),
    "words in any order": ("Maria Garcia", "gar mar", True),
    "not the middle of a word": ("Maria Garcia", "arcia", False),
    "every word": ("Maria Garcia", "maria lopez", False),
    "apostrophe": ("Élodie O'Neil", "neil", True),
    "apostrophe as typed": ("Élodie O'Neil", "o'nei", True),
    "hyphen": ("Anne-Marie Weiß", "marie weiss", True),
    "letters without an accent": ("Søren Łukasz", "soren luk", True),
    "Hebrew": ("דוד בן־גוריון", "גורי", True),
    "Hebrew with its points": ("דָּוִד לוי", "דוד", True),
    "Arabic": ("أحمد عبد الله", "احمد", True),
    "Chinese": ("山田太郎", "山田", True),
    "wildcard": ("Maria Garcia", "%", False),
}


@pytest.mark.parametrize(("name", "typed", "is_found"), NAMES.values(), ids=NAMES)
def test_a_customer_is_found_by(both_sessions, name, typed, is_found):
    with both_sessions.writing() as session:
        make_order(session, contact=make_contact(session, name=name, email=""))
    with both_sessions.reading() as session:
        found = queries.list_orders(session, OrderFilter(search=typed)).rows
    assert [row.customer for row in found] == [name] * is_found


def test_words_may_stand_in_different_places(both_sessions):
    with both_sessions.writing() as session:
        ann = make_contact(session, name="Ann Lee", email="a@example.com")
        make_order(session, (("LAMP", 1, 100),), name="#1", contact=ann)
        make_order(session, (("RUG", 1, 100),), name="#2", contact=ann)
    with both_sessions.reading() as session:
        found = queries.list_orders(session, OrderFilter(search="lee RUG")).rows
    assert [row.name for row in found] == ["#2"]


def test_a_long_name_is_found_by_as_much_of_it_as_is_kept():
    assert words_of("x" * 100) == ["x" * 40]
    assert words_of("  ...  ") == []


def test_an_order_is_found_by_the_name_it_came_with_and_then_by_its_new_one(
    sessions, now
):
    with sessions.writing() as session:
        accept(session, _order_of("Ada Lovelace"), now)
    assert _words(sessions) == ["ada", "lovelace"]
    with sessions.writing() as session:
        accept(session, _order_of("Ada King"), now)
    assert _words(sessions) == ["ada", "king"]


def test_nothing_of_a_name_that_was_taken_away_is_left(sessions):
    with sessions.writing() as session:
        make_contact(session, name="Ada Lovelace")
        contact = session.exec(select(Contact)).one()
        contact.name = ""
        renew(session, contact)
    assert _words(sessions) == []


def _order_of(name):
    return read_order(an_order(ship_to=an_order()["ship_to"] | {"name": name}))


def _words(sessions):
    with sessions.reading() as session:
        query = select(ContactWord.word).order_by(col(ContactWord.word))
        return list(session.exec(query))
