"""What BigBuy says of an order and its parcels, read for what we act on.

It adds fields without notice: what we do not use is passed over, what we use is
believed whole or not at all. Its statuses are names, in a language of its choice, which
it does not document: those we know are below, an account's options name the rest, and
one that nobody named moves nothing.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from suppliers.contract import (
    ParcelReport,
    PurchaseReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.dialects.bigbuy.requests import Options
from suppliers.dialects.rest_messages import MOST_UNITS, Name, Words

M = TypeVar("M", ReportedStatus, ScanKind)

# Its words in small letters, whole: a part of "not shipped yet" would be "shipped".
STATUS_WORDS: Mapping[str, ReportedStatus] = MappingProxyType(
    {
        "payment accepted": ReportedStatus.RECEIVED,
        "pago aceptado": ReportedStatus.RECEIVED,
        "preparation in progress": ReportedStatus.ACCEPTED,
        "processing in progress": ReportedStatus.ACCEPTED,
        "preparación en curso": ReportedStatus.ACCEPTED,
        "shipped": ReportedStatus.ACCEPTED,
        "enviado": ReportedStatus.ACCEPTED,
        "delivered": ReportedStatus.ACCEPTED,
        "entregado": ReportedStatus.ACCEPTED,
        "canceled": ReportedStatus.CANCELLED,
        "cancelled": ReportedStatus.CANCELLED,
        "cancelado": ReportedStatus.CANCELLED,
        "annulé": ReportedStatus.CANCELLED,
    }
)
SCAN_WORDS: Mapping[str, ScanKind] = MappingProxyType(
    {
        "label created": ScanKind.LABEL_CREATED,
        "picked up": ScanKind.PICKED_UP,
        "picked up by the carrier": ScanKind.PICKED_UP,
        "shipped": ScanKind.PICKED_UP,
        "enviado": ScanKind.PICKED_UP,
        "in transit": ScanKind.IN_TRANSIT,
        "en tránsito": ScanKind.IN_TRANSIT,
        "out for delivery": ScanKind.OUT_FOR_DELIVERY,
        "en reparto": ScanKind.OUT_FOR_DELIVERY,
        "ready for pickup": ScanKind.PICKUP_READY,
        "available for pickup": ScanKind.PICKUP_READY,
        "delivered": ScanKind.DELIVERED,
        "entregado": ScanKind.DELIVERED,
        "not delivered": ScanKind.EXCEPTION,
        "no entregado": ScanKind.EXCEPTION,
        "exception": ScanKind.EXCEPTION,
        "incidencia": ScanKind.EXCEPTION,
        "returned": ScanKind.RETURNED,
        "returned to sender": ScanKind.RETURNED,
        "devuelto": ScanKind.RETURNED,
    }
)


def _as_text(value: object) -> object:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else value


def _as_carrier(value: object) -> object:
    return value if isinstance(value, dict) else {"id": value}


def _as_moment(value: object) -> object:
    return None if not value or str(value).startswith("0000") else value


def _as_list(value: object) -> object:
    return [] if value is None else value


Text = Annotated[Words, BeforeValidator(_as_text)]
Id = Annotated[Name, BeforeValidator(_as_text)]


class Heard(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Carrier(Heard):
    id: Text = ""
    name: Text = ""


class Product(Heard):
    reference: Name
    quantity: Annotated[int, Field(ge=0, le=MOST_UNITS)]


class Found(Heard):
    """The order under a reference: no more than its number."""

    id: Id


class Order(Heard):
    id: Id
    internalReference: Id
    status: Text = ""
    carriers: Annotated[list[Carrier], BeforeValidator(_as_list)] = []
    products: Annotated[list[Product], BeforeValidator(_as_list)] = []


class Tracking(Heard):
    """One parcel's state at a moment; a parcel is known by its tracking number."""

    trackingNumber: Text = ""
    statusDescription: Text = ""
    statusDate: Annotated[datetime | None, BeforeValidator(_as_moment)] = None
    carrier: Annotated[Carrier, BeforeValidator(_as_carrier)] = Carrier()


class TrackedOrder(Heard):
    trackings: Annotated[list[Tracking], BeforeValidator(_as_list)] = []


def _as_orders(value: object) -> object:
    return [value] if isinstance(value, dict) else value


Tracked = TypeAdapter(Annotated[list[TrackedOrder], BeforeValidator(_as_orders)])


def report(order: Order, trackings: list[Tracking], options: Options) -> PurchaseReport:
    status = _meaning(order.status, options.statuses, STATUS_WORDS)
    return PurchaseReport(
        reference=order.internalReference,
        supplier_reference=order.id,
        status=status or ReportedStatus.RECEIVED,
        note="" if status else f"its status is {order.status[:100]!r}",
        parcels=_parcels(order, trackings, options),
    )


def _parcels(
    order: Order, trackings: list[Tracking], options: Options
) -> tuple[ParcelReport, ...]:
    """It does not say what is in which parcel: the first stands for the order."""
    told: dict[str, list[Tracking]] = {}
    for tracking in trackings:
        if tracking.trackingNumber:
            told.setdefault(tracking.trackingNumber, []).append(tracking)
    contents = tuple((each.reference, each.quantity) for each in order.products)
    names = {carrier.id: carrier.name for carrier in order.carriers if carrier.name}
    return tuple(
        ParcelReport(
            shipment_id=number,
            carrier=_carrier(each[-1].carrier, names),
            tracking_number=number,
            contents=contents if position == 0 else (),
            scans=_scans(each, options),
        )
        for position, (number, each) in enumerate(told.items())
    )


def _carrier(carrier: Carrier, names: Mapping[str, str]) -> str:
    return carrier.name or names.get(carrier.id, carrier.id)


def _scans(trackings: list[Tracking], options: Options) -> tuple[ScanReport, ...]:
    """What its words mean, at the moment it names; other words are no scan."""
    zone = ZoneInfo(options.timezone)
    found = []
    for each in trackings:
        kind = _meaning(each.statusDescription, options.tracking, SCAN_WORDS)
        if kind is not None and each.statusDate is not None:
            at = each.statusDate
            at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
            found.append(ScanReport(kind, at))
    return tuple(sorted(found, key=lambda scan: scan.at))


def _meaning(said: str, named: Mapping[str, M], known: Mapping[str, M]) -> M | None:
    """By the account's own list of names, else by the words we know."""
    said = _spoken(said)
    for name, meaning in named.items():
        if _spoken(name) == said:
            return meaning
    return known.get(said)


def _spoken(words: str) -> str:
    return words.strip().casefold()
