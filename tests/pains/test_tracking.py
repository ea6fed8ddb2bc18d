"""Where parcels are: added up, never backwards, believed once a carrier saw them."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.kpis.models import Kpi
from suppliers.contract import ScanKind
from suppliers.models import Supplier
from suppliers.sandbox.messages import Script, ScriptParcel
from tests.erp.web.supplier_api.supplied import Caller
from tests.pains.market import PROMPT
from tests.pains.shop import Shop

P = PurchaseStatus


def handed_over(shop: Shop, *lines: tuple[str, int], **own: Any) -> tuple[Caller, str]:
    """A supplier's program, and the purchase order it has to ship."""
    wanted = lines or (("X", 2),)
    caller = shop.caller(sells=[sku for sku, _ in wanted], **own)
    shop.order(*wanted)
    shop.work()
    return caller, shop.purchase().reference


def ship(
    caller: Caller,
    reference: str,
    units: int = 2,
    *scans: tuple[str, datetime],
    name: str = "1",
    carrier: str = "UPS",
    number: str | None = None,
) -> None:
    items = caller.get(f"/purchase-orders/{reference}").json["items"]
    answer = caller.tell(
        reference,
        "shipments",
        shipment_id=name,
        carrier=carrier,
        tracking_number=f"1Z-{name}" if number is None else number,
        items=[{"supplier_sku": items[0]["supplier_sku"], "quantity": units}],
        scans=[{"kind": kind, "at": at.isoformat()} for kind, at in scans],
    )
    assert answer.status_code == 200, answer.text


def test_a_late_event_does_not_take_delivered_back_to_shipped(shop: Shop) -> None:
    """NEARBuilders/nearmerch.com#214: a late event downgraded Delivered to Shipped."""
    caller, reference = handed_over(shop)
    now = shop.clock.at
    ship(caller, reference, 2, ("picked_up", now), ("delivered", now))
    order_id = shop.purchase().order_id
    assert shop.sheet(order_id)["status"] == "delivered"

    ship(caller, reference, 2, ("in_transit", now + timedelta(minutes=1)))
    shop.live_on(2)

    assert shop.statuses() == [P.DELIVERED]
    assert [each.status for each in shop.parcels()] == [ScanKind.DELIVERED]
    assert shop.sheet(order_id)["status"] == "delivered"


def test_a_second_parcel_does_not_erase_the_first(shop: Shop) -> None:
    """NEARBuilders/nearmerch.com#214: the second parcel erased the first's tracking."""
    shop.supplier(sells=["X"], **PROMPT, parcels=2)
    order_id = shop.order(("X", 2))
    shop.work()

    shop.live_on(2)

    numbers = [each.tracking_number for each in shop.parcels()]
    assert len(set(numbers)) == 2
    page = shop.page(f"/orders/{order_id}")
    assert all(number in page for number in numbers)


def test_a_part_that_arrived_is_not_taken_for_the_whole(shop: Shop) -> None:
    """frappe/erpnext#45562, OCA/multi-company#741, odoo PR #270823, #216899: a partial
    delivery was recorded as complete."""
    a = shop.supplier(sells=["X", "Y"])
    today = shop.clock.at
    one = ScriptParcel(contents={f"{a}-X": 1}, shipped_at=today, delivered_at=today)
    script = Script(
        supplier=a, order_name="#720", acknowledged_at=today, parcels=(one,)
    )
    shop.remote.load_scripts([script])
    order_id = shop.order(("X", 3), ("Y", 1), number=720)
    shop.work()

    shop.live_on(3)

    assert shop.statuses() == [P.ACCEPTED]
    sheet = shop.sheet(order_id)
    assert sheet["status"] == "partly_shipped"
    assert [line["status"] for line in sheet["lines"]] == ["allocated", "allocated"]
    assert f"{a}-X" in shop.page(f"/purchases/{shop.purchase().reference}")


def test_a_label_printed_at_once_does_not_count_as_shipped(shop: Shop) -> None:
    """Shippo on Dsco: tracking codes 5 minutes after each order, nothing had left."""
    caller, reference = handed_over(shop, handling_days=1)
    shop.later(minutes=5)

    ship(caller, reference, 2, ("label_created", shop.clock.at))

    assert shop.sheet(shop.purchase().order_id)["status"] == "allocated"
    shop.live_on(72)
    assert shop.purchase().handed_over_at is None
    assert shop.reading(Kpi.LATE_HAND_OVER) == (1, 1)
    assert shop.holds(shop.purchase().order_id) == ["supplier_overdue"]


def test_a_carrier_nobody_knows_is_not_dropped(shop: Shop) -> None:
    """Amazon: a carrier that is not known makes the tracking invalid. It is kept as
    it was written, and followed by the supplier's word."""
    caller, reference = handed_over(shop)
    now = shop.clock.at

    ship(caller, reference, 2, ("picked_up", now), carrier="Owl Post", number="OWL-9")

    page = shop.page(f"/orders/{shop.purchase().order_id}")
    assert "Owl Post" in page
    assert "OWL-9" in page


