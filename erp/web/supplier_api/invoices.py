"""From an invoice that a supplier sends to where it stands."""

from datetime import datetime

from sqlmodel import Session

from erp.fulfilment.answering.contradictions import Contradiction
from erp.fulfilment.invoicing.comparing import comparison_of
from erp.fulfilment.invoicing.incoming import NewInvoice, UnfitInvoice, invoice_of
from erp.fulfilment.invoicing.matching import Tolerance
from erp.fulfilment.invoicing.registering import InvoiceConflict, register
from erp.web.frame.context import erp
from erp.web.supplier_api.calls import Unfit
from erp.web.supplier_api.said import InvoiceAnswer


def take_invoice(
    session: Session, supplier_id: int, heard: NewInvoice, now: datetime
) -> InvoiceAnswer:
    """Raises Unfit for an amount that is none, Contradiction for a number in use."""
    tolerance = Tolerance.of(erp().settings.invoices)
    try:
        made = register(
            session, supplier_id, invoice_of(heard), now, tolerance=tolerance
        )
    except UnfitInvoice as error:
        first = error.problems[0]
        raise Unfit(_pointer(first.field), first.what) from error
    except InvoiceConflict as error:
        raise Contradiction(str(error)) from error
    found = comparison_of(session, made.invoice).differences(tolerance)
    return InvoiceAnswer(
        number=made.invoice.number,
        status=made.invoice.status,
        differences=[each.kind for each in found],
    )


def _pointer(field: str) -> str:
    """`lines[2].unit_cost` as JSON's own way to name it."""
    return "/" + field.replace("[", "/").replace("]", "").replace(".", "/")
