"""What a supplier said by mail or telephone, as an operator enters it.

It counts as if the supplier had told us itself; the order's timeline and the audit
trail say who entered it. What was known already is neither told nor written again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from erp.accounts import audit
from erp.fulfilment.answering.answers import (
    Accept,
    AcceptPart,
    Answer,
    AnswerCancel,
    Reject,
    Ship,
)
from erp.fulfilment.answering.taking import take
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.page_links.delays import tell_delay
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from erp.orders.history import note
from erp.orders.lifecycle import MoveError

TIMES = "\N{MULTIPLICATION SIGN}"


class Said(StrEnum):
    """What a supplier said, in one word."""

    ACCEPTED = "accepted"
    PART = "part"
    REJECTED = "rejected"
    PARCEL = "parcel"
    CANCELLED = "cancelled"
    GOES_ON = "goes_on"
    LATER = "later"


def enter(
    session: Session, purchase: PurchaseOrder, answer: Answer, now: datetime, *, by: str
) -> bool:
    """Take the supplier's answer; whether it told anything new.

    Raises Contradiction if it cannot stand beside what was said before, and MoveError
    if the supplier was not handed the purchase order.
    """
    before = _state(_read(session, purchase))
    if take(session, purchase.supplier_id, purchase.reference, answer, now) is None:
        raise MoveError(f"no supplier was handed {purchase.reference}")
    dossier = _read(session, purchase)
    if _state(dossier) == before:
        return False
    said, particulars = _in_short(answer)
    note(
        session,
        dossier.order,
        "answer_entered",
        now,
        actor=by,
        reference=purchase.reference,
        supplier=dossier.supplier,
        answer=said.value,
        particulars=particulars,
    )
    _audit(session, purchase, said, particulars, now, by)
    return True


def enter_delay(
    session: Session,
    purchase: PurchaseOrder,
    ship_by: datetime,
    now: datetime,
    *,
    by: str,
) -> bool:
    """The supplier names a later day of hand-over; whether that is news."""
    is_news = tell_delay(session, purchase, ship_by, now, actor=by)
    if is_news:
        _audit(session, purchase, Said.LATER, ship_by.date().isoformat(), now, by)
    return is_news


def _read(session: Session, purchase: PurchaseOrder) -> Dossier:
    return dossiers(session, [purchase.reference])[purchase.reference]


def _state(dossier: Dossier) -> tuple[object, ...]:
    """All that an answer may change."""
    return dossier.purchase.model_dump(), dossier.lines, dossier.parcels


def _in_short(answer: Answer) -> tuple[Said, str]:
    """What was said, and what about: numbers and names as they were typed."""
    match answer:
        case Accept(theirs):
            return Said.ACCEPTED, theirs
        case AcceptPart(units):
            return Said.PART, _listed(units)
        case Reject():
            return Said.REJECTED, ""
        case Ship(parcel):
            told = [parcel.carrier, parcel.tracking_number]
            inside = _listed(parcel.contents)
            named = [each for each in told if each] + [f"({inside})"] * bool(inside)
            return Said.PARCEL, " ".join(named)
        case AnswerCancel(is_cancelled):
            return (Said.CANCELLED if is_cancelled else Said.GOES_ON), ""


def _listed(units: Mapping[str, int] | Iterable[tuple[str, int]]) -> str:
    pairs = units.items() if isinstance(units, Mapping) else units
    return ", ".join(f"{each} {TIMES} {sku}" for sku, each in pairs if each)


def _audit(
    session: Session,
    purchase: PurchaseOrder,
    said: Said,
    particulars: str,
    now: datetime,
    by: str,
) -> None:
    audit.note(
        session,
        now,
        actor=by,
        action="answer_entered",
        subject=purchase.reference,
        detail=f"{said.value} {particulars}".strip(),
    )
