"""Rows for tests: each call names only what matters to the test."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select

from erp.accounts.models import Account, ApiToken, Role, Scope
from erp.fulfilment.lifecycle import DEAD, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.kpis.measures import shares
from erp.orders.guards import Customer
from erp.orders.lifecycle import LineStatus, NextStep, OrderStatus
from erp.orders.likeness import Likeness, items_of, likeness
from erp.orders.models import (
    Channel,
    Contact,
    Order,
    OrderLine,
    Payment,
    Risk,
)
from erp.orders.names import remember
from inventory.models import Offer, Product
from suppliers.models import Supplier

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)
Row = TypeVar("Row", bound=SQLModel)


def _kept(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def make_channel(session: Session, code: str = "web") -> Channel:
    known = session.get(Channel, code)
    return known or _kept(session, Channel(code=code, name=code.title()))


def make_supplier(session: Session, code: str = "S1", **given: object) -> Supplier:
    known = session.exec(select(Supplier).where(col(Supplier.code) == code)).first()
    if known:
        return known
    values = {"name": f"Supplier {code}", "currency": "USD", "created_at": NOW} | given
    return _kept(session, Supplier(code=code, **values))


def make_product(session: Session, sku: str = "A", **given: object) -> Product:
    known = session.exec(select(Product).where(col(Product.sku) == sku)).first()
    values = {"title": f"Product {sku}", "created_at": NOW} | given
    return known or _kept(session, Product(sku=sku, **values))


def make_offer(
    session: Session, product: Product, supplier: Supplier, **given: object
) -> Offer:
    values: dict[str, object] = {
        "supplier_sku": f"{supplier.code}-{product.sku}",
        "unit_cost_cents": 500,
        "currency": supplier.currency,
        "quantity": 10,
        "as_of": NOW,
    }
    row = Offer(product_id=product.id, supplier_id=supplier.id, **(values | given))
    return _kept(session, row)


def make_contact(session: Session, **given: object) -> Contact:
    values = {
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "address1": "12 Analytical Street",
        "city": "London",
        "postal_code": "N1 1AA",
        "country": "GB",
    } | given
    contact = _kept(session, Contact(**values))
    remember(session, [(contact.id, contact.name)])
    return contact


def make_order(
    session: Session,
    lines: tuple[tuple[str, int, int], ...] = (("A", 1, 1000),),
    *,
    named_supplier: str | None = None,
    **given: object,
) -> Order:
    """A paid order of (SKU, quantity, unit price) lines, waiting to be checked."""
    number = next(_numbers)
    subtotal = sum(quantity * price for _, quantity, price in lines)
    channel = make_channel(session, str(given.pop("channel", "web")))
    contact = given.pop("contact", None) or make_contact(session)
    values: dict[str, object] = {
        "external_id": f"ext-{number}",
        "name": f"#{1000 + number}",
        "status": OrderStatus.RECEIVED,
        "next_step": NextStep.CHECK,
        "payment": Payment.PAID,
        "risk": Risk.LOW,
        "currency": "USD",
        "subtotal_cents": subtotal,
        "total_cents": subtotal,
        "placed_at": NOW - timedelta(hours=1),
        "paid_at": NOW - timedelta(hours=1),
        "received_at": NOW,
    } | given
    order = Order(channel=channel.code, contact_id=contact.id, **values)
    alike = _likeness(contact, lines, order.subtotal_cents)
    order.email_key, order.door_key = alike.email_key, alike.door_key
    _kept(session, order)
    _add_lines(session, order, lines, named_supplier)
    return order


def _add_lines(
    session: Session,
    order: Order,
    lines: tuple[tuple[str, int, int], ...],
    named_supplier: str | None,
) -> None:
    """The order's discount lies on its lines, by their goods."""
    goods = [quantity * price for _, quantity, price in lines]
    discounts = shares(order.discount_cents, goods)
    for position, (sku, quantity, price) in enumerate(lines, start=1):
        product = session.exec(select(Product).where(col(Product.sku) == sku)).first()
        session.add(
            OrderLine(
                order_id=order.id,
                position=position,
                sku=sku,
                product_id=product.id if product else None,
                title=f"Product {sku}",
                quantity=quantity,
                unit_price_cents=price,
                discount_cents=discounts[position - 1],
                named_supplier=named_supplier,
                status=LineStatus.OPEN,
            )
        )
    session.flush()


