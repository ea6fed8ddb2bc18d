"""Keeps what suppliers write: each letter once, on the timeline of what it is about."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from erp.fulfilment.letters.models import (
    LONGEST_ID,
    LONGEST_LINE,
    LONGEST_TEXT,
    SupplierLetter,
    place_of,
)
from erp.fulfilment.letters.telling import take_letter
from erp.fulfilment.letters.words import remember
from erp.fulfilment.remarks import storable
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from suppliers.contract import Letter

Told = Sequence[tuple[int, Letter]]  # with the id of the supplier who wrote it


def keep_letters(session: Session, told: Told, now: datetime) -> int:
    """Keep the letters that are new; how many they were."""
    new = _new(session, told)
    if not new:
        return 0
    session.flush()  # what else this transaction learned is not to be read as it was
    references = [letter.reference for _, letter in new if letter.reference]
    found = dossiers(session, references) if references else {}
    rows = []
    for supplier_id, letter in new:
        dossier = _about(found, supplier_id, letter)
        rows.append(_row(supplier_id, letter, dossier, now))
        if dossier is not None:
            words, is_returned = letter.text or letter.subject, letter.is_returned
            take_letter(session, dossier, words, now, is_returned=is_returned)
    session.add_all(rows)
    session.flush()
    remember(session, rows)
    return len(new)


def _new(session: Session, told: Told) -> list[tuple[int, Letter]]:
    """Those not kept yet, each once: a folder may be read from its beginning again."""
    by_key = {(each[0], _key(each[1])): each for each in reversed(told)}
    if not by_key:
        return []
    kept = session.exec(
        select(SupplierLetter.supplier_id, SupplierLetter.letter_id).where(
            col(SupplierLetter.letter_id).in_([key for _, key in by_key])
        )
    )
    for row in kept:
        by_key.pop((row[0], row[1]), None)
    return list(reversed(by_key.values()))


def _about(
    found: Mapping[str, Dossier], supplier_id: int, letter: Letter
) -> Dossier | None:
    """The purchase order a letter names, if it is its writer's own."""
    dossier = found.get(letter.reference)
    if dossier is None or dossier.purchase.supplier_id != supplier_id:
        return None
    return dossier


def _row(
    supplier_id: int, letter: Letter, dossier: Dossier | None, now: datetime
) -> SupplierLetter:
    is_read = letter.is_understood and dossier is not None
    return SupplierLetter(
        supplier_id=supplier_id,
        purchase_order_id=dossier.purchase.id if dossier else None,
        letter_id=_key(letter),
        sender=storable(letter.sender, LONGEST_LINE),
        subject=storable(letter.subject, LONGEST_LINE),
        text=storable(letter.text, LONGEST_TEXT),
        is_returned=letter.is_returned,
        received_at=letter.received_at,
        place=place_of(letter.received_at, is_read=is_read),
        kept_at=now,
        read_at=now if is_read else None,
    )


def _key(letter: Letter) -> str:
    """By what it is known again; a long one by its digest."""
    plain = storable(letter.letter_id, len(letter.letter_id))
    if len(plain) <= LONGEST_ID:
        return plain
    return hashlib.sha256(plain.encode()).hexdigest()
