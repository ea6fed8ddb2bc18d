"""What the pages ask about suppliers' letters: the list, one letter, what is unread."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from config import paging
from config.paging import Count, Page
from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.letters.words import has, letters_with
from erp.fulfilment.models import PurchaseOrder
from erp.orders.models import Order
from erp.orders.names import words_of
from suppliers.models import Supplier

LISTED = paging.Order(col(SupplierLetter.place), col(SupplierLetter.id))
EXPORT_LIMIT = 100_000
MOST_WORDS = 5  # of a search: further ones hardly narrow it
FEW = 2_000  # letters: so many are gathered and sorted in a few milliseconds


@dataclass(frozen=True, slots=True)
class LetterFilter:
    search: str = ""  # our reference, an order's number, or words of who and what
    supplier: str = ""  # a code
    purchase: str = ""  # our reference
    unread: bool = False
    lone: bool = False  # names no order
    returned: bool = False  # our own mail, which could not be delivered


@dataclass(frozen=True, slots=True)
class LetterRow:
    id: int
    supplier: str
    supplier_name: str
    reference: str | None
    sender: str
    subject: str
    is_returned: bool
    received_at: datetime
    is_read: bool
    is_redacted: bool


@dataclass(frozen=True, slots=True)
class LetterSheet:
    letter: SupplierLetter
    supplier: Supplier
    purchase: PurchaseOrder | None
    order: Order | None


ROWS: Select[*tuple[Any, ...]] = (
    select(
        col(SupplierLetter.id),
        col(Supplier.code).label("supplier"),
        col(Supplier.name).label("supplier_name"),
        col(PurchaseOrder.reference),
        col(SupplierLetter.sender),
        col(SupplierLetter.subject),
        col(SupplierLetter.is_returned),
        col(SupplierLetter.received_at),
        col(SupplierLetter.read_at).is_not(None).label("is_read"),
        col(SupplierLetter.redacted_at).is_not(None).label("is_redacted"),
    )
    .join(Supplier, col(Supplier.id) == col(SupplierLetter.supplier_id))
    .outerjoin(
        PurchaseOrder, col(PurchaseOrder.id) == col(SupplierLetter.purchase_order_id)
    )
)


def list_letters(
    session: Session, wanted: LetterFilter, mark: str | None = None
) -> tuple[Page[LetterRow], Count]:
    """One page of the letters that match, unread ones first; and how many there are."""
    tests = _tests(session, wanted)
    ids = select(col(SupplierLetter.id)).where(*tests)
    found = paging.page(session, ids, LISTED, mark)
    shown = [row[0] for row in found.rows]
    rows = {row.id: row for row in _rows(session, col(SupplierLetter.id).in_(shown))}
    page = Page([rows[each] for each in shown], found.before, found.after)
    return page, page.whole or paging.count(session, ids)


def export_letters(session: Session, wanted: LetterFilter) -> list[LetterRow]:
    """All letters that match, for a file."""
    return list(_rows(session, *_tests(session, wanted)))


def matching_ids(session: Session, wanted: LetterFilter, limit: int) -> list[int]:
    """The ids of the letters that match, for a command on all of them."""
    query = select(col(SupplierLetter.id)).where(*_tests(session, wanted))
    found = session.scalars(query.order_by(LISTED.key.desc()).limit(limit))
    return [letter_id or 0 for letter_id in found]


def find_letter(session: Session, letter_id: int) -> LetterSheet | None:
    found = session.get(SupplierLetter, letter_id)
    if found is None:
        return None
    about = found.purchase_order_id
    purchase = session.get_one(PurchaseOrder, about) if about else None
    return LetterSheet(
        letter=found,
        supplier=session.get_one(Supplier, found.supplier_id),
        purchase=purchase,
        order=session.get_one(Order, purchase.order_id) if purchase else None,
    )


def letters_about(session: Session, purchase: PurchaseOrder) -> Sequence[LetterRow]:
    """The letters about one purchase order, the newest first."""
    its_own = col(SupplierLetter.purchase_order_id) == purchase.id
    found = _rows(session, its_own)
    return sorted(found, key=lambda row: (row.received_at, row.id), reverse=True)


def unread_letters(session: Session) -> Count:
    """How many wait for a human: no program understood all of them."""
    is_unread = col(SupplierLetter.read_at).is_(None)
    return paging.count(session, select(col(SupplierLetter.id)).where(is_unread))


def has_letters(session: Session) -> bool:
    return session.scalars(select(col(SupplierLetter.id)).limit(1)).first() is not None


def _rows(session: Session, *tests: ColumnElement[bool]) -> Iterator[LetterRow]:
    query = ROWS.where(*tests).order_by(LISTED.key.desc(), LISTED.id.desc())
    for row in session.execute(query.limit(EXPORT_LIMIT)):
        given = dict(row._mapping)
        read, gone = bool(given.pop("is_read")), bool(given.pop("is_redacted"))
        yield LetterRow(**given, is_read=read, is_redacted=gone)


def _tests(session: Session, wanted: LetterFilter) -> list[ColumnElement[bool]]:
    letter = SupplierLetter
    tests: list[ColumnElement[bool]] = []
    if wanted.supplier:
        its_id = select(col(Supplier.id)).where(col(Supplier.code) == wanted.supplier)
        tests.append(col(letter.supplier_id) == its_id.scalar_subquery())
    if wanted.purchase:
        one = col(PurchaseOrder.reference) == wanted.purchase
        tests.append(_about(session.scalars(_purchases(one)).all()))
    if wanted.unread:
        tests.append(col(letter.read_at).is_(None))
    if wanted.lone:
        tests.append(col(letter.purchase_order_id).is_(None))
    if wanted.returned:
        tests.append(and_(col(letter.is_returned)))
    if wanted.search:
        tests += _found_by(session, wanted.search)
    return tests


def _found_by(session: Session, text: str) -> list[ColumnElement[bool]]:
    """The letters about what is named, if anything is; else those with all words."""
    orders = select(col(Order.id)).where(col(Order.name).in_((text, f"#{text}")))
    named = or_(
        col(PurchaseOrder.reference).in_((text, text.upper())),
        col(PurchaseOrder.order_id).in_(orders),
    )
    if purchases := session.scalars(_purchases(named)).all():
        return [_about(purchases)]
    words = sorted(words_of(text), key=len, reverse=True)[:MOST_WORDS]
    tests = [_with(session, word) for word in words]
    return tests or [col(SupplierLetter.id).is_(None)]


def _purchases(which: ColumnElement[bool]) -> Select[Any]:
    return select(col(PurchaseOrder.id)).where(which)


def _about(purchase_ids: Sequence[Any]) -> ColumnElement[bool]:
    return col(SupplierLetter.purchase_order_id).in_(purchase_ids)


def _with(session: Session, word: str) -> ColumnElement[bool]:
    """Few are gathered; many are met soon enough on the way through the list."""
    some = letters_with(word).limit(FEW + 1).subquery()
    number = session.execute(select(func.count()).select_from(some)).scalar_one()
    if number > FEW:
        return has(word)
    return col(SupplierLetter.id).in_(letters_with(word))
