"""A list of stock that a supplier sends: the whole of it, or what changed."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from config.database import Sessions
from inventory.models import Offer
from inventory.renewing import Renewed, take_list
from suppliers.contract import StockRow
from suppliers.models import Supplier
from tests.factories import NOW, make_offer, make_product, make_supplier

HOUR = timedelta(hours=1)


@pytest.fixture
def session(both_sessions: Sessions):
    """Three offers of S1, last heard of an hour ago, and one of S2."""
    with both_sessions.writing() as session:
        for code, skus in (("S1", "ABC"), ("S2", "A")):
            for sku in skus:
                make_offer(
                    session,
                    make_product(session, sku),
                    make_supplier(session, code, currency="EUR"),
                    supplier_sku=sku,
                    quantity=5,
                    unit_cost_cents=400,
                    as_of=NOW - HOUR,
                )
        yield session


def tell(session: Session, *rows: StockRow, **given: object) -> Renewed:
    told = {row.supplier_sku: row for row in rows}
    supplier = make_supplier(session, "S1")
    given = {"as_of": None, "is_whole": False} | given
    return take_list(session, supplier.id, told, NOW, **given)


def offers(session: Session, code: str = "S1") -> dict[str, tuple]:
    query = (
        select(Offer)
        .where(col(Offer.supplier_id) == make_supplier(session, code).id)
        .order_by(col(Offer.supplier_sku))
        .execution_options(populate_existing=True)
    )
    return {
        each.supplier_sku: (each.quantity, each.unit_cost_cents, each.as_of)
        for each in session.exec(query)
    }


def supplier(session: Session) -> Supplier:
    found = make_supplier(session, "S1")
    session.refresh(found)
    return found


def test_what_is_named_is_renewed_and_the_rest_grows_stale(session):
    renewed = tell(
        session,
        StockRow("A", 9, 450, "EUR"),
        StockRow("B", 5, None, None),
        StockRow("X", 1, None, None),
    )
    assert renewed == Renewed(2, 1, 0, 0, ("X",))
    assert offers(session) == {
        "A": (9, 450, NOW),
        "B": (5, 400, NOW),
        "C": (5, 400, NOW - HOUR),
    }
    assert offers(session, "S2") == {"A": (5, 400, NOW - HOUR)}


def test_only_a_whole_list_counts_as_a_reading(session):
    tell(session, StockRow("A", 9, None, None))
    assert supplier(session).stock_read_at is None
    assert supplier(session).last_seen_at == NOW
    tell(session, StockRow("A", 9, None, None), is_whole=True)
    assert supplier(session).stock_read_at == NOW


def test_unknown_is_kept_as_unknown(session):
    tell(session, StockRow("A", None, None, None))
    assert offers(session)["A"] == (None, 400, NOW)


def test_what_is_older_than_what_we_know_is_left_out(session):
    old = tell(session, StockRow("A", 9, None, None), as_of=NOW - 2 * HOUR)
    assert old == Renewed(0, 0, 1, 0, ())
    assert offers(session)["A"] == (5, 400, NOW - HOUR)


def test_nobody_knows_what_is_to_come(session):
    tell(session, StockRow("A", 9, None, None), as_of=NOW + HOUR)
    assert offers(session)["A"] == (9, 400, NOW)


def test_a_cost_in_another_currency_is_not_taken_and_told(session):
    renewed = tell(session, StockRow("A", 9, 90, "JPY"))
    assert renewed == Renewed(1, 1, 0, 1, ())
    assert offers(session)["A"] == (9, 400, NOW)
