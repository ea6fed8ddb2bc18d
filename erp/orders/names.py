"""Customers' names as they are looked for: by how any of their words begins.

Words are kept without accents and in small letters, each beside its contact, so that an
index finds "gar" in "María García" and "O'Garra" alike, whatever the script.
"""

import re
from collections.abc import Iterable
from typing import Any
from unicodedata import combining, normalize

from sqlalchemy import ColumnElement, and_, delete, exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from config.upsert import table_of
from erp.orders.models import LONGEST_WORD, Contact, ContactWord

# letters that are not written as another one with an accent, and yet typed as it
PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)

WORD = re.compile(r"\w+")


def words_of(name: str) -> list[str]:
    """The words of a name as they are kept, each once."""
    plain = name.casefold()
    if not plain.isascii():
        spread = normalize("NFKD", plain)
        bare = "".join(letter for letter in spread if not combining(letter))
        plain = bare.translate(PLAIN)
    return sorted({word[:LONGEST_WORD] for word in WORD.findall(plain)})


def remember(session: Session, contacts: Iterable[tuple[int, str]]) -> None:
    """Keep the words of new contacts' names."""
    rows = [
        {"contact_id": contact_id, "word": word}
        for contact_id, name in contacts
        for word in words_of(name)
    ]
    if rows:
        session.connection().execute(_ADD, rows)


def renew(session: Session, contact: Contact) -> None:
    """Keep the words of a changed name, and forget those of the one before."""
    assert contact.id is not None
    its_own = col(ContactWord.contact_id) == contact.id
    session.execute(delete(ContactWord).where(its_own))
    remember(session, [(contact.id, contact.name)])


def is_called(contact_id: Any, text: str) -> ColumnElement[bool] | None:
    """Joins a contact to a word of its name if each word of a text begins one.

    None for a text without words, which is nobody's name.
    """
    words = sorted(words_of(text), key=len, reverse=True)
    if not words:
        return None
    tests = [col(ContactWord.contact_id) == contact_id]
    tests.append(begins(col(ContactWord.word), words[0]))
    for word in words[1:]:
        other = aliased(ContactWord)
        is_same = col(other.contact_id) == contact_id
        tests.append(exists().where(is_same, begins(col(other.word), word)))
    return and_(*tests)


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """A prefix test that an ordinary index serves."""
    return and_(column >= text, column < text + "\U0010ffff")


_ADD = table_of(ContactWord).insert()
