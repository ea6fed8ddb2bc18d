"""A supplier that is down holds its queue, and nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlmodel import select

from erp.fulfilment.forwarding import cancelling, claiming, reconciling
from erp.fulfilment.lifecycle import PurchaseStatus
from suppliers.health import FEWEST_CALLS, FIRST_PAUSE, OpenedBecause
from suppliers.models import SupplierHealth, SupplierOutage
from tests.erp.fulfilment.telling import call_off
from tests.erp.fulfilment.trade import EVERYWHERE, SETTLE, Trade

P = PurchaseStatus


def broken(trade: Trade, free_port: int, orders: int = FEWEST_CALLS) -> list[str]:
    """Nobody at its address any more, and enough calls to know it."""
    trade.supplier("A")
    trade.change_supplier("A", base_url=f"http://127.0.0.1:{free_port}/s/A")
    references = [trade.purchase("A") for _ in range(orders)]
    for _ in range(4):
        trade.forward()
        trade.later(seconds=1)
    return references


def mended(trade: Trade) -> None:
    trade.change_supplier("A", base_url=trade.remote.base_url(trade.codes["A"]))


def outages(trade: Trade) -> list[SupplierOutage]:
    with trade.sessions.reading() as session:
        rows = list(session.exec(select(SupplierOutage)))
        session.expunge_all()
    return rows


def calls_of(trade: Trade, references: list[str]) -> int:
    return sum(len(trade.attempts(each)) for each in references)


@EVERYWHERE
def test_an_open_circuit_holds_its_queue_and_no_other(
    trade: Trade, free_port: int
) -> None:
    references = broken(trade, free_port)
    (outage,) = outages(trade)
    assert outage.because is OpenedBecause.FAILING
    late = trade.purchase("A")
    trade.supplier("B")
    other = trade.purchase("B")

    assert trade.forward() == 1

    assert trade.read(other).status is P.SENT
    assert {trade.read(each).status for each in (*references, late)} == {P.QUEUED}
    assert trade.attempts(late) == []
    with trade.sessions.reading() as session:
        assert not claiming.anything_due(session, trade.now)


@EVERYWHERE
def test_one_probe_goes_out_and_once_it_is_answered_everything_does(
    trade: Trade, free_port: int
) -> None:
    references = broken(trade, free_port)
    before = calls_of(trade, references)
    trade.later(seconds=FIRST_PAUSE.total_seconds())
    with ThreadPoolExecutor(3) as pool:  # as many processes, at the same time
        assert sum(pool.map(lambda _: trade.forward(), range(3))) == 1
    assert calls_of(trade, references) == before + 1
    assert trade.forward() == 0

    mended(trade)
    trade.later(minutes=5)
    trade.forward()

    assert {trade.read(each).status for each in references} == {P.SENT}
    (outage,) = outages(trade)
    assert (outage.probes, outage.ended_at) == (1, trade.now)


def test_a_supplier_that_is_down_does_not_use_up_its_orders_attempts(
    trade: Trade, free_port: int
) -> None:
    """Pain: an outage of a night, and in the morning every order wants a human."""
    references = broken(trade, free_port, orders=20)
    for _ in range(12 * 60):
        trade.later(minutes=1)
        trade.forward()
    waiting = [trade.read(each).status for each in references]
    assert waiting.count(P.NEEDS_ATTENTION) <= FEWEST_CALLS

    mended(trade)
    trade.later(hours=5)
    trade.forward()

    sent = [trade.read(each).status for each in references]
    assert sent.count(P.SENT) >= 20 - FEWEST_CALLS


def test_questions_wait_as_orders_do(trade: Trade, free_port: int) -> None:
    trade.supplier("A")
    lost, wished = trade.purchase("A"), trade.purchase("A")
    trade.trouble("A", "lose_answer", when="after", on="submit")
    trade.forward()
    found = [each for each in (lost, wished) if trade.read(each).status is P.SENT]
    for reference in found:
        call_off(trade, reference)
    trade.change_supplier("A", base_url=f"http://127.0.0.1:{free_port}/s/A")
    for _ in range(FEWEST_CALLS):
        trade.reconcile()
        trade.cancel()
        trade.later(seconds=SETTLE.total_seconds())
    with trade.sessions.reading() as session:
        row = session.exec(select(SupplierHealth)).one()
        assert row.ready_at is not None
        held = row.ready_at - timedelta(seconds=1)
        assert not reconciling.anything_due(session, held)
        assert not cancelling.anything_due(session, held)


@EVERYWHERE
def test_no_more_goes_out_than_a_supplier_allows(trade: Trade) -> None:
    trade.supplier("A")
    trade.change_supplier("A", calls_per_minute=6, burst=3)
    references = [trade.purchase("A") for _ in range(8)]
    sent = []
    for _ in range(4):
        sent.append(trade.forward())
        trade.later(seconds=60)

    assert sent == [3, 3, 2, 0]
    assert {trade.read(each).status for each in references} == {P.SENT}


def test_refused_credentials_stop_everything_at_once(trade: Trade) -> None:
    """Pain: a revoked key, called on and on until the supplier bans the address."""
    trade.supplier("A")
    trade.change_supplier("A", sealed_token=trade.secrets.seal("revoked"))
    references = [trade.purchase("A") for _ in range(10)]
    trade.forward(threads=2)

    assert calls_of(trade, references) == 1
    (outage,) = outages(trade)
    assert outage.because is OpenedBecause.SHUT_OUT
    assert {trade.read(each).status for each in references} == {P.QUEUED}
