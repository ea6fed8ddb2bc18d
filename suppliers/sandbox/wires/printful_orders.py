"""Orders as Printful writes them: what it is sent, and what it answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from suppliers.contract import ReportedStatus, ScanKind
from suppliers.sandbox.messages import Ordered, OrderedFor, OrderedItem, Told
from suppliers.sandbox.wires.drafts import Draft

STATUSES = {
    ReportedStatus.RECEIVED: "pending",
    ReportedStatus.ACCEPTED: "inprocess",
    ReportedStatus.PARTLY_ACCEPTED: "inprocess",  # it has no word for it
    ReportedStatus.REJECTED: "failed",
    ReportedStatus.CANCELLED: "canceled",
}
MOST_PER_ORDER = 100  # items and parcels are numbered within their order


class Address(Told):
    name: str
    address1: str
    city: str
    country_code: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    zip: str
    company: str = ""
    address2: str = ""
    state_code: str = ""
    state_name: str = ""
    phone: str = ""


class AskedItem(Told):
    external_variant_id: Annotated[str, Field(min_length=1)]
    quantity: Annotated[int, Field(ge=1, le=1000)]


class PackingSlip(Told):
    custom_order_id: str


class Asked(Told):
    """An order as it is sent."""

    external_id: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,32}$")]
    recipient: Address
    items: Annotated[tuple[AskedItem, ...], Field(min_length=1, max_length=100)]
    packing_slip: PackingSlip
    shipping: str = "STANDARD"

    def ordered(self) -> Ordered:
        """As the books keep it. Printful's costs are its own, so none are asked."""
        to = self.recipient
        return Ordered(
            reference=self.external_id,
            order_name=self.packing_slip.custom_order_id,
            currency="USD",
            recipient=OrderedFor(
                name=to.name,
                address1=to.address1,
                city=to.city,
                postal_code=to.zip,
                country=to.country_code,
                company=to.company,
                address2=to.address2,
                province=to.state_code or to.state_name,
                phone=to.phone,
            ),
            items=tuple(
                OrderedItem(
                    sku=item.external_variant_id,
                    quantity=item.quantity,
                    unit_cost_cents=0,
                )
                for item in self.items
            ),
        )


def order(
    draft: Draft,
    state: Mapping[str, Any] | None,
    prices: Mapping[str, tuple[int, str]],
    store: str,
) -> dict[str, Any]:
    """A draft, or the order that it became with the state it is in."""
    units = draft.ordered.units()
    shipments = _shipments(draft, state) if state is not None else []
    return {
        "id": draft.id,
        "external_id": draft.reference,
        "store": int(store or 0),
        "status": _status(draft, state, shipments),
        "error": None,
        "shipping": "STANDARD",
        "created": _epoch(draft.created_at),
        "updated": _epoch(draft.created_at),
        "items": [
            _item(draft, number, sku, units[sku], prices)
            for number, sku in enumerate(units)
        ],
        "branding_items": [],
        "incomplete_items": [],
        "costs": _costs(units, prices),
        "shipments": shipments,
        "gift": None,
    }


def _status(
    draft: Draft,
    state: Mapping[str, Any] | None,
    shipments: list[dict[str, Any]],
) -> str:
    if state is None:
        return "canceled" if draft.is_cancelled else "draft"
    status = ReportedStatus(state["status"])
    if not shipments or status is ReportedStatus.CANCELLED:
        return STATUSES[status]
    left = {item["sku"]: item["accepted_quantity"] for item in state["items"]}
    sent = sum(i["quantity"] for s in shipments for i in _counted(s))
    return "fulfilled" if sent >= sum(left.values()) else "partial"


def _counted(shipment: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [] if shipment["reshipment"] else list(shipment["items"])


def _item(
    draft: Draft,
    number: int,
    sku: str,
    quantity: int,
    prices: Mapping[str, tuple[int, str]],
) -> dict[str, Any]:
    return {
        "id": draft.id * MOST_PER_ORDER + number,
        "external_id": None,
        "variant_id": 4000 + number,
        "sync_variant_id": 9000 + number,
        "external_variant_id": sku,
        "quantity": quantity,
        "price": _money(prices.get(sku, (0, ""))[0]),
        "retail_price": None,
        "name": sku,
        "sku": None,
        "discontinued": False,
        "out_of_stock": False,
    }


def _costs(
    units: Mapping[str, int], prices: Mapping[str, tuple[int, str]]
) -> dict[str, str]:
    subtotal = sum(prices.get(sku, (0, ""))[0] * n for sku, n in units.items())
    currency = next((currency for _, currency in prices.values() if currency), "USD")
    return {
        "currency": currency,
        "subtotal": _money(subtotal),
        "discount": "0.00",
        "shipping": "0.00",
        "tax": "0.00",
        "vat": "0.00",
        "total": _money(subtotal),
    }


def _shipments(draft: Draft, state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Parcels that left. One whose units all left before is a reshipment of them."""
    left = dict(draft.ordered.units())
    found = []
    for position, parcel in enumerate(state["parcels"], start=1):
        left_at = _left_at(parcel)
        if left_at is None:
            continue
        is_again = all(left[i["sku"]] < i["quantity"] for i in parcel["contents"])
        for item in parcel["contents"] if not is_again else ():
            left[item["sku"]] -= item["quantity"]
        shipment = _shipment(draft, position, parcel, left_at)
        found.append(shipment | {"reshipment": is_again})
    return found


def _shipment(
    draft: Draft, position: int, parcel: Mapping[str, Any], left_at: datetime
) -> dict[str, Any]:
    numbers = {sku: number for number, sku in enumerate(draft.ordered.units())}
    return {
        "id": draft.id * MOST_PER_ORDER + position,
        "carrier": parcel["carrier"],
        "service": "Standard",
        "tracking_number": parcel["tracking_number"],
        "tracking_url": "",
        "created": _epoch(left_at),
        "ship_date": left_at.date().isoformat(),
        "shipped_at": _epoch(left_at),
        "items": [
            {
                "item_id": draft.id * MOST_PER_ORDER + numbers[item["sku"]],
                "quantity": item["quantity"],
                "picked": item["quantity"],
                "printed": item["quantity"],
            }
            for item in parcel["contents"]
        ],
    }


def _left_at(parcel: Mapping[str, Any]) -> datetime | None:
    """Printful tells when a parcel left, and nothing of what befell it then."""
    for scan in parcel["scans"]:
        if scan["kind"] == ScanKind.PICKED_UP:
            return datetime.fromisoformat(scan["at"])
    return None


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
