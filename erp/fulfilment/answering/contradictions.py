"""What an answer may not say, given what was said before: in words for the supplier.

What was said stands; saying it again is no contradiction.
"""

from collections import Counter
from collections.abc import Iterable

from erp.fulfilment.answering.answers import (
    Accept,
    AcceptPart,
    Answer,
    AnswerCancel,
    Reject,
    Ship,
    accepted_units,
    ordered_units,
)
from erp.fulfilment.lifecycle import DEAD, PurchaseStatus, Remark
from erp.fulfilment.tracking.dossiers import Dossier, Parcel
from erp.fulfilment.tracking.parcels import units_moved
from suppliers.contract import ParcelReport

P = PurchaseStatus


class Contradiction(ValueError):
    """An answer that cannot stand beside what was said before; nothing was changed."""


def check(dossier: Dossier, answer: Answer) -> None:
    """Raises Contradiction, in words the supplier can act on."""
    match answer:
        case Accept():
            _check_accept(dossier)
        case AcceptPart():
            _check_accept_part(dossier, Counter(answer.units))
        case Reject():
            _check_reject(dossier)
        case Ship():
            _check_ship(dossier, answer.parcel)
        case AnswerCancel():
            _check_answer_cancel(dossier, answer)


def _check_accept(dossier: Dossier) -> None:
    _check_open(dossier)
    if accepted_units(dossier) != ordered_units(dossier):
        raise Contradiction(
            "it was accepted in part: what was given up is bought elsewhere"
        )


def _check_accept_part(dossier: Dossier, units: Counter[str]) -> None:
    _check_open(dossier)
    _check_known(dossier, units)
    if not units.total():
        raise Contradiction("nothing of it is accepted: reject it, with a reason")
    stands, packed = accepted_units(dossier), _packed(dossier.parcels.values(), dossier)
    for sku, most in stands.items():
        if units[sku] > most:
            raise Contradiction(f"{sku}: {most} at most, not {units[sku]}")
        if units[sku] < packed[sku]:
            raise Contradiction(
                f"{sku}: {packed[sku]} are in parcels already, not {units[sku]}"
            )


def _check_reject(dossier: Dossier) -> None:
    shipped, _ = units_moved(dossier)
    if shipped and dossier.purchase.status not in DEAD:
        raise Contradiction(
            "some of it was shipped: what will not come is told by a part acceptance"
        )


def _check_ship(dossier: Dossier, told: ParcelReport) -> None:
    """A parcel of a purchase order that had ended is news, too, and is taken."""
    units: Counter[str] = Counter()
    for sku, each in told.contents:
        units[sku] += each
    _check_known(dossier, units)
    known = dossier.parcels.get(told.shipment_id)
    if known is None and not units:
        raise Contradiction("a new parcel: say what is in it")
    if known is not None and units:
        _check_same(_packed([known], dossier), units)
    has_ended = dossier.purchase.status in DEAD
    may = Counter(ordered_units(dossier) if has_ended else accepted_units(dossier))
    others = [each for each in dossier.parcels.values() if each is not known]
    may.subtract(_packed(others, dossier))
    for sku, each in units.items():
        if each > may[sku]:
            raise Contradiction(
                f"{sku}: {max(may[sku], 0)} are left to be shipped, not {each}"
            )


def _check_same(known: Counter[str], units: Counter[str]) -> None:
    for sku, each in known.items():
        if units[sku] < each:
            raise Contradiction(f"{sku}: this parcel holds {each}, as told before")


def _check_answer_cancel(dossier: Dossier, answer: AnswerCancel) -> None:
    purchase = dossier.purchase
    if purchase.status is P.CANCELLING:
        return
    if purchase.status in DEAD and answer.is_cancelled:
        return
    if purchase.remark is Remark.NOT_CANCELLED and not answer.is_cancelled:
        return
    if purchase.status in DEAD:
        raise Contradiction(f"it was {purchase.status.value}: it cannot go on")
    raise Contradiction("nobody asks to cancel it")


def _check_open(dossier: Dossier) -> None:
    status = dossier.purchase.status
    if status in DEAD:
        raise Contradiction(f"it was {status.value}: what it asked for is free again")
    if status is P.CANCELLING:
        raise Contradiction("we ask to cancel it: answer that first")


def _check_known(dossier: Dossier, units: Iterable[str]) -> None:
    known = ordered_units(dossier)
    for sku in units:
        if sku not in known:
            raise Contradiction(f"{sku} is not in this purchase order")


def _packed(parcels: Iterable[Parcel], dossier: Dossier) -> Counter[str]:
    """Units in parcels, by supplier SKU."""
    skus = {line.id: line.supplier_sku for line in dossier.lines}
    found: Counter[str] = Counter()
    for parcel in parcels:
        for line_id, units in parcel.contents.items():
            found[skus[line_id]] += units
    return found
