"""Orders and lists as BigBuy writes them: what it is sent, and what it answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from suppliers.contract import ReportedStatus, ScanKind
from suppliers.sandbox.messages import Ordered, OrderedFor, OrderedItem, Told

CLOCK = ZoneInfo("Europe/Madrid")  # its moments name no zone
STATUSES = {
    ReportedStatus.RECEIVED: "Payment accepted",
    ReportedStatus.ACCEPTED: "Preparation in progress",
    ReportedStatus.PARTLY_ACCEPTED: "Preparation in progress",  # it has no word for it
    ReportedStatus.REJECTED: "Canceled",  # what it took it does not reject
    ReportedStatus.CANCELLED: "Canceled",
}
SCANS = {
    ScanKind.LABEL_CREATED: "Label created",
    ScanKind.PICKED_UP: "Picked up by the carrier",
    ScanKind.IN_TRANSIT: "In transit",
    ScanKind.DELIVERED: "Delivered",
}


class Carrier(Told):
    name: Annotated[str, Field(min_length=1)]


class Address(Told):
    firstName: Annotated[str, Field(min_length=1)]
    lastName: Annotated[str, Field(min_length=1)]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    postcode: str
    town: str
    address: Annotated[str, Field(min_length=1, max_length=70)]
    phone: Annotated[str, Field(min_length=1)]
    email: Annotated[str, Field(pattern=".+@.+")]
    comment: str = ""
    companyName: str = ""


class Product(Told):
    reference: Annotated[str, Field(min_length=1)]
    quantity: Annotated[int, Field(ge=1)]


class AskedOrder(Told):
    internalReference: Annotated[str, Field(min_length=1, max_length=64)]
    language: str
    paymentMethod: str
    carriers: tuple[Carrier, ...] = ()
    shippingAddress: Address
    products: Annotated[tuple[Product, ...], Field(min_length=1)]


class Asked(Told):
    order: AskedOrder

    def ordered(self) -> Ordered:
        """As the books keep it. It carries no order number but the reference."""
        order, to = self.order, self.order.shippingAddress
        return Ordered(
            reference=order.internalReference,
            order_name=f"#{order.internalReference}",
            currency="EUR",
            recipient=OrderedFor(
                name=f"{to.firstName} {to.lastName}",
                address1=to.address,
                city=to.town,
                postal_code=to.postcode,
                country=to.country,
                company=to.companyName,
                address2="",
                province="",
                phone=to.phone,
            ),
            items=tuple(
                OrderedItem(
                    sku=each.reference, quantity=each.quantity, unit_cost_cents=0
                )
                for each in order.products
            ),
        )


def order(
    purchase_id: int, ordered: Ordered, received_at: str, state: Mapping[str, Any]
) -> dict[str, Any]:
    to = ordered.recipient
    return {
        "id": str(purchase_id),
        "internalReference": ordered.reference,
        "dateAdd": _local(received_at),
        "status": _status(state),
        "carriers": [
            {"id": str(number), "name": name, "price": 0.0}
            for number, name in enumerate(_carriers(state), start=1)
        ],
        "shippingAddress": {
            "firstName": to.name,
            "country": to.country,
            "postcode": to.postal_code,
            "town": to.city,
            "address": to.address1,
        },
        "products": [
            {"id": str(number), "reference": sku, "quantity": units, "name": sku}
            for number, (sku, units) in enumerate(ordered.units().items(), start=1)
        ],
    }


def tracking(
    purchase_id: int, reference: str, state: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """One entry for each state that a parcel has been in, by its tracking number."""
    carriers = _carriers(state)
    trackings = [
        {
            "trackingNumber": parcel["tracking_number"],
            "statusDescription": SCANS[ScanKind(scan["kind"])],
            "statusDate": _local(scan["at"]),
            "carrier": {"id": str(carriers.index(parcel["carrier"]) + 1)},
            "descriptionTranslated": None,
        }
        for parcel in state["parcels"]
        for scan in parcel["scans"]
    ]
    if not trackings:
        return []
    return [{"id": purchase_id, "reference": reference, "trackings": trackings}]


def stock_line(number: int, item: Mapping[str, Any]) -> dict[str, Any]:
    """What is in stock lies in one warehouse, in lines by how fast it can leave."""
    quantity = item["quantity"]
    lines = (
        [] if quantity is None else [(quantity - quantity // 2, 0), (quantity // 2, 1)]
    )
    return {
        "id": number,
        "sku": item["sku"],
        "stocks": [
            {
                "quantity": units,
                "minHandlingDays": days,
                "maxHandlingDays": days + 1,
                "warehouse": 1,
            }
            for units, days in lines
        ],
    }


def price_line(number: int, item: Mapping[str, Any]) -> dict[str, Any]:
    euros = item["unit_cost_cents"] / 100
    return {"id": number, "sku": item["sku"], "wholesalePrice": euros}


def _status(state: Mapping[str, Any]) -> str:
    status = ReportedStatus(state["status"])
    kinds = [[scan["kind"] for scan in each["scans"]] for each in state["parcels"]]
    if not kinds or status is ReportedStatus.CANCELLED:
        return STATUSES[status]
    return (
        "Delivered" if all(ScanKind.DELIVERED in each for each in kinds) else "Shipped"
    )


def _carriers(state: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(parcel["carrier"] for parcel in state["parcels"]))


def _local(moment: str) -> str:
    at = datetime.fromisoformat(moment).astimezone(CLOCK)
    return at.strftime("%Y-%m-%d %H:%M:%S")
