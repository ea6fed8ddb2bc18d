"""A customer whose name and address were written down wherever they can be."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, select

from config.database import Sessions
from erp.accounts.models import AuditEntry
from erp.fulfilment.attachments.models import Attachment
from erp.fulfilment.letters.models import SupplierLetter, place_of
from erp.fulfilment.letters.words import remember
from erp.fulfilment.lifecycle import PurchaseStatus, ReturnReason, ReturnStatus
from erp.fulfilment.models import (
    Attempt,
    AttemptOutcome,
    PurchaseOrder,
    Return,
    Scan,
    Shipment,
)
from erp.fulfilment.redaction.redacting import PrivacyRules
from erp.fulfilment.set_aside.models import SetAsideReport, Standing
from erp.migrations.tables import metadata
from erp.orders.history import note
from erp.orders.incoming import NewOrder, read_order
from erp.orders.intake import accept_many
from erp.orders.lifecycle import HoldReason, LineStatus, OrderStatus
from erp.orders.models import Contact, Hold, Order
from suppliers.contract import ScanKind
from suppliers.health import OpenedBecause
from suppliers.models import SupplierOutage
from tests.asked import an_order
from tests.factories import (
    NOW,
    make_channel,
    make_product,
    make_purchase_order,
    make_supplier,
    order_lines,
)

SHIP_TO = {
    "name": "Zoë Äpfelbaum",
    "company": "Äpfelbaum Cider",
    "address1": "77 Blossom Terrace",
    "address2": "Rear Orchard",
    "city": "Ledbury",
    "postal_code": "HR8 2ZZ",
    "province": "Herefordshire",
    "phone": "+44 1531 555 0199",
    "country": "GB",
}
EMAIL = "zoe@cider.example"
NAMES = frozenset(
    {text.casefold() for what, text in SHIP_TO.items() if what != "country"}
    | {EMAIL, "zoe", "apfelbaum", "blossom", "0199"}
)
LATER = NOW + timedelta(days=401)
WORDS = f"{SHIP_TO['name']}, {SHIP_TO['address1']}, {SHIP_TO['phone']}, {EMAIL}"
# Accounting papers, which a store must keep as they are.
MAY_STAY = {"attachment.name"}


def rules(outbox: Path, **days: int) -> PrivacyRules:
    given = {"contacts": 400, "letters": 400} | days
    spans = {name: timedelta(days=n) if n else None for name, n in given.items()}
    return PrivacyRules(**spans, outbox=outbox)


def take_in(session: Session, now: datetime = NOW, **changes: object) -> Order:
    """An order as a channel sends it, with this customer's address."""
    make_channel(session)
    make_product(session)
    new = read_order(an_order(email=EMAIL, ship_to=SHIP_TO, **changes))
    assert isinstance(new, NewOrder), new
    (accepted,) = accept_many(session, [new], now)
    return session.get_one(Order, accepted.order_id)


def finish(session: Session, order: Order) -> PurchaseOrder:
    """Bought, delivered, and over."""
    purchase = make_purchase_order(
        session,
        order,
        make_supplier(session),
        PurchaseStatus.DELIVERED,
        supplier_reference="T-1",
        delivered_at=NOW,
    )
    for line in order_lines(session, order):
        line.status = LineStatus.DELIVERED
    order.status, order.next_step = OrderStatus.DELIVERED, None
    session.flush()
    return purchase


def finished_order(store: Sessions, **given: object) -> int:
    with store.writing() as session:
        order = take_in(session, **given)
        finish(session, order)
        return order.id or 0


def contact_of(store: Sessions, order_id: int) -> Contact:
    with store.reading() as session:
        found = session.get_one(Contact, session.get_one(Order, order_id).contact_id)
        session.expunge(found)
    return found


def is_redacted(store: Sessions, order_id: int) -> bool:
    return contact_of(store, order_id).redacted_at is not None


