"""Sets a report aside, so that it holds nothing else back and nothing of it is lost."""

import hashlib
import json
import logging
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from erp.fulfilment.remarks import storable
from erp.fulfilment.set_aside.models import (
    LONGEST_REFERENCE,
    LONGEST_WHY,
    SetAsideReport,
)
from erp.fulfilment.set_aside.writing import written
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from erp.orders.history import note
from erp.orders.redaction import heard_late
from suppliers.contract import PurchaseReport
from suppliers.models import Supplier

log = logging.getLogger(__name__)


def set_aside(
    session: Session,
    supplier: Supplier,
    report: PurchaseReport,
    error: Exception,
    now: datetime,
) -> None:
    """Keep a report that could not be applied; told again, it is counted only."""
    kept, digest = _known(session, supplier, report)
    if kept is not None:
        kept.times_heard, kept.last_heard_at = kept.times_heard + 1, now
        return
    reference = storable(report.reference, LONGEST_REFERENCE)
    about = _locked(session, supplier, reference)
    row = SetAsideReport(
        supplier_id=supplier.id or 0,
        purchase_order_id=about.purchase.id if about else None,
        reference=reference,
        digest=digest,
        report=json.loads(written(report)),
        why=reason_of(error),
        heard_at=now,
        last_heard_at=now,
    )
    session.add(row)
    log.warning("set aside supplier=%s reference=%s", supplier.code, reference)
    if about is not None:
        facts = {"reference": reference, "supplier": supplier.code}
        note(session, about.order, "report_set_aside", now, **facts)
        heard_late(session, [about.purchase.order_id], now)


def reason_of(error: Exception) -> str:
    """What a report broke; of the database's words, those without our statement."""
    said = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return storable(str(said) or type(said).__name__, LONGEST_WHY)


def _known(
    session: Session, supplier: Supplier, report: PurchaseReport
) -> tuple[SetAsideReport | None, str]:
    digest = hashlib.sha256(written(report).encode()).hexdigest()
    query = select(SetAsideReport).where(
        col(SetAsideReport.supplier_id) == supplier.id,
        col(SetAsideReport.digest) == digest,
    )
    return session.exec(query).first(), digest


def _locked(session: Session, supplier: Supplier, reference: str) -> Dossier | None:
    """What it is about; its order is held fast, lest it be taken for over meanwhile."""
    about = dossiers(session, [reference]).get(reference)
    if about is None or about.purchase.supplier_id != supplier.id:
        return None
    return about
