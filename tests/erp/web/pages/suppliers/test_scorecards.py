"""The scorecard says what it counted, and leads to the rows."""

import re
from datetime import timedelta
from html import unescape

import pytest

from erp.accounts.models import Role
from erp.fulfilment.lifecycle import PurchaseStatus
from suppliers.contract import RejectReason
from tests.factories import make_order, make_purchase_order, make_supplier


@pytest.fixture
def viewer(sign_in_as):
    return sign_in_as(Role.VIEWER)


def _live_through(sessions, sent_at):
    """One was answered in time, one late, and one rejected."""
    with sessions.writing() as session:
        supplier = make_supplier(session, "S1")
        for reference, hours in (("QUICK", 3), ("SLOW", 30)):
            make_purchase_order(
                session,
                make_order(session),
                supplier,
                PurchaseStatus.ACCEPTED,
                reference=reference,
                sent_at=sent_at,
                acknowledge_by=sent_at + timedelta(days=1),
                acknowledged_at=sent_at + timedelta(hours=hours),
            )
        make_purchase_order(
            session,
            make_order(session),
            supplier,
            PurchaseStatus.REJECTED,
            reference="NO",
            sent_at=sent_at,
            ended_at=sent_at + timedelta(hours=1),
            reason=RejectReason.INVENTORY_OUT_OF_STOCK,
        )


@pytest.fixture
def history(sessions, now):
    _live_through(sessions, now - timedelta(days=10))


@pytest.fixture
def long_past(sessions, now):
    _live_through(sessions, now - timedelta(days=60))


def _link(page, words):
    found = re.search(rf'href="([^"]+)"[^>]*>{words}</a>', page)
    assert found, page
    return unescape(found[1])


def test_figures_stand_with_their_cases(viewer, history):
    page = viewer.get("/suppliers/S1/scorecard").text
    assert "median 3 hr, 9 of 10 within 30 hr" in page
    assert "50.0%" in page
    assert "1 of 2" in page
    assert "Supplier: out of stock" in page


def test_a_figure_leads_to_its_rows(viewer, history):
    page = viewer.get("/suppliers/S1/scorecard").text
    rows = viewer.get(_link(page, "late or still missing")).text
    assert "SLOW" in rows
    assert "QUICK" not in rows
    assert "Not answered in time" in rows
    ended = viewer.get(_link(page, "1")).text
    assert ">NO<" in ended
    assert "SLOW" not in ended


def test_a_shorter_window_may_know_nothing(viewer, long_past):
    page = viewer.get("/suppliers/S1/scorecard").text
    assert "never as zero" in page
    assert "0.0%" not in page
    assert "50.0%" in viewer.get("/suppliers/S1/scorecard?days=90").text
    assert "never as zero" in viewer.get("/suppliers/S1/scorecard?days=many").text


def test_all_suppliers_stand_side_by_side(viewer, history, sessions):
    with sessions.writing() as session:
        make_supplier(session, "S2")
    page = viewer.get("/suppliers/scorecards?days=90").text
    assert 'href="/suppliers/S1/scorecard?days=90"' in page
    assert 'href="/suppliers/S2/scorecard?days=90"' in page
    assert "33.3%" in page
    assert "—" in page


def test_nobody_has_the_scorecard_of_nobody(viewer):
    assert viewer.get("/suppliers/none/scorecard").status_code == 404
    assert "No suppliers yet" in viewer.get("/suppliers/scorecards").text
