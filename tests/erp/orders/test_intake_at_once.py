"""Orders that come in from many sides at once are stored once, and stay whole."""

from concurrent.futures import ThreadPoolExecutor, wait

from sqlmodel import func, select

from erp.orders.intake import Verdict, accept, accept_many
from erp.orders.lifecycle import LineStatus
from erp.orders.models import Contact, Order, OrderEvent, OrderLine
from inventory.models import DailyDemand
from tests.asked import an_order
from tests.erp.orders.read_orders import read
from tests.factories import make_product


def test_an_order_does_not_change_while_it_goes_to_suppliers(both_sessions, now):
    """Two processes: what was asked of suppliers and what is kept never differ."""
    moved = read(ship_to=an_order()["ship_to"] | {"address1": "1 New Street"})
    with both_sessions.writing() as session:
        order_id = accept(session, read(), now).order_id

    def take_in_again():
        with both_sessions.writing() as session:
            return accept(session, moved, now)

    with ThreadPoolExecutor(1) as pool:
        with both_sessions.writing() as session:  # routing
            session.get(Order, order_id, with_for_update=True)
            line = session.exec(select(OrderLine)).one()
            again = pool.submit(take_in_again)
            wait([again], timeout=0.5)
            line.status = LineStatus.ALLOCATED
        answer = again.result()
    assert answer.verdict is Verdict.REFUSED
    assert [problem.field for problem in answer.problems] == ["ship_to"]


def test_who_waits_for_anothers_new_order_keeps_nobody_from_a_known_one(
    both_sessions, now
):
    """Else both wait, each for the other, and a database ends one of them."""
    known, new = read(external_id="1"), read(external_id="2")
    with both_sessions.writing() as session:
        accept(session, known, now)

    def take_in_both():
        with both_sessions.writing() as session:
            return accept_many(session, [known, new], now)

    with ThreadPoolExecutor(1) as pool:
        with both_sessions.writing() as session:
            first = accept(session, new, now)
            both = pool.submit(take_in_both)
            wait([both], timeout=0.5)
            again = accept(session, known, now)
        answers = [answer.verdict for answer in both.result()]
    assert (first.verdict, again.verdict) == (Verdict.CREATED, Verdict.UNCHANGED)
    assert answers == [Verdict.UNCHANGED, Verdict.UNCHANGED]


def test_the_same_orders_from_many_sides_at_once_are_stored_once(both_sessions, now):
    """Eight writers bring overlapping orders; nothing is lost, nothing is twice."""

    def bring(writer):
        verdicts = []
        for number in range(20):
            batch = [
                read(external_id=f"{(number * 7 + writer + i) % 30}") for i in range(3)
            ]
            with both_sessions.writing() as session:
                verdicts += [each.verdict for each in accept_many(session, batch, now)]
        return verdicts

    with both_sessions.writing() as session:
        make_product(session, "A")
    with ThreadPoolExecutor(8) as pool:
        verdicts = [each for part in pool.map(bring, range(8)) for each in part]
    with both_sessions.reading() as session:
        ids = session.exec(select(Order.external_id)).all()
        counts = [
            session.exec(select(func.count()).select_from(model)).one()
            for model in (Order, OrderLine, Contact, OrderEvent)
        ]
        units = session.exec(select(func.sum(DailyDemand.units))).one()
    assert sorted(ids, key=int) == [str(number) for number in range(30)]
    assert counts == [30] * 4
    assert units == 30
    assert verdicts.count(Verdict.CREATED) == 30
    assert set(verdicts) == {Verdict.CREATED, Verdict.UNCHANGED}
