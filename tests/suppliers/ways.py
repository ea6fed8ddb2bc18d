"""The ways of working that the conformance suite runs over.

A way is a kind of `DIALECTS` with what it takes to speak it to the sandbox: the wire
(the first part of the sandbox's address that answers in that way), its options, the
habits its supplier needs, and what it cannot do. A kind may stand here several times.
Mails are the one wire that is no address: there it says what our mail server keeps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from suppliers.contract import (
    Follows,
    PurchaseReport,
    RejectReason,
    SupplierClient,
)
from tests.suppliers import declared


class Cannot(StrEnum):
    """What a way of working cannot do; the suite asserts how it says so."""

    LOOK_UP = "look_up"  # look_up raises Rejected
    STOCK = "stock"  # read_stock raises Rejected
    CANCEL = "cancel"  # cancel raises Rejected
    ANSWER_CANCELS = "answer_cancels"  # cancel returns None: it answers in its own time
    STOP_LOOK_UPS = "stop_look_ups"  # no switch at the supplier that ends look-ups
    ODD_REFERENCES = "odd_references"  # only letters, digits and dashes travel whole
    PART_ACCEPT = "part_accept"  # all or nothing
    PROMISE = "promise"  # it names no dates to ship or deliver by
    REASONS = "reasons"  # a refusal has no word for the reason: OTHER
    LATER_REASONS = "later_reasons"  # it does not say why it rejects what it took
    DELIVERY = "delivery"  # it tells when a parcel left, not when it arrived
    REJECT_LATER = "reject_later"  # what it took it cancels, and rejects no more
    CONTENTS = "contents"  # it does not say what is in which parcel
    STOCK_MOMENT = "stock_moment"  # its stock list names no moment
    REFUSE_AT_ONCE = "refuse_at_once"  # whatever comes is taken; a no comes later
    NUMBER_ORDERS = "number_orders"  # an order is known by our own name for it alone
    NAME_A_TIME = "name_a_time"  # it says to come back, and not when
    ANSWER_LOOK_UPS = "answer_look_ups"  # copies of our own are looked through instead


@dataclass(frozen=True)
class Way:
    kind: str
    wire: str = "s"
    options: Callable[[str], Mapping[str, Any]] = lambda base_url: {}
    habits: Mapping[str, Any] = field(default_factory=dict)
    cannot: frozenset[Cannot] = frozenset()
    page: int = 100  # changes that come at once


PLAIN = Way("rest")
CSV_FILES = {
    "auth": {"way": "basic", "username": "shop"},
    "stock": {"place": "stock.csv"},
    "orders": {"way": "upload", "files_stay": True, "takes_cancellations": True},
    "shipments": {"place": "shipments.csv"},
}

MAILS = {
    "csv": {"encoding": "utf-8"},  # for a program, as no spreadsheet is by
    "tracking": [
        {
            "pattern": r"^parcel (?P<tracking>\S+) by (?P<carrier>.+): "
            r"(?P<quantity>\d+) x (?P<sku>\S+)"
        }
    ],
    "answers": [
        {"pattern": "we accept it", "status": "accepted"},
        {"pattern": "we called it off", "status": "cancelled"},
        *(
            {"pattern": f"we refuse it: {each}", "status": "rejected", "reason": each}
            for each in RejectReason
        ),
    ],
}
BY_MAIL = frozenset(
    {
        Cannot.STOCK,
        Cannot.ANSWER_CANCELS,
        Cannot.PART_ACCEPT,
        Cannot.PROMISE,
        Cannot.DELIVERY,
        Cannot.REFUSE_AT_ONCE,
        Cannot.NUMBER_ORDERS,
        Cannot.NAME_A_TIME,
    }
)

WAYS = {
    "rest": PLAIN,
    "declared in an envelope": Way(
        "rest", "declared/envelope", options=lambda base_url: declared.ENVELOPE
    ),
    "declared flat": Way(
        "rest", "declared/flat", options=lambda base_url: declared.FLAT
    ),
    "declared, looked up": Way(
        "rest",
        "declared/flat",
        options=lambda base_url: declared.LOOKED_UP,
        habits={"guard": "none"},
    ),
    "declared, scanned": Way(
        "rest",
        "declared/flat",
        options=lambda base_url: declared.SCANNED,
        habits={"guard": "none"},
    ),
    "declared, blind": Way(
        "rest",
        "declared/flat",
        options=lambda base_url: declared.BLIND,
        habits={"guard": "none"},
        cannot=frozenset({Cannot.LOOK_UP, Cannot.CANCEL, Cannot.STOCK}),
    ),
    "csvfeed": Way(
        "csvfeed",
        "csv",
        options=lambda base_url: CSV_FILES,
        cannot=frozenset({Cannot.ANSWER_CANCELS}),
    ),
    "bigbuy": Way(
        "bigbuy",
        "bigbuy",
        options=lambda base_url: {"email": "orders@shop.test", "phone": "1"},
        cannot=frozenset(
            {
                Cannot.CANCEL,
                Cannot.STOP_LOOK_UPS,
                Cannot.ODD_REFERENCES,
                Cannot.PART_ACCEPT,
                Cannot.PROMISE,
                Cannot.LATER_REASONS,
                Cannot.REJECT_LATER,
                Cannot.CONTENTS,
                Cannot.STOCK_MOMENT,
            }
        ),
    ),
    "printful": Way(
        "printful",
        "printful",
        cannot=frozenset(
            {
                Cannot.STOCK,
                Cannot.STOP_LOOK_UPS,
                Cannot.ODD_REFERENCES,
                Cannot.PART_ACCEPT,
                Cannot.PROMISE,
                Cannot.LATER_REASONS,
                Cannot.DELIVERY,
            }
        ),
    ),
    "email": Way(
        "email",
        "copies",  # our mail server keeps copies of what it sent
        options=lambda base_url: MAILS,
        habits={"guard": "none"},
        cannot=BY_MAIL | {Cannot.ANSWER_LOOK_UPS, Cannot.STOP_LOOK_UPS},
        page=50,
    ),
    "email, no copies": Way(
        "email",
        "no copies",
        options=lambda base_url: MAILS,
        habits={"guard": "none"},
        cannot=BY_MAIL | {Cannot.LOOK_UP},
        page=50,
    ),
}


# Kinds that call nobody: no sandbox can stand at the other end. What the contract asks
# of them is asserted in tests/suppliers/dialects, in a file of their own.
UNCALLED = frozenset({"portal"})


def learned(client: SupplierClient, reference: str) -> PurchaseReport | None:
    """What the supplier says of an order now."""
    if client.follows is not Follows.CHANGES:
        return client.look_up(reference)
    found, cursor, more = None, None, True
    while more:
        page = client.changes(cursor)
        cursor, more = page.cursor, page.more
        for report in page.reports:
            found = report if report.reference == reference else found
    return found
