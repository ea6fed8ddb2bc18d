"""Purchases as the API in an envelope writes them; see `envelope`."""

from datetime import datetime
from typing import Any

from pydantic import Field

from config.money import to_cents, to_text
from suppliers.contract import RejectReason
from suppliers.sandbox.messages import Ordered, OrderedFor, OrderedItem, Told
from suppliers.sandbox.wires.dealings import State

STATES = {
    "received": 1,
    "accepted": 2,
    "partly_accepted": 3,
    "rejected": 8,
    "cancelled": 9,
}


class Line(Told):
    no: int
    article: str
    qty: str
    price: str


class Purchase(Told):
    external_ref: str = Field(min_length=1)
    label: str
    currency: str
    total: str
    ship_to: OrderedFor
    lines: tuple[Line, ...]


class Wrapped(Told):
    purchase: Purchase

    def ordered(self) -> Ordered:
        said = self.purchase
        return Ordered(
            reference=said.external_ref,
            order_name=said.label,
            currency=said.currency,
            recipient=said.ship_to,
            items=tuple(
                OrderedItem(
                    sku=line.article,
                    quantity=int(line.qty),
                    unit_cost_cents=to_cents(line.price, said.currency),
                )
                for line in said.lines
            ),
        )


def purchase(state: State) -> dict[str, Any]:
    number = state["supplier_reference"].rsplit("-", 1)[1]
    return {
        "external_ref": state["reference"],
        "number": int(number),
        "state": STATES[state["status"]],
        "times": {
            "confirmed": epoch(state["acknowledged_at"]),
            "ship_by": epoch(state["ship_by"]),
            "arrive_by": epoch(state["deliver_by"]),
        },
        "trouble": state["reason"] and {"code": word(state["reason"])},
        "remark": state["note"],
        "lines": [
            {"article": i["sku"], "granted": str(i["accepted_quantity"])}
            for i in state["items"]
        ],
        "boxes": [_box(parcel) for parcel in state["parcels"]],
    }


def _box(parcel: State) -> dict[str, Any]:
    return {
        "id": parcel["shipment_id"],
        "via": {"name": parcel["carrier"], "code": parcel["tracking_number"]},
        "holds": [
            {"article": each["sku"], "qty": str(each["quantity"])}
            for each in parcel["contents"]
        ],
        "events": [
            {"what": each["kind"].upper(), "when": epoch(each["at"])}
            for each in parcel["scans"]
        ],
    }


def price(item: State) -> str | None:
    if item["unit_cost_cents"] is None:
        return None
    return to_text(item["unit_cost_cents"], item["currency"])


def epoch(moment: str | None) -> int | None:
    return None if moment is None else int(datetime.fromisoformat(moment).timestamp())


def word(reason: RejectReason | str) -> str:
    return f"E_{RejectReason(reason).value.upper()}"
