"""Letters as they are looked for: by how the words of sender and subject begin."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, select
from sqlmodel import Session, col

from config.upsert import table_of
from erp.fulfilment.letters.models import LetterWord, SupplierLetter
from erp.orders.names import begins, words_of

MOST_WORDS = 40  # of one letter; no subject a human writes has more


def remember(session: Session, letters: Sequence[SupplierLetter]) -> None:
    """Keep the words of new letters."""
    rows = [
        {"letter_id": letter.id, "word": word}
        for letter in letters
        for word in words_of(f"{letter.sender} {letter.subject}")[:MOST_WORDS]
    ]
    if rows:
        session.connection().execute(table_of(LetterWord).insert(), rows)


def forget(session: Session, letter_ids: Sequence[int]) -> None:
    """The words of letters that are blanked."""
    session.execute(delete(LetterWord).where(col(LetterWord.letter_id).in_(letter_ids)))


def letters_with(word: str) -> Select[Any]:
    """Ids of the letters a word of which begins so."""
    return select(col(LetterWord.letter_id)).where(begins(col(LetterWord.word), word))


def has(word: str) -> ColumnElement[bool]:
    """The same as a test of one letter."""
    is_its = col(LetterWord.letter_id) == col(SupplierLetter.id)
    return exists().where(is_its, begins(col(LetterWord.word), word))
