"""A return goes from request to settlement, and the money is written down once."""

import pytest
from sqlmodel import select

from erp.accounts.models import Role
from erp.fulfilment.lifecycle import CostBearer, ReturnReason, ReturnStatus
from erp.fulfilment.models import Return, ReturnLine
from tests.factories import make_order, order_lines


@pytest.fixture
def asked(sessions, now):
    """One of three units of #800 is to come back."""
    with sessions.writing() as session:
        order = make_order(session, lines=(("LAMP-1", 3, 2000),), name="#800")
        row = Return(
            reference="R-1",
            order_id=order.id,
            status=ReturnStatus.REQUESTED,
            reason=ReturnReason.DAMAGED,
            note="box crushed",
            requested_at=now,
        )
        session.add(row)
        session.flush()
        line = order_lines(session, order)[0]
        session.add(ReturnLine(return_id=row.id, order_line_id=line.id, quantity=1))
    return sessions


def _return(sessions):
    with sessions.reading() as session:
        return session.exec(select(Return)).one()


def test_an_empty_list_says_where_a_return_begins(operator):
    assert "open the order" in operator.get("/returns").text


FILTERS = {
    "status=requested": True,
    "q=800": True,
    "q=R-1": True,
    "status=requested&status=settled": True,
    "channel=web": True,
    "since=2026-03-01T00:00:00%2B00:00": True,
    "since=0001-01-01T00:00:00%2B14:00": True,
    "status=settled": False,
    "supplier=S1": False,
    "since=2026-04-01T00:00:00%2B00:00": False,
}


@pytest.mark.parametrize(("query", "found"), FILTERS.items(), ids=FILTERS)
def test_the_list_is_narrowed_by(operator, asked, query, found):
    assert (">R-1<" in operator.get(f"/returns?{query}").text) is found


def test_a_return_is_authorised_received_and_settled(operator, asked):
    for command in ("authorise", "receive"):
        assert operator.submit(f"/returns/R-1/{command}").status_code == 303
    page = operator.get("/returns/R-1").text
    assert "The return is now: Received." in page
    assert "sold for $20.00" in page
    answer = operator.submit(
        "/returns/R-1/settle", refund="20.00", credit="", bearer="supplier"
    )
    assert answer.status_code == 303
    row = _return(asked)
    assert row.status is ReturnStatus.SETTLED
    assert (row.refund_cents, row.supplier_credit_cents) == (2000, None)
    assert row.cost_bearer is CostBearer.SUPPLIER
    page = operator.get("/returns/R-1").text
    assert "$20.00" in page
    assert "Refuse" not in page


WRONG = {
    "no amount": ({"refund": "much"}, "refund"),
    "below zero": ({"refund": "-1"}, "refund"),
    "more than was paid": ({"refund": "60.01"}, "refund"),
    "odd credit": ({"credit": "1,0"}, "credit"),
    "nobody bears it": ({"bearer": ""}, "bearer"),
}


@pytest.mark.parametrize(("typed", "field"), WRONG.values(), ids=WRONG)
def test_a_wrong_settlement_keeps_what_was_typed(operator, asked, typed, field):
    for command in ("authorise", "receive"):
        operator.submit(f"/returns/R-1/{command}")
    given = {"refund": "20.00", "credit": "7.77", "bearer": "store"} | typed
    answer = operator.submit("/returns/R-1/settle", **given)
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert given["refund"] in answer.text
    assert given["credit"] in answer.text
    assert _return(asked).status is ReturnStatus.RECEIVED


def test_a_return_is_refused_with_the_reason(operator, asked):
    operator.submit("/returns/R-1/refuse", note="worn")
    row = _return(asked)
    assert (row.status, row.note) == (ReturnStatus.REFUSED, "worn")


def test_a_step_out_of_turn_changes_nothing(operator, asked):
    told = operator.submit("/returns/R-1/receive", True)
    assert "Nothing was changed" in told.text
    given = {"refund": "1", "bearer": "store"}
    told = operator.submit("/returns/R-1/settle", True, **given)
    assert "Nothing was changed" in told.text
    row = _return(asked)
    assert (row.status, row.refund_cents) == (ReturnStatus.REQUESTED, None)


def test_a_viewer_looks_and_changes_nothing(sign_in_as, asked):
    viewer = sign_in_as(Role.VIEWER)
    page = viewer.get("/returns/R-1").text
    assert "box crushed" in page
    assert "Authorise<" not in page
    for command in ("authorise", "receive", "settle", "refuse"):
        assert viewer.submit(f"/returns/R-1/{command}").status_code == 403
    assert _return(asked).status is ReturnStatus.REQUESTED


def test_a_return_nobody_knows_is_not_found(operator):
    assert operator.get("/returns/R-0").status_code == 404
    assert operator.submit("/returns/R-0/authorise").status_code == 404