def _likeness(
    contact: Contact, lines: tuple[tuple[str, int, int], ...], subtotal_cents: int
) -> Likeness:
    customer = Customer(
        contact.email,
        contact.name,
        contact.address1,
        contact.city,
        contact.postal_code,
        contact.country,
    )
    items = items_of((sku, quantity) for sku, quantity, _ in lines)
    return likeness(customer, items, subtotal_cents)


def order_lines(session: Session, order: Order) -> list[OrderLine]:
    return list(
        session.exec(
            select(OrderLine)
            .where(col(OrderLine.order_id) == order.id)
            .order_by(col(OrderLine.position))
        )
    )


def make_purchase_order(
    session: Session,
    order: Order,
    supplier: Supplier,
    status: PurchaseStatus = PurchaseStatus.QUEUED,
    *,
    lines: list[OrderLine] | None = None,
    **given: object,
) -> PurchaseOrder:
    """A purchase order for lines of an order (default: all), at 500 cents a unit."""
    chosen = order_lines(session, order) if lines is None else lines
    units = sum(line.quantity for line in chosen)
    values: dict[str, object] = {
        "reference": f"P-{next(_numbers)}",
        "currency": supplier.currency,
        "items_cost_cents": 500 * units,
        "order_fee_cents": 0,
        "shipping_cost_cents": 0,
        "rate_millionths": 1_000_000,
        "due_at": NOW if status is PurchaseStatus.QUEUED else None,
        "created_at": NOW,
    } | given
    purchase = PurchaseOrder(
        order_id=order.id, supplier_id=supplier.id, status=status, **values
    )
    _kept(session, purchase)
    for line in chosen:
        _add_purchase_line(session, purchase, line, supplier)
        if status not in DEAD:
            line.status = LineStatus.ALLOCATED
    session.flush()
    return purchase


def _add_purchase_line(
    session: Session, purchase: PurchaseOrder, line: OrderLine, supplier: Supplier
) -> None:
    product = make_product(session, line.sku)
    offer = session.exec(
        select(Offer).where(
            col(Offer.product_id) == product.id, col(Offer.supplier_id) == supplier.id
        )
    ).first() or make_offer(session, product, supplier)
    line.product_id = product.id
    session.add(
        PurchaseOrderLine(
            purchase_order_id=purchase.id,
            order_line_id=line.id,
            offer_id=offer.id,
            is_live=purchase.status not in DEAD,
            supplier_sku=offer.supplier_sku,
            quantity=line.quantity,
            unit_cost_cents=500,
        )
    )


def make_account(
    session: Session, email: str = "owner@example.com", role: Role = Role.OWNER
) -> Account:
    """An account nobody can sign in to: its password hash matches nothing."""
    return _kept(
        session,
        Account(
            email=email,
            name=email.partition("@")[0],
            role=role,
            password_hash="!",
            gets_alerts=True,
            created_at=NOW,
        ),
    )


def make_token(
    session: Session,
    secret: str = "erp_test_secret",
    scope: Scope = Scope.WRITE,
    supplier: Supplier | None = None,
) -> ApiToken:
    return _kept(
        session,
        ApiToken(
            name="test",
            prefix=secret[:8],
            token_hash=hashlib.sha256(secret.encode()).hexdigest(),
            scope=scope,
            supplier_id=supplier.id if supplier else None,
            created_at=NOW,
            created_by="test",
        ),
    )
