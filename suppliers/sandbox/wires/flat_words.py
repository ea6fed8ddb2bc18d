"""Orders as the flat API writes them; see `flat`."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from suppliers.sandbox.messages import Ordered, OrderedFor, OrderedItem, Told
from suppliers.sandbox.wires.dealings import State

MADRID = ZoneInfo("Europe/Madrid")


class Wanted(Told):
    """An order without a nested object."""

    ref: str = Field(min_length=1)
    label: str
    currency: str
    name: str
    street: str
    town: str
    zip: str
    country: str
    lines: tuple[tuple[str, int, int], ...]

    def ordered(self) -> Ordered:
        recipient = OrderedFor(
            name=self.name,
            address1=self.street,
            city=self.town,
            postal_code=self.zip,
            country=self.country,
            company="",
            address2="",
            province="",
            phone="",
        )
        return Ordered(
            reference=self.ref,
            order_name=self.label,
            currency=self.currency,
            recipient=recipient,
            items=tuple(
                OrderedItem(sku=sku, quantity=units, unit_cost_cents=cents)
                for sku, units, cents in self.lines
            ),
        )


def order(state: State) -> dict[str, Any]:
    return {
        "ref": state["reference"],
        "id": state["supplier_reference"],
        "standing": word(state["status"]),
        "since": local(state["acknowledged_at"]),
        "leaves": local(state["ship_by"]),
        "arrives": local(state["deliver_by"]),
        "why": state["reason"] and word(state["reason"]),
        "say": state["note"],
        "granted": [
            {"sku": i["sku"], "units": i["accepted_quantity"]} for i in state["items"]
        ],
        "parcels": [_parcel(parcel) for parcel in state["parcels"]],
    }


def _parcel(parcel: State) -> dict[str, Any]:
    """Its carrier's events are three moments, not a list."""
    seen = {scan["kind"]: local(scan["at"]) for scan in parcel["scans"]}
    return {
        "parcel": parcel["shipment_id"],
        "carrier": parcel["carrier"],
        "track": parcel["tracking_number"],
        "in": [{"sku": i["sku"], "units": i["quantity"]} for i in parcel["contents"]],
        "left": seen.get("picked_up"),
        "moved": seen.get("in_transit"),
        "arrived": seen.get("delivered"),
    }


def local(moment: str | None) -> str | None:
    if moment is None:
        return None
    there = datetime.fromisoformat(moment).astimezone(MADRID)
    return there.strftime("%d/%m/%Y %H:%M:%S")


def word(word: str) -> str:
    return str(word).replace("_", "-")