def write_down(session: Session, purchase: PurchaseOrder) -> None:
    """What others say names the customer, in every place that keeps their words."""
    order = session.get_one(Order, purchase.order_id)
    supplier = make_supplier(session)
    purchase.note = supplier.last_error = WORDS
    facts = {"supplier": "S1", "note": WORDS, "detail": WORDS}
    note(session, order, "purchase_rejected", NOW, reference="P", **facts)
    wrote = letter(purchase, sender=WORDS, subject=WORDS, text=WORDS)
    session.add_all(
        [
            wrote,
            Hold(
                order_id=order.id,
                reason=HoldReason.SUPPLIER_REJECTED,
                facts=facts,
                opened_at=NOW,
                closed_at=NOW,
            ),
            Attempt(
                purchase_order_id=purchase.id,
                number=1,
                started_at=NOW,
                outcome=AttemptOutcome.AMBIGUOUS,
                detail=WORDS,
            ),
            make_return(order, ReturnStatus.SETTLED, note=WORDS),
            set_aside(purchase, report={"parcels": [{"note": WORDS}]}, why=WORDS),
            SupplierOutage(
                supplier_id=supplier.id,
                since=NOW,
                because=OpenedBecause.FAILING,
                detail=WORDS,
            ),
            attached(purchase),
        ]
    )
    scan_somewhere(session, purchase)
    remember(session, [wrote])


def attached(purchase: PurchaseOrder) -> Attachment:
    return Attachment(
        supplier_id=purchase.supplier_id,
        purchase_order_id=purchase.id,
        sha256="0" * 64,
        name=f"{SHIP_TO['name']}.pdf",
        media_type="application/pdf",
        size_bytes=1,
        attached_at=NOW,
        attached_by="supplier",
    )


def scan_somewhere(session: Session, purchase: PurchaseOrder) -> None:
    parcel = Shipment(
        purchase_order_id=purchase.id, shipment_id="1", status=ScanKind.DELIVERED
    )
    session.add(parcel)
    session.flush()
    scan = Scan(shipment_id=parcel.id, kind=ScanKind.DELIVERED, at=NOW, place=WORDS)
    session.add(scan)
    session.flush()


def make_return(order: Order, status: ReturnStatus, **given: object) -> Return:
    return Return(
        reference=f"R{order.id}-{status}",
        order_id=order.id,
        status=status,
        reason=ReturnReason.OTHER,
        requested_at=NOW,
        **given,
    )


def letter(purchase: PurchaseOrder | None, **given: object) -> SupplierLetter:
    values = {
        "letter_id": f"<{given.get('received_at', NOW)}>",
        "sender": "orders@acme.test",
        "subject": "Re: your order",
        "text": WORDS,
        "received_at": NOW,
        "kept_at": given.get("received_at", NOW),
        "supplier_id": purchase.supplier_id if purchase else None,
        "purchase_order_id": purchase.id if purchase else None,
    }
    row = SupplierLetter(**(values | given), place=0)
    row.place = place_of(row.received_at, is_read=row.read_at is not None)
    return row


def set_aside(purchase: PurchaseOrder, **given: object) -> SetAsideReport:
    values = {
        "supplier_id": purchase.supplier_id,
        "purchase_order_id": purchase.id,
        "reference": purchase.reference,
        "digest": "1" * 64,
        "heard_at": NOW,
        "last_heard_at": NOW,
        "standing": Standing.DISMISSED,
    }
    return SetAsideReport(**(values | given))


def named_in(sessions: Sessions) -> set[str]:
    """Every column of every table in which any of the customer's words stands."""
    found = set()
    with sessions.reading() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                found |= {
                    f"{table.name}.{name}"
                    for name, value in row.items()
                    if _names_the_customer(value)
                }
    return found


def _names_the_customer(value: object) -> bool:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return isinstance(value, str) and any(name in value.casefold() for name in NAMES)


def audited(sessions: Sessions) -> list[tuple[str, str, str]]:
    with sessions.reading() as session:
        rows = session.exec(select(AuditEntry).order_by(AuditEntry.id))
        return [(row.actor, row.action, row.subject) for row in rows]
