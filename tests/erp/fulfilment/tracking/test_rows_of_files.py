"""From a supplier's file of statuses to the lines of a purchase order."""

import httpx
import pytest
from sqlmodel import Session, col, select

from erp.fulfilment.models import PurchaseOrderLine
from erp.orders.lifecycle import HoldReason, LineStatus
from suppliers.contract import ItemReport, PurchaseReport
from suppliers.dialects.csvfeed.client import CsvFeedClient
from suppliers.dialects.csvfeed.files.addresses import Site
from suppliers.dialects.csvfeed.options import Options
from suppliers.http import SupplierHttp
from suppliers.options import fitting
from suppliers.transport import HttpPolicy
from tests.erp.fulfilment.tracking.telling import (
    P,
    R,
    at_supplier,
    holds,
    order_of,
    report,
    tell,
)
from tests.factories import NOW, order_lines

TWO = (("A", 2, 1000), ("B", 1, 1000))


def read(*rows: str) -> PurchaseReport:
    """What a file with these rows (SKU, status) says of the purchase order."""
    lines = "".join(f"P-1,{row}\n" for row in rows)
    body = f"purchase_order,sku,status\n{lines}".encode()

    def answer(request: httpx.Request) -> httpx.Response:
        length = {"content-length": str(len(body))}
        return httpx.Response(200, headers=length, stream=httpx.ByteStream(body))

    declared = fitting(Options, {"shipments": {"place": "shipments.csv"}})
    transport = httpx.MockTransport(answer)
    http = SupplierHttp("S1", HttpPolicy(), lambda: NOW, transport)
    site = Site("https://s1.test", declared.auth, "secret")
    (told,) = CsvFeedClient(http, site, declared).changes(None).reports
    return told


def accepted(session: Session) -> list[int | None]:
    query = select(PurchaseOrderLine.accepted_quantity)
    return list(session.exec(query.order_by(col(PurchaseOrderLine.id))))


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (["S1-A,accepted", "S1-B,rejected"], P.ACCEPTED),
        ([",accepted", "S1-B,rejected"], P.ACCEPTED),
        (["S1-A,received", "S1-B,rejected"], P.SENT),
        (["S1-A,", "S1-B,cancelled"], P.SENT),
        (["S1-B,cancelled"], P.SENT),
        (["S1-B,rejected"], P.SENT),
    ],
)
def test_an_item_that_is_off_leaves_the_others(
    session: Session, rows: list[str], status: P
) -> None:
    purchase = at_supplier(session, TWO)
    told = read(*rows)

    tell(session, told, told)

    assert purchase.status is status
    assert accepted(session)[1] == 0
    assert accepted(session)[0] in (None, 2)
    lines = order_lines(session, order_of(session, purchase))
    assert [line.status for line in lines] == [LineStatus.ALLOCATED, LineStatus.OPEN]
    assert holds(session) == [HoldReason.SUPPLIER_SHORTFALL]


@pytest.mark.parametrize(
    "rows",
    [[",cancelled"], ["S1-A,cancelled", "S1-B,cancelled"], ["S1-A,cancelled"]],
)
def test_it_ends_when_nothing_stands_any_more(
    session: Session, rows: list[str]
) -> None:
    purchase = at_supplier(session, TWO)

    tell(session, read("S1-B,cancelled"), read(*rows))

    assert purchase.status is P.CANCELLED
    lines = order_lines(session, order_of(session, purchase))
    assert [line.status for line in lines] == [LineStatus.OPEN, LineStatus.OPEN]


def test_a_yes_to_an_order_whose_only_item_is_off_is_a_no(session: Session) -> None:
    purchase = at_supplier(session)

    tell(session, read(",accepted", "S1-A,rejected"))

    assert purchase.status is P.REJECTED


def test_no_units_of_any_item_before_an_answer_take_nothing_away(
    session: Session,
) -> None:
    purchase = at_supplier(session)

    tell(session, report(R.RECEIVED, items=(ItemReport("S1-A", 0),)))

    assert purchase.status is P.SENT
    assert accepted(session) == [None]
