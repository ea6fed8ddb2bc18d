"""Purchase orders that change once they are billed: their invoices are compared anew.

Whoever takes units from a purchase order notes it on its invoices, in the same
transaction. Soon after, those that nobody decided about are compared again. What a
human decided stands, and shows that it was decided before the change.
"""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from config.database import Sessions
from config.upsert import table_of
from erp.fulfilment.invoicing.comparing import UNJUDGED, comparison_of, judge
from erp.fulfilment.invoicing.lifecycle import InvoiceStatus
from erp.fulfilment.invoicing.matching import Tolerance
from erp.fulfilment.invoicing.models import SupplierInvoice, SupplierInvoiceLine

BATCH = 100  # invoices in one transaction


def note_change(session: Session, purchase_order_id: int, now: datetime) -> None:
    """Of what is agreed with a supplier, something was taken away."""
    row = {"purchase": purchase_order_id, "now": now}
    session.connection().execute(_NOTE, row)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether an invoice is to be compared anew."""
    return session.exec(_DUE.limit(1), params={"now": now}).first() is not None


def compare_some(sessions: Sessions, tolerance: Tolerance, now: datetime) -> int:
    """Compare anew what nobody decided about; how many invoices that were."""
    with sessions.writing() as session:
        claim = _DUE.limit(BATCH).with_for_update(skip_locked=True)
        due = session.exec(claim, params={"now": now}).all()
        for invoice in due:
            invoice.changed_at = None
            judge(invoice, comparison_of(session, invoice), tolerance, now)
    return len(due)


_INVOICE, _LINE = table_of(SupplierInvoice), table_of(SupplierInvoiceLine)
_NOTE = (
    _INVOICE.update()
    .where(
        _INVOICE.c.id.in_(
            select(_LINE.c.invoice_id).where(
                _LINE.c.purchase_order_id == bindparam("purchase")
            )
        ),
        _INVOICE.c.status != InvoiceStatus.REJECTED,
    )
    .values(changed_at=bindparam("now"))
)
_DUE = (
    select_rows(SupplierInvoice)
    .where(
        col(SupplierInvoice.changed_at) <= bindparam("now"),
        col(SupplierInvoice.status).in_(UNJUDGED),
    )
    .order_by(col(SupplierInvoice.changed_at), col(SupplierInvoice.id))
)
