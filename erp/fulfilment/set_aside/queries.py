"""What the pages show of reports that were set aside."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.set_aside.models import SetAsideReport, Standing
from suppliers.models import Supplier


class Kept(NamedTuple):
    """A report, whose it is, and the purchase order it is about, if there is one."""

    report: SetAsideReport
    supplier_code: str
    purchase_reference: str | None


def waiting_of_supplier(session: Session, supplier_id: int) -> Sequence[Kept]:
    """Those a human has yet to decide about, oldest first."""
    return _kept(session, SetAsideReport.supplier_id, supplier_id)


def waiting_of_purchase(session: Session, purchase_id: int) -> Sequence[Kept]:
    """The same of one purchase order."""
    return _kept(session, SetAsideReport.purchase_order_id, purchase_id)


def find(session: Session, report_id: int) -> Kept | None:
    """One of them, whatever was decided."""
    row = session.exec(_KEPT.where(col(SetAsideReport.id) == report_id)).first()
    return Kept(*row) if row else None


def waiting_by_supplier(session: Session) -> Sequence[tuple[str, int]]:
    """How many wait, by the code of the supplier who told them."""
    query = (
        select(Supplier.code, func.count())
        .join(SetAsideReport, col(SetAsideReport.supplier_id) == col(Supplier.id))
        .where(_WAITS)
        .group_by(col(Supplier.code))
        .order_by(col(Supplier.code))
    )
    return [(code, number) for code, number in session.exec(query)]


def _kept(session: Session, column: object, wanted: int) -> Sequence[Kept]:
    query = _KEPT.where(col(column) == wanted, _WAITS).limit(SHOWN)
    found = session.exec(query.order_by(col(SetAsideReport.id)))
    return [Kept(*row) for row in found]


SHOWN = 50  # at once: the next ones come up as these are decided
_WAITS = col(SetAsideReport.standing) == Standing.WAITING
_KEPT = (
    select(SetAsideReport, Supplier.code, PurchaseOrder.reference)
    .join(Supplier, col(Supplier.id) == col(SetAsideReport.supplier_id))
    .outerjoin(
        PurchaseOrder, col(PurchaseOrder.id) == col(SetAsideReport.purchase_order_id)
    )
)
