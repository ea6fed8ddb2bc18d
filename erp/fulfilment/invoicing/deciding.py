"""What an operator decides about an invoice. Every decision can be taken back."""

from datetime import datetime

from sqlmodel import Session

from erp.accounts.audit import note
from erp.fulfilment.invoicing.comparing import comparison_of, judge_others
from erp.fulfilment.invoicing.lifecycle import (
    NEXT_INVOICE,
    Difference,
    InvoiceStatus,
)
from erp.fulfilment.invoicing.matching import Tolerance
from erp.fulfilment.invoicing.models import SupplierInvoice
from erp.fulfilment.lifecycle import check_move

DECIDED = (InvoiceStatus.ACCEPTED, InvoiceStatus.DISPUTED)


class NotAcceptable(ValueError):
    """An invoice that cannot count: it is in another currency than was agreed."""


def is_outdated(invoice: SupplierInvoice) -> bool:
    """What it bills changed after a human decided about it."""
    return invoice.status in DECIDED and invoice.changed_at is not None


def moves_of(invoice: SupplierInvoice) -> frozenset[InvoiceStatus]:
    """What may be decided; what was decided before a change, once more."""
    again = {invoice.status} if is_outdated(invoice) else set()
    return NEXT_INVOICE[invoice.status] | again


def accept(
    session: Session, invoice: SupplierInvoice, words: str, now: datetime, *, by: str
) -> None:
    """Take it as it is: from now on what it bills is what it cost.

    Raises NotAcceptable for another currency than agreed, MoveError if it has moved on.
    """
    found = comparison_of(session, invoice).found
    if any(each.kind is Difference.CURRENCY for each in found):
        raise NotAcceptable(invoice.number)
    _decide(session, invoice, InvoiceStatus.ACCEPTED, words, now, by)


def dispute(
    session: Session,
    invoice: SupplierInvoice,
    words: str,
    now: datetime,
    *,
    tolerance: Tolerance,
    by: str,
) -> None:
    """The supplier is to explain or correct it. Raises MoveError if it has moved on."""
    _decide(session, invoice, InvoiceStatus.DISPUTED, words, now, by)
    judge_others(session, invoice, tolerance, now)


def reject(
    session: Session,
    invoice: SupplierInvoice,
    words: str,
    now: datetime,
    *,
    tolerance: Tolerance,
    by: str,
) -> None:
    """It is not paid, and what it bills may be billed again. Raises MoveError."""
    _decide(session, invoice, InvoiceStatus.REJECTED, words, now, by)
    judge_others(session, invoice, tolerance, now)


def _decide(
    session: Session,
    invoice: SupplierInvoice,
    then: InvoiceStatus,
    words: str,
    now: datetime,
    by: str,
) -> None:
    check_move(invoice.status, then, moves_of(invoice))
    invoice.status = then
    invoice.changed_at = None
    invoice.note = words
    invoice.decided_at = now
    invoice.decided_by = by
    action, subject = f"invoice_{then}", invoice.number
    note(session, now, actor=by, action=action, subject=subject, detail=words)
    session.flush()
