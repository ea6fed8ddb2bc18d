"""Why an order waits and what went wrong, said in the language of the page."""

import json

import pytest

from erp.fulfilment.lifecycle import Remark
from erp.fulfilment.models import PurchaseOrder
from erp.orders.guards import margin_facts
from erp.web.frame.reasons import remarks, why
from erp.web.frame.timeline import sentence


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context("/"):
        yield


SAID = {
    "payment": ("unpaid", {"payment": "pending"}, "Payment pending"),
    "cancelled": (
        "cancelled_at_channel",
        {"cancelled_at": "2026-03-02T09:00:00+00:00"},
        "Cancelled: Mar 2, 2026, 09:00",
    ),
    "cancelled too late": (
        "cancelled_at_channel",
        {"payment": "refunded", "is_started": "yes"},
        "Refunded. Suppliers were asked already",
    ),
    "sent": (
        "fulfilled_at_channel",
        {"fulfilment": "fulfilled"},
        "All of it was sent already",
    ),
    "risk": ("fraud_risk", {"risk": "high"}, "The channel rates its risk high"),
    "old": (
        "too_old",
        {"paid_days": "10", "limit_days": "1"},
        "Paid 10 days ago; the limit is 1 day",
    ),
    "one SKU": ("unknown_sku", {"skus": "A"}, "A"),
    "many SKUs": ("unknown_sku", {"skus": "A, B", "more": "6"}, "A, B and 6 more"),
    "address": (
        "incomplete_address",
        {"missing": "street, postal_code"},
        "Missing: street, postal code",
    ),
    "margin": (
        "margin_below_floor",
        margin_facts(-1050, 123456, "EUR", 500),
        "Margin -€10.50 of €1,234.56; the floor is 5.0%",
    ),
    "margin in a currency without decimals": (
        "margin_below_floor",
        margin_facts(10, 5000, "JPY", 750),
        "Margin ¥10 of ¥5,000; the floor is 7.5%",
    ),
    "duplicate": (
        "possible_duplicate",
        {"order": "#7", "minutes": "5"},
        "Same customer and items as #7, placed 5 minutes before",
    ),
    "no stock": ("shortfall", {"shortfall": "A: 2, B: 1"}, "A: 2, B: 1"),
    "several obstacles": (
        "no_offer",
        {"shortfall": "A: 2", "no_offer": "B: 1"},
        "B: 1. Not enough stock: A: 2",
    ),
    "rejected": (
        "supplier_rejected",
        {
            "supplier": "S1",
            "reject_reason": "inventory_out_of_stock",
            "note": "sold <b>out</b>",
        },
        "S1: Out of stock. “sold <b>out</b>”",
    ),
    "said no more": ("supplier_cancelled", {"supplier": "S1"}, "S1"),
    "by hand": (
        "supplier_cancelled",
        {"supplier": "S1", "remark": "cancelled_by_hand", "note": "ada"},
        "S1: Cancelled by hand. “ada”",
    ),
    "in part": (
        "supplier_shortfall",
        {"supplier": "S1", "units": "A: 2"},
        "S1: Does not deliver A: 2",
    ),
    "vague": (
        "supplier_shortfall",
        {"supplier": "S1", "is_vague": "yes"},
        "S1: Does not say what it accepts",
    ),
    "shipped after its end": (
        "shipped_after_end",
        {"supplier": "S1", "parcels": "T1, T2", "elsewhere": "S2"},
        "S1: Ended, but shipped all the same, in T1, T2: goods may arrive twice. "
        "Bought from S2 as well",
    ),
    "returned to its sender": (
        "returned_to_sender",
        {"supplier": "S1", "returned": "T1, T2"},
        "S1: Returned to sender: T1, T2",
    ),
    "nothing": ("fraud_risk", {}, ""),
}


@pytest.mark.parametrize(("reason", "facts", "words"), SAID.values(), ids=SAID)
def test_a_hold_says_its_facts(reason, facts, words):
    assert why(reason, json.loads(json.dumps(facts))).striptags() == words


def test_what_others_wrote_is_quoted_and_never_part_of_the_page():
    said = why("supplier_rejected", {"supplier": "S1", "note": "<b>no</b> %(x)s"})
    assert said == "<bdi>S1</bdi>: “<bdi>&lt;b&gt;no&lt;/b&gt; %(x)s</bdi>”"


def test_the_timeline_says_the_same_as_the_hold():
    facts = {"payment": "pending"}
    said = sentence("held", {"reason": "unpaid", **facts})
    assert said.striptags() == f"Held: Not paid. {why('unpaid', facts)}"


@pytest.mark.parametrize(
    ("remark", "note", "words"),
    [
        (Remark.INTERRUPTED, "", "Our process ended before the answer came"),
        (Remark.CANCELLED_BY_HAND, "ada", "Cancelled by hand: “ada”"),
        (None, "sold out", "“sold out”"),
        (None, "no answer in time", "no answer in time"),
        (None, "", ""),
    ],
)
def test_a_purchase_order_says_what_happened_last(remark, note, words):
    assert remarks(PurchaseOrder(remark=remark, note=note)).striptags() == words
