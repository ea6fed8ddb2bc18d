"""A past of random trade with some suppliers, for figures to be counted from."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, select

from erp.fulfilment.invoicing.lifecycle import InvoiceStatus, LineKind
from erp.fulfilment.invoicing.models import SupplierInvoice, SupplierInvoiceLine
from erp.fulfilment.lifecycle import Overdue, PurchaseStatus, Remark
from erp.fulfilment.models import (
    Decision,
    PurchaseOrder,
    PurchaseOrderLine,
    Scan,
    Shipment,
)
from inventory.models import Offer
from suppliers.contract import RejectReason, ScanKind
from tests.factories import make_order, make_purchase_order, make_supplier

P = PurchaseStatus
SUPPLIERS = ("S1", "S2", "S3")
SKUS = ("A", "B", "C")
# as suppliers write them: known, strange, or not told at all
CARRIERS = (
    *("UPS", "UPSN", " ups   (Ground)", "u-p-s", "Upstream", "Fed-Ex® 2Day", "FDEG"),
    *("Österreichische Post AG", "דואר ישראל", "Bob's van", "<UPS>", "100%_UPS"),
    *("DHL\tExpress", "Royal Mail", "DPD\u00a0UK", "", " ", "n/a", "?", "Unknown"),
)
NUMBERS = ("1Z5R89390357567127", "17", "1Z-9 <b>", "", "-", "N/A")


def trade(session: Session, now: datetime, *, seed: int, orders: int = 90) -> None:
    """Purchase orders of the last 60 days, in every state they can be in."""
    chance = Random(seed)
    for number in range(orders):
        skus = chance.sample(SKUS, chance.randint(1, 2))
        order = make_order(session, tuple((s, chance.randint(1, 3), 900) for s in skus))
        supplier = make_supplier(session, chance.choice(SUPPLIERS))
        created_at = now - _span(chance, 60)
        status = chance.choice(list(P))
        given = _past(chance, status, created_at, now)
        purchase = make_purchase_order(
            session, order, supplier, status, created_at=created_at, **given
        )
        lines = session.exec(
            select(PurchaseOrderLine).where(
                PurchaseOrderLine.purchase_order_id == purchase.id
            )
        ).all()
        for line in lines:
            taken = chance.choice([None, line.quantity, chance.randint(0, 3)])
            line.accepted_quantity = (
                None if taken is None else min(taken, line.quantity)
            )
        _decide(session, chance, purchase, lines)
        _ship(session, chance, purchase, now)
        _bill(session, chance, purchase, lines, now, number)
    for offer in session.exec(select(Offer)).all():
        offer.unit_cost_cents = chance.choice([None, 480, 500, 530])


def _span(chance: Random, days: float) -> timedelta:
    whole = timedelta(days=days) // timedelta(microseconds=1)
    return timedelta(microseconds=chance.randint(1, whole))


def _past(
    chance: Random, status: PurchaseStatus, created_at: datetime, now: datetime
) -> dict[str, Any]:
    def later(at: datetime | None, days: float) -> datetime | None:
        if at is None or chance.random() < 0.2:
            return None
        found = at + _span(chance, days)
        return found if found < now else None

    sent_at = later(created_at, 1)
    acknowledged_at = later(sent_at, 2)
    handed_over_at = later(acknowledged_at, 6)
    is_dead = status in (P.REJECTED, P.CANCELLED)
    reason = chance.choice([None, *RejectReason])
    return {
        "sent_at": sent_at,
        "acknowledged_at": acknowledged_at,
        "acknowledge_by": sent_at and chance.choice([None, sent_at + _span(chance, 2)]),
        "ship_by": sent_at and chance.choice([None, sent_at + _span(chance, 6)]),
        "handed_over_at": None if is_dead else handed_over_at,
        "delivered_at": None if is_dead else later(handed_over_at, 9),
        "ended_at": created_at + _span(chance, 3) if is_dead else None,
        "reason": reason if is_dead or chance.random() < 0.3 else None,
        "remark": chance.choice([None, Remark.CANCELLED_BY_HAND]) if is_dead else None,
        "cancels_order": chance.random() < 0.1,
        "overdue": chance.choice([None, None, *Overdue]),
    }


def _decide(
    session: Session, chance: Random, purchase: PurchaseOrder, lines: Any
) -> None:
    """What the feed showed when it was chosen; of some nothing was noted."""
    for early in (timedelta(hours=1), timedelta(0), -timedelta(hours=1)):
        noted = [line for line in lines if chance.random() < 0.7]
        verdicts = [
            {
                "line_id": line.order_line_id,
                "offer_id": line.offer_id,
                "free_quantity": chance.choice([None, 0, 4]),
            }
            for line in noted
        ]
        session.add(
            Decision(
                order_id=purchase.order_id,
                made_at=purchase.created_at - early,
                outcome="routed",
                record={"verdicts": verdicts},
            )
        )


def _ship(
    session: Session, chance: Random, purchase: PurchaseOrder, now: datetime
) -> None:
    for number in range(chance.randint(0, 2)):
        labelled_at = purchase.created_at + _span(chance, 3)
        shipped_at = labelled_at + _span(chance, 4) - timedelta(hours=6)
        seen = chance.random() < 0.7
        parcel = Shipment(
            purchase_order_id=purchase.id,
            shipment_id=f"{purchase.reference}-{number}",
            carrier=chance.choice(CARRIERS),
            tracking_number=chance.choice(NUMBERS),
            status=ScanKind.IN_TRANSIT if seen else ScanKind.LABEL_CREATED,
            shipped_at=shipped_at if seen else None,
        )
        session.add(parcel)
        session.flush()
        if chance.random() < 0.8:
            for at in (labelled_at, labelled_at + timedelta(minutes=5)):
                kind = ScanKind.LABEL_CREATED
                session.add(Scan(shipment_id=parcel.id, kind=kind, at=at))


def _bill(
    session: Session,
    chance: Random,
    purchase: PurchaseOrder,
    lines: Any,
    now: datetime,
    number: int,
) -> None:
    if chance.random() < 0.5:
        return
    invoice = SupplierInvoice(
        supplier_id=purchase.supplier_id,
        number=f"I{number}",
        currency=chance.choice(["USD", "USD", "EUR"]),
        issued_on=date(2026, 3, 1),
        total_cents=1,
        status=chance.choice(list(InvoiceStatus)),
        entered_at=now - _span(chance, 60),
        entered_by="supplier",
    )
    session.add(invoice)
    session.flush()
    for position, line in enumerate([*lines, lines[0]], 1):
        known = chance.random() < 0.9
        session.add(
            SupplierInvoiceLine(
                invoice_id=invoice.id,
                position=position,
                kind=chance.choice([LineKind.ITEM, LineKind.ITEM, LineKind.TAX]),
                purchase_reference=purchase.reference,
                purchase_order_id=purchase.id,
                supplier_sku=line.supplier_sku if known else "ODD",
                quantity=chance.randint(1, 3),
                unit_cost_cents=chance.choice([490, 500, 520]),
            )
        )
