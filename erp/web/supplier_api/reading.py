"""From what a supplier said to what it means."""

from collections import Counter
from datetime import datetime, timedelta

from sqlmodel import Session

from config.money import MoneyError, to_cents
from erp.fulfilment.answering.answers import (
    Accept,
    AcceptPart,
    AnswerCancel,
    Reject,
    Ship,
)
from erp.web.supplier_api.calls import Unfit
from erp.web.supplier_api.heard import (
    Acknowledgement,
    CancellationAnswer,
    Parcel,
    PartAcceptance,
    Rejection,
    StockItem,
    StockList,
)
from erp.web.supplier_api.said import StockAnswer
from inventory.renewing import take_list
from suppliers.contract import ParcelReport, ScanKind, ScanReport, StockRow
from suppliers.models import Supplier

AHEAD = timedelta(hours=1)  # clocks differ; more is a wrong time zone, or a slip


def accepted(heard: Acknowledgement, now: datetime) -> Accept:
    return Accept(heard.supplier_reference, heard.ship_by)


def accepted_in_part(heard: PartAcceptance, now: datetime) -> AcceptPart:
    units: Counter[str] = Counter()
    for item in heard.items:
        units[item.supplier_sku] += item.quantity
    return AcceptPart(units, heard.supplier_reference, heard.ship_by)


def rejected(heard: Rejection, now: datetime) -> Reject:
    return Reject(heard.reason, heard.note)


def shipped(heard: Parcel, now: datetime) -> Ship:
    scans = [ScanReport(each.kind, each.at, each.place) for each in heard.scans]
    if heard.shipped_at:
        _check_past(heard.shipped_at, now, "/shipped_at")
        scans.append(ScanReport(ScanKind.PICKED_UP, heard.shipped_at))
    for index, each in enumerate(heard.scans):
        _check_past(each.at, now, f"/scans/{index}/at")
    return Ship(
        ParcelReport(
            shipment_id=heard.shipment_id,
            carrier=heard.carrier,
            tracking_number=heard.tracking_number,
            contents=tuple((each.supplier_sku, each.quantity) for each in heard.items),
            scans=tuple(scans),
        )
    )


def cancelled(heard: CancellationAnswer, now: datetime) -> AnswerCancel:
    return AnswerCancel(heard.is_cancelled, heard.note)


def take_stock(
    session: Session, supplier_id: int, heard: StockList, now: datetime
) -> StockAnswer:
    """Renew what is known of the supplier's stock; says what of it we do not know."""
    told = _rows(heard, session.get_one(Supplier, supplier_id).currency)
    renewed = take_list(
        session, supplier_id, told, now, as_of=heard.as_of, is_whole=heard.is_whole
    )
    return StockAnswer(
        items=len(told),
        known=renewed.known,
        changed=renewed.changed,
        outdated=renewed.outdated,
        foreign_costs=renewed.foreign_costs,
        unknown_skus=list(renewed.unknown),
    )


def _check_past(moment: datetime, now: datetime, pointer: str) -> None:
    if moment > now + AHEAD:
        raise Unfit(pointer, "lies ahead: nobody has seen it yet")


def _rows(heard: StockList, currency: str) -> dict[str, StockRow]:
    rows: dict[str, StockRow] = {}
    for index, item in enumerate(heard.items):
        if item.supplier_sku in rows:
            words = f"{item.supplier_sku} is named twice"
            raise Unfit(f"/items/{index}/supplier_sku", words)
        rows[item.supplier_sku] = _row(item, index, currency)
    return rows


def _row(item: StockItem, index: int, currency: str) -> StockRow:
    cost, its = None, item.currency or currency
    if item.unit_cost is not None:
        try:
            cost = to_cents(item.unit_cost, its)
        except MoneyError as error:
            raise Unfit(f"/items/{index}/unit_cost", str(error)) from error
    return StockRow(item.supplier_sku, item.quantity, cost, its)
