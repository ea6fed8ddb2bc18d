"""A report that could not be applied is kept whole, and a human decides about it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.set_aside.deciding import dismiss, try_again
from erp.fulfilment.set_aside.keeping import set_aside
from erp.fulfilment.set_aside.models import SetAsideReport, Standing
from erp.fulfilment.set_aside.queries import waiting_by_supplier
from erp.fulfilment.set_aside.writing import read
from suppliers.contract import (
    ParcelReport,
    PurchaseReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.models import Supplier
from tests.erp.fulfilment.trade import EVERYWHERE, Trade

SCANNED = datetime(2026, 3, 3, 9, tzinfo=UTC)


def report(reference: str, **given: object) -> PurchaseReport:
    parcel = ParcelReport(
        shipment_id="s1",
        carrier="DHL",
        tracking_number="t1",
        contents=(),
        scans=(ScanReport(ScanKind.PICKED_UP, SCANNED, "Köln"),),
        holds_rest=True,
    )
    told = PurchaseReport(
        reference=reference,
        supplier_reference="theirs",
        status=ReportedStatus.ACCEPTED,
        acknowledged_at=SCANNED,
        parcels=(parcel,),
    )
    return replace(told, **given)


def keep(trade: Trade, told: PurchaseReport, name: str = "A") -> None:
    with trade.sessions.writing() as session:
        code = trade.codes[name]
        teller = session.exec(select(Supplier).where(col(Supplier.code) == code)).one()
        set_aside(session, teller, told, ValueError("an odd one"), trade.now)


def kept(trade: Trade) -> list[SetAsideReport]:
    with trade.sessions.reading() as session:
        found = list(session.exec(select(SetAsideReport).order_by(SetAsideReport.id)))
        session.expunge_all()
    return found


@pytest.fixture
def sent(trade: Trade) -> str:
    trade.supplier("A")
    reference = trade.purchase("A")
    trade.forward()
    return reference


@EVERYWHERE
def test_a_report_is_kept_whole_and_once_however_often_it_is_told(
    trade: Trade, sent: str
) -> None:
    keep(trade, report(sent))
    trade.later(hours=1)
    keep(trade, report(sent))

    (row,) = kept(trade)
    assert read(row.report) == report(sent)
    assert (row.times_heard, row.last_heard_at) == (2, trade.now)
    assert (row.why, row.purchase_order_id) == ("an odd one", trade.read(sent).id)
    assert trade.events(trade.read(sent).order_id).count("report_set_aside") == 1


@EVERYWHERE
def test_tried_again_a_report_that_fits_now_is_applied(trade: Trade, sent: str) -> None:
    keep(trade, report(sent))
    (row,) = kept(trade)

    done = try_again(trade.sessions, row.id or 0, trade.now, by="ann")

    assert done is Standing.APPLIED
    assert trade.read(sent).status is PurchaseStatus.SHIPPED
    (row,) = kept(trade)
    assert (row.standing, row.decided_by) == (Standing.APPLIED, "ann")


@EVERYWHERE
def test_tried_again_in_vain_it_waits_with_the_newest_reason(
    trade: Trade, sent: str
) -> None:
    keep(trade, report(sent, supplier_reference="half \ud800"))
    (row,) = kept(trade)

    done = try_again(trade.sessions, row.id or 0, trade.now, by="ann")

    assert done is Standing.WAITING
    (row,) = kept(trade)
    assert (row.standing, row.decided_at) == (Standing.WAITING, None)
    assert row.why not in ("", "an odd one")
    assert trade.read(sent).status is PurchaseStatus.SENT


def test_what_a_human_saw_to_is_asked_of_nobody_again(trade: Trade, sent: str) -> None:
    keep(trade, report(sent))
    with trade.sessions.writing() as session:
        assert waiting_by_supplier(session) == [(trade.codes["A"], 1)]
        dismiss(session, kept(trade)[0].id or 0, trade.now, by="ann")

    keep(trade, report(sent))

    (row,) = kept(trade)
    assert row.standing is Standing.DISMISSED
    with trade.sessions.reading() as session:
        assert waiting_by_supplier(session) == []
    stands = try_again(trade.sessions, row.id or 0, trade.now, by="bob")
    assert stands is Standing.DISMISSED
    assert trade.read(sent).status is PurchaseStatus.SENT


@EVERYWHERE
@pytest.mark.parametrize(
    "odd", ["nul \0", "half \ud800", "x" * 5_000], ids=["nul", "half", "long"]
)
def test_whatever_a_report_holds_can_be_kept(trade: Trade, sent: str, odd: str) -> None:
    keep(trade, report(odd, note=odd))

    (row,) = kept(trade)
    assert row.report["note"] == odd
    assert row.purchase_order_id is None


def test_a_report_on_anothers_purchase_order_is_not_hung_on_it(
    trade: Trade, sent: str
) -> None:
    trade.supplier("B")
    keep(trade, report(sent), "B")

    assert kept(trade)[0].purchase_order_id is None
    assert "report_set_aside" not in trade.events(trade.read(sent).order_id)
