"""The page's forms as the answers they stand for; the reading keeps what is wrong."""

import re

from erp.fulfilment.answering.answers import (
    Accept,
    AcceptPart,
    AnswerCancel,
    Reject,
    Ship,
)
from erp.fulfilment.page_links.sheet import PageParcel, PageSheet
from erp.web.frame.words import _
from erp.web.supplier_page.reading import LONGEST_NAME, LONGEST_NUMBER, Reading
from suppliers.contract import ParcelReport, RejectReason, ScanKind, ScanReport

FORM_NAME = re.compile(r"[0-9a-f]{16}")  # of one drawing of the form for a parcel


def read_accept(reading: Reading) -> Accept:
    return Accept(
        supplier_reference=reading.text("supplier_reference", LONGEST_NUMBER),
        ship_by=reading.coming_day("ship_by"),
    )


def read_accept_part(reading: Reading, sheet: PageSheet) -> AcceptPart:
    units = reading.units(sheet.items)
    reading.at_most(sheet.items, {i.supplier_sku: i.accepted for i in sheet.items})
    if not any(units.values()) and not reading.errors:
        words = _("Nothing of it would come. If so, reject it and say why.")
        reading.errors["units"] = words
    accept = read_accept(reading)
    return AcceptPart(units, accept.supplier_reference, accept.ship_by)


def read_reject(reading: Reading) -> Reject:
    note = reading.note()
    try:
        return Reject(RejectReason(reading.given.get("reason", "")), note)
    except ValueError:
        reading.errors["reason"] = _("Choose the reason that fits best.")
        return Reject(RejectReason.OTHER, note)


def read_cancellation(reading: Reading) -> AnswerCancel:
    answer = reading.given.get("answer", "")
    if answer not in ("yes", "no"):
        reading.errors["answer"] = _("Answer yes or no.")
    return AnswerCancel(is_cancelled=answer == "yes", note=reading.note())


def read_parcel(reading: Reading, sheet: PageSheet) -> Ship:
    """A new parcel; the same tracking number again is the same parcel."""
    units = reading.units(sheet.items)
    tracking = reading.text("tracking_number", LONGEST_NUMBER)
    name = _name_of(reading, sheet, tracking)
    known = next((p for p in sheet.parcels if p.shipment.shipment_id == name), None)
    if known is None:
        reading.at_most(sheet.items, {i.supplier_sku: i.left for i in sheet.items})
    if not any(units.values()) and not reading.errors:
        reading.errors["units"] = _("Say how many units are in the parcel.")
    return Ship(
        ParcelReport(
            shipment_id=name,
            carrier=reading.text(
                "carrier", LONGEST_NAME, required=_("Who carries it?")
            ),
            tracking_number=tracking,
            contents=tuple((sku, n) for sku, n in units.items() if n),
            scans=_scans(reading, sheet, known),
        )
    )


def read_parcel_news(reading: Reading, sheet: PageSheet, parcel: PageParcel) -> Ship:
    """What is new about a parcel that was told before."""
    return Ship(
        ParcelReport(
            shipment_id=parcel.shipment.shipment_id,
            carrier=reading.text("carrier", LONGEST_NAME),
            tracking_number=reading.text("tracking_number", LONGEST_NUMBER),
            contents=(),
            scans=_scans(reading, sheet, parcel),
        )
    )


def _name_of(reading: Reading, sheet: PageSheet, tracking: str) -> str:
    """Without a number to know a parcel by, it is that of this drawing of the form."""
    wanted = _plain(tracking)
    for parcel in sheet.parcels:
        if wanted and _plain(parcel.shipment.tracking_number) == wanted:
            return parcel.shipment.shipment_id
    if wanted:
        return f"page-{wanted}"
    drawn = reading.given.get("form", "")
    if not FORM_NAME.fullmatch(drawn):
        reading.errors["tracking_number"] = _("Type the tracking number.")
    return f"page-{drawn[:16]}"


def _plain(tracking: str) -> str:
    return "".join(tracking.split()).upper()


def _scans(
    reading: Reading, sheet: PageSheet, known: PageParcel | None
) -> tuple[ScanReport, ...]:
    """What is told of its way: once, whatever is posted again."""
    sent_at, shipment = sheet.purchase.sent_at, known.shipment if known else None
    shipped_at = shipment.shipped_at if shipment else None
    scans = []
    handed_over_at = reading.past_day("handed_over_on", sent_at)
    delivered_at = reading.past_day("delivered_on", shipped_at or handed_over_at)
    if handed_over_at and shipped_at is None:
        scans.append(ScanReport(ScanKind.PICKED_UP, handed_over_at))
    if delivered_at and not (shipment and shipment.delivered_at):
        scans.append(ScanReport(ScanKind.DELIVERED, delivered_at))
    return tuple(scans)