def test_what_no_carrier_shows_is_counted_as_not_trackable(shop: Shop) -> None:
    """Amazon: with a carrier that is not integrated the tracking is invalid, and the
    metric suffers. Marketplaces know carriers by their code; suppliers write names."""
    caller, reference = handed_over(shop, ("X", 4))
    seen = ("picked_up", shop.clock.at)

    ship(caller, reference, 1, seen, name="1", carrier="United Parcel Service")
    ship(caller, reference, 1, seen, name="2", carrier="FDEG", number="123456789012")
    ship(caller, reference, 1, seen, name="3", carrier="Owl Post", number="OWL-9")
    ship(caller, reference, 1, seen, name="4", carrier="UPS", number="")

    for path in (f"/purchases/{reference}", f"/orders/{shop.purchase().order_id}"):
        page = shop.page(path)
        assert 'href="https://www.ups.com/track?tracknum=1Z-1"' in page
        assert 'href="https://www.fedex.com/fedextrack/?trknbr=123456789012"' in page
        assert "United Parcel Service" in page
        assert page.count("Not trackable") == 1
    (supplier,) = shop.rows(Supplier)
    card = shop.page(f"/suppliers/{supplier.code}/scorecard")
    assert "2 of 3" in card
    assert "1 unknown" in card
    (rows,) = re.findall(r'href="([^"]+)" aria-label="[^"]+: not trackable"', card)
    assert reference in shop.page(unescape(rows))


def test_a_parcel_nobody_took_does_not_lie_forgotten(shop: Shop) -> None:
    """ "Returned to sender" is a scan like any other: the customer waits for goods that
    are with the supplier again, and the carrier calls that delivered."""
    caller, reference = handed_over(shop)
    order_id, day = shop.purchase().order_id, timedelta(days=1)
    shop.later(hours=72)
    left, back = shop.clock.at - 3 * day, shop.clock.at - day
    scans = (("picked_up", left), ("returned", back), ("delivered", shop.clock.at))

    ship(caller, reference, 2, *scans)
    ship(caller, reference, 2, *scans)
    shop.work()

    assert shop.holds(order_id) == ["returned_to_sender"]
    assert "Parcel returned to sender" in shop.page("/")
    page = shop.page(f"/orders/{order_id}")
    assert "Returned to sender: <bdi>1Z-1</bdi>" in page
    assert "2 units can be returned" in page
    assert shop.purchase().delivered_at is None
    assert shop.reading(Kpi.LATE_DELIVERY) == (0, 0)

    shop.operator.submit(f"/orders/{order_id}/release", reason="returned_to_sender")
    ship(caller, reference, 2, *scans, ("in_transit", left + day))
    shop.live_on(1)
    assert shop.holds(order_id) == []


def test_goods_sent_once_more_are_not_counted_twice(shop: Shop) -> None:
    """Printful: a reshipment tells "shipped" again for the same items."""
    a = shop.supplier(sells=["X"])
    today = shop.clock.at
    contents = {f"{a}-X": 2}
    parcels = tuple(
        ScriptParcel(contents=contents, shipped_at=today, tracking_number=f"1Z-{each}")
        for each in (1, 2)
    )
    script = Script(
        supplier=a, order_name="#721", acknowledged_at=today, parcels=parcels
    )
    shop.remote.load_scripts([script])
    order_id = shop.order(("X", 2), number=721)

    shop.live_on(2)

    assert shop.sheet(order_id)["status"] == "shipped"
    assert [each.tracking_number for each in shop.parcels()] == ["1Z-1", "1Z-2"]
    page = shop.page(f"/orders/{order_id}")
    assert "2 units can be returned" in page
    assert "4 units can be returned" not in page


def test_tracking_does_not_come_hours_late(shop: Shop) -> None:
    """DSers: 4, 6 or 12 hours from the supplier to the tool; Ordoro: 60 minutes."""
    shop.supplier(sells=["X"], acknowledge_after=0, ship_after=600)
    order_id = shop.order()
    shop.work()
    shop.later(minutes=9)
    shop.work()
    assert shop.parcels() == []

    shop.later(minutes=2)
    shop.work()

    (parcel,) = shop.parcels()
    assert parcel.tracking_number in shop.page(f"/orders/{order_id}")


def test_goods_we_never_held_are_not_lost_sight_of(shop: Shop) -> None:
    """Dolibarr#30833, #14233: no way to track deliveries without stock of one's own."""
    shop.supplier(sells=["X"], **PROMPT)

    order_id = shop.order()
    shop.work()
    shop.live_on(3)

    assert shop.sheet(order_id)["status"] == "delivered"
    page = shop.page(f"/orders/{order_id}")
    assert page.index("Delivered") < page.index("Timeline")
    assert shop.reading(Kpi.LATE_HAND_OVER)[0] == 0
