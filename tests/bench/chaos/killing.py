"""Kills that hit: at chance moments, while the process and its calls are under way."""

import random
import time
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import col, func, select, update

from erp.fulfilment.models import Attempt, AttemptOutcome
from erp.jobs.models import Lease
from tests.bench.chaos.stage import Stage

AIM_SECONDS = 10.0  # in which it should get so far
MOST_WORK = 1.5  # times the usual number of calls between two kills
BUSY_SECONDS = 0.05  # of processor time, since the victim was chosen
LOOK_SECONDS = 0.02
_UNDER_WAY = col(Attempt.outcome) == AttemptOutcome.STARTED
_CUT_OFF = col(Attempt.outcome) == AttemptOutcome.LOST


@dataclass(frozen=True)
class Seen:
    """How far the work has come: of a process, and of all calls."""

    worked: float  # seconds of its processor time
    call: int  # the newest that is under way
    answered: int


@dataclass
class Killer:
    stage: Stage
    chance: random.Random
    idle: int = field(default=0)  # kills while no call was seen to be under way

    def kill_one(self) -> None:
        """One of our processes, sooner or later in its work, and start it again."""
        programs, scale = self.stage.programs, self.stage.scale
        name = self.chance.choice(programs.names)
        usual = scale.purchase_orders / scale.kills
        self._aim(name, self.chance.uniform(0, MOST_WORK * usual))
        programs.check()
        programs.kill(name)
        if len(programs.names) == 1:
            self._end_leadership()
        programs.start(name)

    def _aim(self, name: str, calls: float) -> None:
        """Wait for so many answers, and then for a call that is under way."""
        before = self._seen(name)
        ends = time.monotonic() + AIM_SECONDS
        while not _is_at_work(self._seen(name), before, before.answered + calls):
            if time.monotonic() > ends:
                self.idle += 1
                return
            time.sleep(LOOK_SECONDS)

    def _seen(self, name: str) -> Seen:
        newest = func.max(Attempt.id).filter(_UNDER_WAY)
        answered = func.count().filter(~_UNDER_WAY, ~_CUT_OFF)
        with self.stage.erp.sessions.reading() as session:
            call, count = session.exec(select(newest, answered)).one()
        return Seen(self.stage.programs.worked(name), call or 0, count)

    def _end_leadership(self) -> None:
        """It worked alone and is dead: nobody waits for its lease to run out."""
        past = self.stage.erp.clock() - timedelta(seconds=1)
        with self.stage.erp.sessions.writing() as session:
            session.exec(update(Lease).values(until=past))


def _is_at_work(now: Seen, before: Seen, answered: float) -> bool:
    is_busy = now.worked - before.worked > BUSY_SECONDS
    return is_busy and now.call > before.call and now.answered >= answered
