"""After the mischief: everything runs on until nothing is due any more."""

import time
from datetime import timedelta

from sqlmodel import col, func, select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.orders.lifecycle import NextStep
from erp.orders.models import Order
from suppliers.allowances import forget
from suppliers.models import Supplier
from tests.bench.chaos.stage import Stage

LOOK_SECONDS = 0.1
HASTEN_SECONDS = 3.0
UNSETTLED = (PurchaseStatus.QUEUED, PurchaseStatus.SENDING, PurchaseStatus.UNKNOWN)


def settle(stage: Stage) -> None:
    """Fails if it takes longer than the patience of the run."""
    ends = time.monotonic() + stage.scale.patience
    hastened = 0.0
    while not _is_settled(stage):
        stage.programs.check()
        assert time.monotonic() < ends, f"not settled: {_unsettled(stage)}"
        if time.monotonic() - hastened > HASTEN_SECONDS:
            hastened = time.monotonic()
            _hasten(stage)
        time.sleep(LOOK_SECONDS)
    stage.programs.check()


def _is_settled(stage: Stage) -> bool:
    for caller in stage.callers:
        assert caller.failure is None, caller.failure
    has_all = stage.shop.taken == stage.scale.orders
    return has_all and not _unsettled(stage) and _is_pulled(stage)


def _unsettled(stage: Stage) -> dict[str, int]:
    by_status = (
        select(PurchaseOrder.status, func.count())
        .where(col(PurchaseOrder.status).in_(UNSETTLED))
        .group_by(col(PurchaseOrder.status))
    )
    steps = [NextStep.CHECK, NextStep.ROUTE]
    unrouted = select(func.count()).where(col(Order.next_step).in_(steps))
    with stage.erp.sessions.reading() as session:
        found = {status.value: count for status, count in session.exec(by_status)}
        found["unrouted"] = session.exec(unrouted).one()
    return {name: count for name, count in found.items() if count}


def _is_pulled(stage: Stage) -> bool:
    """Whether the supplier that pulls has read its whole list."""
    query = (
        select(func.count(col(PurchaseOrder.id)))
        .join(Supplier, col(Supplier.id) == PurchaseOrder.supplier_id)
        .where(Supplier.kind == "portal")
    )
    with stage.erp.sessions.reading() as session:
        return session.exec(query).one() == len(stage.puller.listed)


def _hasten(stage: Stage) -> None:
    """Nobody waits here for the time of a retry, of a departure or of a circuit."""
    now = stage.erp.clock()
    with stage.erp.sessions.writing() as session:
        waiting = session.exec(
            select(PurchaseOrder)
            .where(PurchaseOrder.status == PurchaseStatus.QUEUED)
            .with_for_update(skip_locked=True)
        )
        for purchase in waiting:
            purchase.due_at = now - timedelta(minutes=1)
    for trader in stage.traders:
        with stage.erp.sessions.writing() as session:
            query = select(Supplier.id).where(Supplier.code == trader.code)
            forget(session, session.exec(query).one() or 0, now)
