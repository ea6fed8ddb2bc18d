"""The trade of a filled store: what was delivered, came back, or waits for a human."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from erp.fulfilment import returns
from erp.fulfilment.invoicing.lifecycle import LineKind
from erp.fulfilment.invoicing.matching import Tolerance
from erp.fulfilment.invoicing.registering import Invoice, InvoiceLine, register
from erp.fulfilment.lifecycle import CostBearer, PurchaseStatus, ReturnReason
from erp.fulfilment.models import Attempt, AttemptOutcome
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.incoming import NewOrder, read_order
from erp.orders.models import Order
from suppliers.contract import (
    ParcelReport,
    PurchaseReport,
    RejectReason,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from tests.asked import an_order, asked_line
from tests.factories import make_order, make_purchase_order, make_supplier

BY = "owner@shop.example"
PAST_ORDERS = 32
DAY = timedelta(days=1)


def live_through(session: Session, now: datetime) -> None:
    """Delivered orders of the last weeks; supplier S1 turned late."""
    for number in range(PAST_ORDERS):
        placed = now - timedelta(days=24 - number * 0.6)
        code = "S1" if number % 2 else "S2"
        order = make_order(
            session,
            (("A" if number % 2 else "B", 2, 1900), ("C", 1, 2400)),
            name=f"#{2000 + number}",
            next_step=None,
            placed_at=placed,
            paid_at=placed,
            received_at=placed,
        )
        given = {"created_at": placed, "sent_at": placed, "attempts": 1}
        supplier = make_supplier(session, code)
        purchase = make_purchase_order(
            session, order, supplier, PurchaseStatus.SENT, **given
        )
        lines = ["A" if number % 2 else "B", "C"]
        hours = 70 if code == "S1" and number > 12 else 20
        report = _delivered(purchase.reference, code, lines, placed, hours, now)
        apply_reports(session, [report], min(placed + 6 * DAY, now))


def _delivered(
    reference: str,
    code: str,
    skus: list[str],
    placed: datetime,
    hours: int,
    now: datetime,
) -> PurchaseReport:
    shipped, delivered = placed + timedelta(hours=hours), placed + 5 * DAY
    scans = [
        ScanReport(ScanKind.PICKED_UP, shipped, "Leeds"),
        ScanReport(ScanKind.DELIVERED, delivered, "London"),
    ]
    contents = tuple((f"{code}-{sku}", 1 if sku == "C" else 2) for sku in skus)
    return PurchaseReport(
        reference=reference,
        supplier_reference=f"{code}/{reference}",
        status=ReportedStatus.ACCEPTED,
        acknowledged_at=placed + timedelta(hours=2),
        ship_by=placed + 2 * DAY,
        deliver_by=placed + 7 * DAY,
        parcels=(
            ParcelReport(
                "1",
                "UPS",
                f"1Z{reference}",
                contents,
                tuple(scan for scan in scans if scan.at <= now),
            ),
        ),
    )


def return_some(session: Session, now: datetime) -> None:
    """One return in each state."""
    query = select(Order).where(col(Order.status) == "delivered")
    orders = session.exec(query.order_by(col(Order.id)).limit(5)).all()
    made = []
    for order in orders:
        line_id = next(iter(returns.returnable_units(session, order)))
        reason = ReturnReason.DEFECTIVE
        words = "arrived with a broken foot"
        made.append(
            returns.request(session, order, {line_id: 1}, reason, words, now, by=BY)
        )
    for each in made[1:4]:
        returns.authorise(session, each, now, by=BY)
    for each in made[2:4]:
        returns.receive(session, each, now, by=BY)
    returns.settle(
        session,
        made[3],
        refund_cents=1900,
        supplier_credit_cents=800,
        cost_bearer=CostBearer.SUPPLIER,
        now=now,
        by=BY,
    )
    returns.refuse(session, made[4], "used for months", now, by=BY)


def leave_in_doubt(session: Session, now: datetime) -> None:
    """Purchase orders that want a decision or wait, each for a reason of its own."""
    for number, (status, code, note) in enumerate(
        (
            (PurchaseStatus.UNKNOWN, "S2", "the answer was lost: read timed out"),
            (PurchaseStatus.UNKNOWN, "S2", "the answer was lost: read timed out"),
            (PurchaseStatus.NEEDS_ATTENTION, "S4", "12 attempts and no answer"),
            (PurchaseStatus.QUEUED, "S3", ""),
            (PurchaseStatus.CANCELLING, "S1", ""),
            (PurchaseStatus.ACCEPTED, "S1", ""),
        )
    ):
        at = {"placed_at": now - DAY, "paid_at": now - DAY, "received_at": now - DAY}
        name = f"#{3000 + number}"
        order = make_order(session, (("A", 1, 1900),), name=name, next_step=None, **at)
        purchase = make_purchase_order(
            session,
            order,
            make_supplier(session, code),
            status,
            reference=f"PO-{number + 1}",
            note=note,
            attempts=1,
            created_at=now - DAY,
            ship_by=now - timedelta(hours=2),
        )
        session.add(
            Attempt(
                purchase_order_id=purchase.id or 0,
                number=1,
                started_at=now - DAY,
                ended_at=now - DAY + timedelta(seconds=20),
                outcome=AttemptOutcome.AMBIGUOUS,
                detail=note,
            )
        )
    reject_one(session, now)


def bill_some(session: Session, now: datetime) -> None:
    """Invoices over PO-6: one that matches, and one that bills it again, and more."""
    supplier = make_supplier(session, "S1")
    for number, sku, cents in (("A-1", "S1-A", 500), ("=B-2", "S1-A", 640)):
        lines = (
            InvoiceLine(LineKind.ITEM, 1, cents, sku, "PO-6"),
            InvoiceLine(LineKind.ITEM, 2, 90, "ODD", "PO-0"),
            InvoiceLine(LineKind.SHIPPING, 1, 250),
        )
        billed = lines[: 1 if number == "A-1" else 3]
        whole = sum(each.cents for each in billed)
        made = Invoice(number, "USD", (now - DAY).date(), whole, billed)
        register(session, supplier.id or 0, made, now, tolerance=Tolerance())


def reject_one(session: Session, now: datetime) -> None:
    """An order whose supplier said no in its own words."""
    rejected = make_order(
        session, (("B", 1, 1900),), name="#3010", next_step=None, placed_at=now - DAY
    )
    supplier = make_supplier(session, "S2")
    make_purchase_order(
        session, rejected, supplier, PurchaseStatus.SENT, reference="PO-10"
    )
    no = PurchaseReport(
        reference="PO-10",
        supplier_reference="x",
        status=ReportedStatus.REJECTED,
        reason=RejectReason.INVENTORY_OUT_OF_STOCK,
        note="sold out since this morning",
    )
    apply_reports(session, [no], now)


def held_orders(now: datetime) -> Iterator[NewOrder]:
    """Orders as a shop sends them, each with something wrong with it."""
    wrong: dict[str, dict[str, Any]] = {
        "#4000": {"payment": "pending", "paid_at": None},
        "#4001": {"payment": "pending", "paid_at": None},
        "#4002": {"risk": "high"},
        "#4003": {"risk": "high"},
        "#4004": {"lines": [asked_line(sku="GONE")]},
        "#4005": {"lines": [asked_line(sku="X")]},
        "#4006": {"lines": [asked_line(unit_price="3.00")], "total": "3.00"},
        "#4007": {"paid_at": (now - 9 * DAY).isoformat()},
        "#4008": {"ship_to": {"name": "Ada Lovelace", "country": "GB"}},
        "#4009": {"email": "twice@example.com"},
        "#4010": {"email": "Twice@example.com"},
        "#4011": {"risk": "high", "payment": "pending", "paid_at": None},
        "#4012": {"lines": [asked_line(quantity=900)], "total": "9000.00"},
    }
    for name, changes in wrong.items():
        at = (now - timedelta(hours=1)).isoformat()
        given = {
            "name": name,
            "external_id": name,
            "placed_at": at,
            "paid_at": at,
            "email": f"ada{name[1:]}@example.com",
            "ship_to": an_order()["ship_to"] | {"address1": f"{name[1:]} Long Street"},
        }
        order = read_order(an_order(**(given | changes)))
        assert isinstance(order, NewOrder), order
        yield order
