"""What an operator does with a letter: has read it, says what it is about."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, update
from sqlmodel import Session, col

from erp.accounts import audit
from erp.fulfilment.letters.models import UNREAD_FIRST, SupplierLetter, place_of
from erp.fulfilment.letters.telling import take_letter
from erp.fulfilment.tracking.dossiers import dossiers


class NotAttached(ValueError):
    """The letter stays as it was; says why."""


class UnknownReference(NotAttached):
    """The letter's supplier has no such purchase order of ours."""


class AttachedAlready(NotAttached):
    """It is about another purchase order, by its own words or by somebody else's."""


def mark_read(
    session: Session, letter_ids: Sequence[int], now: datetime, *, by: str
) -> int:
    """A human has read them; how many were unread."""
    letter = SupplierLetter
    statement = update(letter).where(
        col(letter.id).in_(letter_ids), col(letter.read_at).is_(None)
    )
    done = session.execute(
        statement.values(
            read_at=now, read_by=by, place=col(letter.place) - UNREAD_FIRST
        )
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # of an UPDATE


def mark_unread(session: Session, letter_id: int) -> None:
    """Somebody else is to look at it."""
    letter = SupplierLetter
    place = col(letter.place)
    is_read = col(letter.read_at).is_not(None)
    session.execute(
        update(letter)
        .where(col(letter.id) == letter_id)
        .values(
            read_at=None,
            read_by="",
            place=case((is_read, place + UNREAD_FIRST), else_=place),
        )
    )


def attach(
    session: Session, letter_id: int, reference: str, now: datetime, *, by: str
) -> None:
    """Say which purchase order of its supplier a letter is about; it counts as read.

    It then stands on the order's timeline. Raises NotAttached.
    """
    found = dossiers(session, [reference]).get(reference)
    letter = session.get_one(
        SupplierLetter, letter_id, with_for_update=True, populate_existing=True
    )
    if letter.purchase_order_id is not None:
        raise AttachedAlready("it is about a purchase order already")
    if found is None or found.purchase.supplier_id != letter.supplier_id:
        raise UnknownReference(f"its supplier has no purchase order {reference}")
    letter.purchase_order_id = found.purchase.id
    letter.place = place_of(letter.received_at, is_read=True)
    letter.read_at, letter.read_by = letter.read_at or now, letter.read_by or by
    words = letter.text or letter.subject
    take_letter(session, found, words, now, is_returned=letter.is_returned, by=by)
    audit.note(session, now, actor=by, action="letter_attached", subject=reference)
