"""A supplier's scorecard, counted the slow way from the raw rows."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from sqlmodel import col, select

from erp.fulfilment.invoicing.lifecycle import InvoiceStatus, LineKind
from erp.fulfilment.invoicing.models import SupplierInvoice, SupplierInvoiceLine
from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import (
    Decision,
    PurchaseOrder,
    PurchaseOrderLine,
    Scan,
    Shipment,
)
from erp.fulfilment.overview.scorecards.card import Scorecard
from erp.fulfilment.overview.scorecards.causes import OF_REASON, Cause
from erp.fulfilment.overview.scorecards.costs import Variance
from erp.fulfilment.overview.scorecards.counted import Span
from erp.fulfilment.overview.scorecards.figures import Share
from erp.fulfilment.overview.scorecards.moments import Times
from erp.fulfilment.parcel_carriers.recognising import tracking
from inventory.models import Offer
from suppliers.contract import ScanKind
from suppliers.models import Supplier
from tests.factories import NOW

SPAN = Span(NOW - timedelta(days=30), NOW)
EXCUSED = {Cause.ADDRESS, Cause.BUYER, Cause.STORE}
DEAD = {PurchaseStatus.REJECTED, PurchaseStatus.CANCELLED}


def within(at):
    return at is not None and SPAN.since < at <= SPAN.until


@dataclass
class Books:
    """All rows of one supplier, to be counted by hand."""

    supplier: Supplier
    purchases: list[PurchaseOrder]
    lines: dict[int, list[PurchaseOrderLine]]
    parcels: dict[int, list[tuple[Shipment, list[Scan]]]]
    decisions: dict[int, list[Decision]]
    billed: list[tuple[SupplierInvoice, SupplierInvoiceLine]]
    offers: dict[int, Offer]

    def sent(self):
        return [each for each in self.purchases if within(each.sent_at)]

    def asked(self):
        return [each for each in self.purchases if within(asked_at(each))]

    def closed(self):
        return [
            each
            for each in self.purchases
            if asked_at(each) and within(each.ended_at or each.handed_over_at)
        ]

    def closed_lines(self):
        return [(p, line) for p in self.closed() for line in self.lines[p.id]]


def asked_at(purchase):
    rejected = purchase.status is PurchaseStatus.REJECTED
    return purchase.sent_at or (purchase.ended_at if rejected else None)


def cause(purchase):
    if purchase.cancels_order:
        return Cause.BUYER
    if purchase.reason in OF_REASON:
        return OF_REASON[purchase.reason]
    if purchase.overdue:
        return Cause.SUPPLIER
    if purchase.remark is Remark.CANCELLED_BY_HAND:
        return Cause.STORE
    return Cause.UNKNOWN if purchase.ended_at else Cause.SUPPLIER


def is_filled(purchase, line):
    taken = line.accepted_quantity
    whole = taken is None or taken >= line.quantity
    return purchase.ended_at is None and whole


def times(lengths, missing):
    if not lengths:
        return Times(missing=missing)
    ordered = sorted(lengths)
    number = len(ordered)
    return Times(
        number,
        ordered[ceil(number / 2) - 1],
        ordered[ceil(number * 9 / 10) - 1],
        missing,
    )


def by_hand(books: Books) -> Scorecard:
    return Scorecard(
        asked=len(books.asked()),
        acknowledgement=acknowledgement(books),
        within_clock=within_clock(books),
        on_time=on_time(books),
        first_scan=first_scan(books),
        trackable=trackable(books),
        filled=filled(books, set()),
        filled_adjusted=filled(books, EXCUSED),
        ended=dict(
            Counter((p.status, cause(p)) for p in books.asked() if p.status in DEAD)
        ),
        phantom_stock=phantoms(books),
        billed=billed(books),
        feed=feed(books),
        to_hand_over=lead(books, "handed_over_at"),
        to_delivery=lead(books, "delivered_at"),
    )


def acknowledgement(books):
    told = [p for p in books.sent() if p.acknowledged_at]
    rest = [p for p in books.sent() if not p.acknowledged_at and not p.ended_at]
    return times([p.acknowledged_at - p.sent_at for p in told], len(rest))


def within_clock(books):
    known = [
        p
        for p in books.sent()
        if p.acknowledge_by
        and (p.acknowledged_at or (p.acknowledge_by < NOW and not p.ended_at))
    ]
    good = [p for p in known if p.acknowledged_at]
    good = [p for p in good if p.acknowledged_at <= p.acknowledge_by]
    unknown = [p for p in books.sent() if not p.acknowledge_by]
    return Share(len(good), len(known), len(unknown))


def on_time(books):
    alive = [p for p in books.purchases if not p.ended_at]
    due = [
        p
        for p in alive
        if p.ship_by
        and p.ship_by > SPAN.since
        and (p.ship_by < NOW or (p.handed_over_at and p.handed_over_at <= NOW))
    ]
    good = [p for p in due if p.handed_over_at and p.handed_over_at <= p.ship_by]
    unknown = [p for p in alive if within(p.sent_at) and not p.ship_by]
    return Share(len(good), len(due), len(unknown))


def first_scan(books):
    lengths, missing = [], 0
    for purchase in books.purchases:
        for parcel, scans in books.parcels.get(purchase.id, ()):
            labels = [s.at for s in scans if s.kind is ScanKind.LABEL_CREATED]
            label = min(labels, default=None)
            if label is None:
                continue
            if parcel.shipped_at is None:
                missing += within(label)
            elif within(parcel.shipped_at) and label <= parcel.shipped_at:
                lengths.append(parcel.shipped_at - label)
    return times(lengths, missing)


def trackable(books):
    met = [
        tracking(parcel.carrier, parcel.tracking_number)
        for parcels in books.parcels.values()
        for parcel, _ in parcels
        if within(parcel.shipped_at)
        and parcel.purchase_order_id in {p.id for p in books.purchases}
    ]
    told = [each for each in met if each.is_told]
    good = [each for each in told if each.page]
    return Share(len(good), len(told), len(met) - len(told))


def filled(books, excused):
    lines = [
        (p, line)
        for p, line in books.closed_lines()
        if is_filled(p, line) or cause(p) not in excused
    ]
    return Share(sum(is_filled(*each) for each in lines), len(lines))


def phantoms(books):
    good, missing = 0, 0
    for purchase, line in books.closed_lines():
        took_a_part = not purchase.ended_at and purchase.reason is None
        took_a_part = took_a_part and not purchase.cancels_order
        short = cause(purchase) is Cause.STOCK or took_a_part
        if is_filled(purchase, line) or not short:
            continue
        showed = None
        for decision in books.decisions[purchase.order_id]:
            for verdict in decision.record["verdicts"]:
                is_it = (verdict["line_id"], verdict["offer_id"]) == (
                    line.order_line_id,
                    line.offer_id,
                )
                if is_it and decision.made_at <= purchase.created_at:
                    showed = verdict["free_quantity"]
        missing += showed is None
        good += bool(showed)
    return Share(good, len(books.closed_lines()) - missing, missing)


def billed(books):
    by = agreed = known = missing = 0
    currencies = {p.id: p.currency for p in books.purchases}
    for invoice, line in books.billed:
        if line.kind is not LineKind.ITEM or not within(invoice.entered_at):
            continue
        if invoice.status is InvoiceStatus.REJECTED:
            continue
        costs = [
            each.unit_cost_cents
            for each in books.lines[line.purchase_order_id]
            if each.supplier_sku == line.supplier_sku
        ]
        if not costs or invoice.currency != currencies[line.purchase_order_id]:
            missing += 1
            continue
        known += 1
        by += line.quantity * (line.unit_cost_cents - costs[0])
        agreed += line.quantity * costs[0]
    return Variance(by, agreed, known, missing)


def feed(books):
    by = agreed = known = missing = 0
    for purchase in books.asked():
        for line in books.lines[purchase.id]:
            cost = books.offers[line.offer_id].unit_cost_cents
            if cost is None:
                missing += 1
                continue
            known += 1
            by += line.quantity * (cost - line.unit_cost_cents)
            agreed += line.quantity * line.unit_cost_cents
    return Variance(by, agreed, known, missing)


def lead(books, name):
    over = [p for p in books.purchases if p.sent_at and within(getattr(p, name))]
    rest = [p for p in books.sent() if not getattr(p, name) and not p.ended_at]
    return times([getattr(p, name) - p.sent_at for p in over], len(rest))


def grouped(rows: Any, key: Any) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def books_of(session, supplier) -> Books:
    every = select(PurchaseOrder).where(PurchaseOrder.supplier_id == supplier.id)
    purchases = list(session.exec(every))
    scans = grouped(session.exec(select(Scan)), lambda scan: scan.shipment_id)
    parcels = [(s, scans.get(s.id, [])) for s in session.exec(select(Shipment))]
    invoices = select(SupplierInvoice, SupplierInvoiceLine).where(
        col(SupplierInvoice.id) == col(SupplierInvoiceLine.invoice_id),
        SupplierInvoice.supplier_id == supplier.id,
    )
    decisions = session.exec(select(Decision).order_by(col(Decision.id)))
    return Books(
        supplier,
        purchases,
        grouped(session.exec(select(PurchaseOrderLine)), lambda x: x.purchase_order_id),
        grouped(parcels, lambda parcel: parcel[0].purchase_order_id),
        grouped(decisions, lambda decision: decision.order_id),
        list(session.exec(invoices)),
        {offer.id: offer for offer in session.exec(select(Offer))},
    )
