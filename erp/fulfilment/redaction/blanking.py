"""Where suppliers may have written a customer's address down, beside our own row of it.

Their words go wherever they stand; figures, references and tracking numbers stay.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlmodel import Session, SQLModel, col

from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.lifecycle import Remark
from erp.fulfilment.models import Attempt, PurchaseOrder, Return, Scan, Shipment
from erp.fulfilment.redaction.letters import blank_letters
from erp.fulfilment.set_aside.models import SetAsideReport
from erp.orders.models import Order
from erp.orders.redaction import redact_contacts
from suppliers.dialects.email.sending import laid_down
from suppliers.models import Supplier, SupplierOutage

SHORTEST = 4  # of what is looked for in other words: less than that names nobody
GONE = "…"


def redact_orders(
    session: Session, orders: Sequence[Order], outbox: Path, now: datetime, *, by: str
) -> None:
    """Blank the customers of these orders, and every word that may name them."""
    if not orders:
        return
    order_ids = [order.id or 0 for order in orders]
    asked = _purchases(session, order_ids)
    ids = [row.id for row in asked]
    # Letters before timelines, as by all who touch both: else two wait for each other.
    blank_letters(session, col(SupplierLetter.purchase_order_id).in_(ids), now)
    taken = redact_contacts(session, orders, now, by=by)
    _blank(session, Return, col(Return.order_id).in_(order_ids), note="")
    its_own = or_(
        col(PurchaseOrder.remark).is_(None),
        col(PurchaseOrder.remark) != Remark.CANCELLED_BY_HAND,
    )  # then it says who of us did it
    _blank(session, PurchaseOrder, col(PurchaseOrder.id).in_(ids) & its_own, note="")
    _blank(session, Attempt, col(Attempt.purchase_order_id).in_(ids), detail="")
    parcels = select(col(Shipment.id)).where(col(Shipment.purchase_order_id).in_(ids))
    _blank(session, Scan, col(Scan.shipment_id).in_(parcels), place="")
    aside = col(SetAsideReport.purchase_order_id).in_(ids)
    _blank(session, SetAsideReport, aside, report={}, why="")
    _mask(session, {row.supplier_id for row in asked}, taken)
    _forget_mails(outbox, asked)


def _purchases(session: Session, order_ids: Collection[int]) -> Sequence[Any]:
    query = (
        select(
            col(PurchaseOrder.id),
            col(PurchaseOrder.reference),
            col(PurchaseOrder.supplier_id),
            col(Supplier.code),
        )
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(col(PurchaseOrder.order_id).in_(order_ids))
        .order_by(col(PurchaseOrder.id))
    )
    return session.execute(query).all()


def _blank(
    session: Session,
    table: type[SQLModel],
    which: ColumnElement[bool],
    **values: object,
) -> None:
    statement = update(table).where(which).values(**values)
    session.execute(statement.execution_options(synchronize_session=False))


def _mask(
    session: Session, supplier_ids: Collection[int], taken: Collection[str]
) -> None:
    """A supplier's last error and its outages belong to no order, and may quote one."""
    names = sorted((each for each in taken if len(each) >= SHORTEST), key=len)[::-1]
    suppliers = select(Supplier).where(
        col(Supplier.id).in_(supplier_ids), col(Supplier.last_error) != ""
    )
    for supplier in session.scalars(suppliers):
        supplier.last_error = _masked(supplier.last_error, names)
    outages = select(SupplierOutage).where(
        col(SupplierOutage.supplier_id).in_(supplier_ids),
        col(SupplierOutage.detail) != "",
    )
    for outage in session.scalars(outages):
        outage.detail = _masked(outage.detail, names)


def _masked(words: str, names: Sequence[str]) -> str:
    for name in names:
        words = re.sub(re.escape(name), GONE, words, flags=re.IGNORECASE)
    return words


def _forget_mails(outbox: Path, asked: Sequence[Any]) -> None:
    """Without a mail server, mails to suppliers are files in the outbox."""
    by_supplier: dict[str, list[str]] = defaultdict(list)
    for row in asked:
        by_supplier[row.code].append(row.reference)
    for code, references in by_supplier.items():
        for path in laid_down(outbox, code, references):
            path.unlink(missing_ok=True)
