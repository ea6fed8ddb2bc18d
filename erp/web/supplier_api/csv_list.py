"""What a supplier has to ship, as a file, written as its options declare."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response
from sqlmodel import Session

from erp.fulfilment.answering.listing import to_cancel, to_ship
from erp.web.api.problems import problem
from suppliers.contract import PurchaseRequest
from suppliers.dialects.csvfeed.options import Options, OrderFile
from suppliers.dialects.csvfeed.rows.orders import purchase_orders_file
from suppliers.models import Supplier
from suppliers.options import fitting

BY_FILES = "csvfeed"  # the kind whose options say what the file looks like


@dataclass(frozen=True, slots=True)
class OpenOnes:
    """All open purchase orders of a supplier, and how it wants them written."""

    declared: OrderFile
    to_ship: Sequence[PurchaseRequest]
    to_cancel: Sequence[str]


def open_ones(session: Session, supplier_id: int) -> OpenOnes:
    """Raises ValueError in words if its options do not fit."""
    supplier = session.get_one(Supplier, supplier_id)
    declared = OrderFile(takes_cancellations=True)
    if supplier.kind == BY_FILES:
        declared = fitting(Options, supplier.options).orders
    wanted_back = to_cancel(session, supplier_id)
    return OpenOnes(
        declared,
        to_ship(session, supplier_id),
        wanted_back if declared.takes_cancellations else [],
    )


def csv_of(found: OpenOnes) -> Response:
    try:
        file = purchase_orders_file(found.declared, found.to_ship, found.to_cancel)
    except UnicodeEncodeError:
        lacking = f"its encoding {found.declared.encoding} lacks characters of an order"
        return problem(409, lacking)
    answer = Response(file)
    answer.headers["Content-Type"] = f"text/csv; charset={found.declared.encoding}"
    answer.headers["Content-Disposition"] = 'attachment; filename="purchase-orders.csv"'
    return answer
