"""Lives through the demo store's past: the real program under a moved clock."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import col, select

from erp.bootstrap import Erp
from erp.demo.oddities import Oddities
from erp.demo.returning import ReturnsDesk
from erp.demo.shelf import SUPPLIERS
from erp.fulfilment.models import PurchaseOrder
from erp.orders.incoming import NewOrder
from erp.orders.models import Order
from erp.replay.folder import Recorded
from erp.replay.running import MovedClock, Run
from erp.replay.stage import Stage
from erp.replay.timeline import Event, Moment, timeline
from suppliers.models import Supplier
from suppliers.sandbox.remote import SandboxRemote

Progress = Callable[[int, int], None]  # how many moments are over, of how many
BURST = timedelta(hours=12)  # after so long at most, jobs see to what came in
RECENT = timedelta(days=3)  # what lies closer is lived through in finer steps
RECENT_BURST = timedelta(hours=2)
WATCHED = timedelta(days=31)  # before that, not every day's figures are taken
SKIPPED_DAYS = 3
EVERYBODY = frozenset(supplier.code for supplier in SUPPLIERS)


@dataclass(frozen=True, slots=True)
class Past:
    """Everything that is about to have happened."""

    erp: Erp
    clock: MovedClock
    remote: SandboxRemote
    stage: Stage
    recorded: Recorded
    oddities: Oddities
    operator: str

    def live_through(self, now: datetime, tell: Progress) -> None:
        """Play every moment up to now; the answer to the last order gets lost."""
        run = Run(self.erp, self.clock, self.stage, self.recorded)
        moments = list(self._moments(now))
        desk = ReturnsDesk(random.Random(now.date().isoformat()), self.operator)
        for number, moment in enumerate(moments, start=1):
            if moment.orders == (self._lost,):
                self._lose_answers()
            run.play([moment], lambda _moment: None)
            if moment.event is Event.DAY_END:
                with self.erp.sessions.writing() as session:
                    desk.end_day(session, moment.at)
            tell(number, len(moments))
        self._keep_silent()

    def _moments(self, now: datetime) -> Iterator[Moment]:
        others = [each for each in self.recorded.orders if each is not self._lost]
        past = timeline(others, self.recorded.outcomes)
        before = without_some_days((x for x in past if x.at < now), now)
        yield from with_ticks(before, now)
        yield Moment(now, Event.DAY_END, news_of=EVERYBODY)
        yield Moment(now, Event.ENTRY, orders=(self._lost,))
        yield Moment(now, Event.TICK)

    @property
    def _lost(self) -> NewOrder:
        name = self.oddities.lost.name
        return next(each for each in self.recorded.orders if each.name == name)

    def _lose_answers(self) -> None:
        for supplier in EVERYBODY:
            self.remote.misbehave(supplier, "lose_answer", when="before")

    def _keep_silent(self) -> None:
        """Nor does the supplier say, while this sandbox runs, whether it has it."""
        self.remote.behave()
        for reference, supplier in self._sent_for(self._lost):
            self.remote.misbehave(
                supplier,
                "fail",
                times=None,
                on="look_up",
                status=503,
                reference=reference,
            )

    def _sent_for(self, order: NewOrder) -> list[tuple[str, str]]:
        """Purchase orders for an order: their references and suppliers."""
        query = (
            select(PurchaseOrder.reference, Supplier.code)
            .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
            .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
            .where(col(Order.name) == order.name)
        )
        with self.erp.sessions.reading() as session:
            return list(session.exec(query))


def with_ticks(moments: Iterable[Moment], now: datetime) -> Iterator[Moment]:
    """Jobs tick after each burst of orders, so that none waits for its day to end."""
    burst: list[Moment] = []
    for moment in moments:
        is_entry = moment.event is Event.ENTRY
        if burst and not (is_entry and _goes_on(burst, moment, now)):
            yield _tick(burst[-1].at, now)
            burst = []
        if is_entry:
            burst.append(moment)
        yield moment


def _tick(at: datetime, now: datetime) -> Moment:
    """Of late, suppliers are heard more than once a day."""
    if now - at < RECENT:
        return Moment(at, Event.DAY_END, news_of=EVERYBODY)
    return Moment(at, Event.TICK)


def _goes_on(burst: Sequence[Moment], moment: Moment, now: datetime) -> bool:
    longest = RECENT_BURST if now - moment.at < RECENT else BURST
    return moment.at - burst[0].at < longest


def without_some_days(moments: Iterable[Moment], now: datetime) -> Iterator[Moment]:
    """Long ago, what suppliers had to tell is heard on every third day only."""
    kept_back: frozenset[str] = frozenset()
    for moment in moments:
        if moment.event is not Event.DAY_END:
            yield moment
        elif now - moment.at > WATCHED and moment.at.toordinal() % SKIPPED_DAYS:
            kept_back |= moment.news_of
        else:
            yield replace(moment, news_of=moment.news_of | kept_back)
            kept_back = frozenset()
