"""Whatever suppliers say, whenever, and whoever clicks: never two for one unit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from config.database import Sessions, connect
from erp.fulfilment.decisions import cancel_purchase
from erp.fulfilment.lifecycle import DEAD, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.rerouting.commands import reroute_order
from erp.fulfilment.rerouting.queues import reroute_queue
from erp.fulfilment.rerouting.watching import WatchRules, watch_due
from erp.fulfilment.sourcing.purchasing import route_some
from erp.fulfilment.tracking.reports import apply_reports
from erp.migrations.tables import metadata
from erp.orders.holds import release
from erp.orders.lifecycle import MoveError, NextStep
from erp.orders.models import Order
from suppliers.contract import (
    ItemReport,
    ParcelReport,
    PurchaseReport,
    RejectReason,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.models import Reroute, Supplier
from tests.erp.fulfilment.rerouting.watched import ROUTING
from tests.factories import NOW, make_offer, make_order, make_product, make_supplier

QUANTITY = 3
CODES = ("A", "B", "C")
P, R = PurchaseStatus, ReportedStatus


def _copy(of: Engine, to: Engine) -> None:
    with of.connect() as whole, to.connect() as copy:
        whole.connection.driver_connection.backup(copy.connection.driver_connection)


class Interleaving(RuleBasedStateMachine):
    """One order, three suppliers that could deliver it, and every hand at once."""

    template: ClassVar[Engine]
    most_asked: ClassVar[int] = 0  # purchase orders of the one order, over all examples

    def __init__(self) -> None:
        super().__init__()
        self.engine = connect("sqlite://")
        _copy(self.template, self.engine)
        self.sessions = Sessions(self.engine)
        self.now = NOW
        with self.sessions.writing() as session:
            product = make_product(session, "X")
            for number, code in enumerate(CODES):
                supplier = make_supplier(session, code)
                cost = 100 * (number + 1)
                make_offer(session, product, supplier, unit_cost_cents=cost)
            make_order(session, (("X", QUANTITY, 1000),))
        self.route()
        self.report(0, R.RECEIVED, None, False)

    def teardown(self) -> None:
        self.engine.dispose()

    def route(self) -> None:
        """Even where nobody would: routing itself must see that nothing is free."""
        with self.sessions.writing() as session:
            session.exec(select(Order)).one().next_step = NextStep.ROUTE
        route_some(self.sessions, ROUTING, self.now)

    @rule(
        number=st.integers(0, 1),
        said=st.sampled_from([*R]),
        reason=st.none() | st.sampled_from(RejectReason),
        answers_cancel=st.booleans(),
    )
    def report(
        self,
        number: int,
        said: ReportedStatus,
        reason: RejectReason | None,
        answers_cancel: bool,
    ) -> None:
        self._tell(number, said, reason=reason, answers_cancel=answers_cancel)

    @rule(number=st.integers(0, 1), units=st.integers(1, QUANTITY))
    def accept_some(self, number: int, units: int) -> None:
        self._tell(number, R.PARTLY_ACCEPTED, (ItemReport("", units),))

    @rule(number=st.integers(0, 1), units=st.integers(1, QUANTITY))
    def ship(self, number: int, units: int) -> None:
        """Only what it has, and has not called off, is on its way."""
        with self.sessions.reading() as session:
            purchase = _nth(session, number)
            if purchase is None or purchase.status in DEAD | {P.QUEUED}:
                return
        self._tell(number, R.ACCEPTED, units=units)

    @rule(hours=st.sampled_from([1, 13, 48, 200]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(mode=st.sampled_from(Reroute))
    def watch(self, mode: Reroute) -> None:
        watch_due(self.sessions, WatchRules(mode, ROUTING), self.now)

    @rule()
    def reroute(self) -> None:
        with self.sessions.writing() as session:
            order = session.exec(select(Order)).one()
            reroute_order(session, order, self.now, by="ada")

    @rule(code=st.sampled_from(CODES))
    def reroute_queue_of(self, code: str) -> None:
        with self.sessions.writing() as session:
            query = select(Supplier).where(col(Supplier.code) == code)
            supplier = session.exec(query).one()
            reroute_queue(session, supplier, ROUTING, self.now, by="ada")

    @rule()
    def release_holds(self) -> None:
        with self.sessions.writing() as session:
            release(session, session.exec(select(Order)).one(), self.now, by="ada")

    @rule(number=st.integers(0, 1))
    def cancel(self, number: int) -> None:
        with self.sessions.writing() as session:
            purchase = _nth(session, number)
            if purchase is None:
                return
            try:
                cancel_purchase(session, purchase, self.now, by="ada")
            except MoveError:
                session.rollback()

    @invariant()
    def no_unit_is_asked_for_twice(self) -> None:
        self.route()
        with self.sessions.reading() as session:
            rows = session.exec(select(PurchaseOrderLine)).all()
            asked = [_units(row) for row in rows if row.is_live]
            parts = [row.part for row in rows if row.is_live]
        assert sum(asked) <= QUANTITY
        assert len(parts) == len(set(parts))

    @invariant()
    def nobody_who_let_it_down_is_asked_again(self) -> None:
        with self.sessions.reading() as session:
            asked = session.exec(select(PurchaseOrder)).all()
            Interleaving.most_asked = max(Interleaving.most_asked, len(asked))
            again = [
                later.reference
                for ended in asked
                for later in asked
                if ended.ended_at
                and later.supplier_id == ended.supplier_id
                and later.created_at > ended.ended_at
            ]
        assert again == []

    def _tell(
        self,
        number: int,
        said: ReportedStatus,
        items: Sequence[ItemReport] = (),
        reason: RejectReason | None = None,
        *,
        units: int = 0,
        answers_cancel: bool = False,
    ) -> None:
        with self.sessions.writing() as session:
            purchase = _nth(session, number)
            if purchase is None:
                return
            line = session.exec(
                select(PurchaseOrderLine).where(
                    col(PurchaseOrderLine.purchase_order_id) == purchase.id
                )
            ).one()
            told = tuple(
                ItemReport(line.supplier_sku, each.accepted_quantity) for each in items
            )
            scan = ScanReport(ScanKind.PICKED_UP, self.now)
            contents = ((line.supplier_sku, units),)
            parcel = ParcelReport(f"{units}", "UPS", f"T{units}", contents, (scan,))
            report = PurchaseReport(
                reference=purchase.reference,
                supplier_reference="theirs",
                status=said,
                items=told,
                reason=reason,
                parcels=(parcel,) if units else (),
            )
            apply_reports(session, [report], self.now, answers_cancel=answers_cancel)


def _nth(session: Session, number: int) -> PurchaseOrder | None:
    found = session.exec(select(PurchaseOrder).order_by(col(PurchaseOrder.id))).all()
    return found[number] if number < len(found) else None


def _units(row: PurchaseOrderLine) -> int:
    accepted = row.accepted_quantity
    return row.quantity if accepted is None else accepted


def test_no_unit_is_ever_asked_of_two() -> None:
    Interleaving.template = connect("sqlite://")
    metadata.create_all(Interleaving.template)
    run_state_machine_as_test(
        Interleaving,
        settings=settings(max_examples=30, stateful_step_count=12, deadline=None),
    )
    Interleaving.template.dispose()
    assert Interleaving.most_asked > 1, "no unit ever went on to another supplier"
