"""What suppliers answer, and that it is neither lost nor waited for in silence."""

import io
from datetime import timedelta

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrderLine
from tests.pains.shop import Shop

P = PurchaseStatus


def test_an_answer_is_not_lost_among_mails(shop: Shop) -> None:
    """odoo/odoo#227890: the vendor should process, give a date, its own number,
    tracking and an invoice; it had nothing but mail."""
    shop.mailed(sells=["X"])
    order_id = shop.order(("X", 2))
    shop.work()
    desk = shop.letter_page()

    desk.act("accept", supplier_reference="V-77", ship_by="2026-03-05")
    parcel = {"carrier": "UPS", "tracking_number": "1Z-77", "units_0": "2"}
    desk.act("parcels", handed_over_on="2026-03-02", **parcel)
    file = (io.BytesIO(b"%PDF-1.7 bill"), "bill.pdf")
    desk.act("files", file=file)

    page = shop.page(f"/purchases/{shop.purchase().reference}")
    for each in ("V-77", "1Z-77", "bill.pdf"):
        assert each in page
    assert shop.purchase().ship_by.date().isoformat() == "2026-03-05"
    assert shop.sheet(order_id)["status"] == "shipped"


def test_a_reason_to_refuse_does_not_stay_in_a_mailbox(shop: Shop) -> None:
    """odoo/odoo#227890: the vendor's reason to reject."""
    shop.mailed(sells=["X"])
    order_id = shop.order()
    shop.work()

    note = {"reason": "undeliverable_destination", "note": "no ferry in March"}
    shop.letter_page().act("reject", confirmed="yes", **note)

    assert shop.statuses() == [P.REJECTED]
    assert shop.holds(order_id) == ["supplier_rejected"]
    page = shop.page(f"/orders/{order_id}")
    assert "no ferry in March" in page


def test_a_mail_that_got_lost_is_not_waited_for_in_silence(shop: Shop) -> None:
    """odoo/odoo#227890: supplier e-mails get lost. Amazon: an answer within 24 h."""
    shop.mailed(sells=["X"])
    order_id = shop.order()
    shop.work()
    assert shop.holds(order_id) == []

    shop.live_on(48)

    assert shop.holds(order_id) == ["supplier_overdue"]
    assert shop.sheet(order_id)["name"] in shop.page("/")


def test_a_line_struck_out_by_the_supplier_is_not_awaited(shop: Shop) -> None:
    """Ordoro: line edits in the vendor's portal do not sync back."""
    shop.mailed(sells=["X", "Y"])
    order_id = shop.order(("X", 2), ("Y", 1))
    shop.work()

    shop.letter_page().act("accept-part", units_0="1", units_1="0", confirmed="yes")

    accepted = [each.accepted_quantity for each in shop.rows(PurchaseOrderLine)]
    assert accepted == [1, 0]
    assert shop.holds(order_id) == ["supplier_shortfall"]
    lines = shop.sheet(order_id)["lines"]
    assert [each["status"] for each in lines] == ["open", "open"]


def test_the_rest_of_a_part_acceptance_is_not_bought_twice(shop: Shop) -> None:
    """odoo/odoo PR #26937, frappe/erpnext#34398: what one has is bought once more."""
    a = shop.supplier(sells={"X": 400}, acknowledge_after=0)
    b = shop.supplier("B", sells={"X": 600}, acknowledge_after=0)
    shop.remote.misbehave(a, "part_accept", accept={f"{a}-X": 2})
    order_id = shop.order(("X", 5))
    shop.work()

    shop.operator.submit(f"/orders/{order_id}/reroute")
    shop.work()

    assert shop.units(b) == {"X": 3}
    assert shop.bought_from(order_id) == [a, b]


def test_an_answer_again_does_not_change_what_was_answered(shop: Shop) -> None:
    """frappe/erpnext#15031: clicked twice, done twice."""
    caller = shop.caller(sells=["X"])
    shop.order()
    shop.work()
    reference = shop.purchase().reference
    day = shop.clock.at + timedelta(days=2)
    first = caller.tell(reference, "acknowledge", ship_by=day.isoformat())

    later = (day + timedelta(days=7)).isoformat()
    again = caller.tell(reference, "acknowledge", ship_by=later)

    assert (first.status_code, again.status_code) == (200, 200)
    assert shop.purchase().ship_by == day


@pytest.mark.parametrize("options", [{"ERP_SUPPLIER_PAGE_VALID_DAYS": "5"}])
def test_a_link_in_an_old_mail_does_not_open_the_customers_address(shop: Shop) -> None:
    """The closest peers need an account; a link must not stay open instead."""
    shop.mailed(sells=["X"])
    shop.order()
    shop.work()
    desk = shop.letter_page()
    assert "Ada Lovelace" in desk.get().text

    shop.later(days=6)

    answer = desk.get()
    assert answer.status_code == 404
    assert "Ada Lovelace" not in answer.text
