"""Runs recorded trade through the program: orders enter, jobs tick, the clock moves.

The jobs are those of the scheduler. It is never asked what time it is but where the
clock was moved to, and it is moved only to moments at which something happens. Instead
of being asked every minute, suppliers announce what they have to tell (`Stage`).
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from config.options import Settings
from erp.bootstrap import Erp
from erp.jobs.pipeline import JOBS, Job
from erp.orders import intake
from erp.orders.incoming import NewOrder
from erp.replay import operator
from erp.replay.folder import Recorded
from erp.replay.stage import Stage, Wanted
from erp.replay.timeline import Event, Moment

NEVER = int(timedelta(days=3650).total_seconds())  # suppliers announce their news
WEEKLY = frozenset({"redact_contacts", "tidy_up"})
DAILY = frozenset(job.name for job in JOBS) - WEEKLY
FRESH = timedelta(days=10)  # well before a list counts as stale
AT_ALL = timedelta(0)
TIDIED_ON = 0  # Mondays: what is thinned out then stood a week longer, and hurts nobody
FEEDS = frozenset({"sync_stock", "retry_held"})
FLOW = frozenset({"check_orders", "route_orders", "forward_purchases"})
TALKING = frozenset(  # to suppliers, who then must know what time it is
    {
        "forward_purchases",
        "reconcile_purchases",
        "cancel_purchases",
        "track_purchases",
        "sync_stock",
    }
)


class MovedClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def settings_for(settings: Settings) -> Settings:
    """The store's settings, but for the pauses between polls, and no real mail."""
    return replace(
        settings,
        tracking=replace(settings.tracking, poll_seconds=NEVER, stock_seconds=NEVER),
        mail=replace(settings.mail, smtp_host=""),
    )


@dataclass(slots=True)
class Run:
    """One replay under way; `released` counts what the operator let through."""

    erp: Erp
    clock: MovedClock
    stage: Stage
    recorded: Recorded
    released: Counter[str] = field(default_factory=Counter)
    _wanted: set[Wanted] = field(default_factory=set)  # lines no feed was read for yet
    _short: frozenset[Wanted] = frozenset()  # lines that more stock may help

    def play(self, moments: Iterable[Moment], tell: Callable[[Moment], None]) -> None:
        """Live through every moment; `tell` hears of each that is over."""
        for moment in moments:
            self.clock.now = moment.at
            if moment.event is Event.ENTRY:
                self._enter(moment.orders)
            else:
                self._see_to_it(moment)
            tell(moment)

    def _enter(self, orders: tuple[NewOrder, ...]) -> None:
        with self.erp.sessions.writing() as session:
            intake.accept_many(session, orders, self.clock())
        self._wanted |= {(x.supplier, x.sku) for each in orders for x in each.lines}

    def _see_to_it(self, moment: Moment) -> None:
        self._read_feeds(moment.at)
        self.stage.announce(moment.news_of, moment.at)
        self._tick(DAILY if moment.event is Event.DAY_END else FLOW)
        if moment.event is Event.DAY_END and moment.at.weekday() == TIDIED_ON:
            self._tick(WEEKLY)
            self.erp.sessions.renew_statistics()  # a live store never grows so fast
        self._let_through()

    def _read_feeds(self, now: datetime) -> None:
        """What is wanted is known afresh; the scheduler would have read it before."""
        sent = self.stage.restock_for(self._wanted, now, older_than=FRESH)
        sent |= self.stage.restock_for(self._short, now, older_than=AT_ALL)
        self._wanted.clear()
        if sent:
            self._tick(FEEDS)

    def _let_through(self) -> None:
        """As an operator would, and what follows from it."""
        self._short = frozenset()
        with self.erp.sessions.reading() as session:
            if not operator.is_needed(session):
                return
        with self.erp.sessions.writing() as session:
            released = operator.let_through(session, self.recorded.sold, self.clock())
            self._short = operator.waiting_for_stock(session)
        if released:
            self.released += released
            self._tick(FLOW)

    def _tick(self, names: Container[str]) -> None:
        """As the scheduler does: a job that has nothing to do is not run."""
        waiting = self._from_the_first_due([job for job in JOBS if job.name in names])
        while waiting:
            job, *others = waiting
            if job.name in TALKING:
                self.stage.move_clock(self.clock())
            job.run(self.erp)
            waiting = self._from_the_first_due(others)

    def _from_the_first_due(self, jobs: Sequence[Job]) -> Sequence[Job]:
        with self.erp.sessions.reading() as session:
            for at, job in enumerate(jobs):
                if job.is_due is None or job.is_due(session, self.clock()):
                    return jobs[at:]
        return ()
