"""The run itself: orders come in, everything misbehaves, and our processes are killed.

Nothing is moved on by hand but time: the lease of a killed scheduler that works alone
is ended, and once there is peace what only waits for its moment need not wait. What a
human decides stays undecided.
"""

import random
import time
from pathlib import Path

from tests.bench.chaos.audit import audit
from tests.bench.chaos.killing import Killer
from tests.bench.chaos.mischief import LONGEST_FALL, Troublemaker
from tests.bench.chaos.settling import settle
from tests.bench.chaos.stage import Scale, Stage, staged
from tests.bench.chaos.tables import Report


def run(folder: Path, scale: Scale, database_url: str = "") -> Report:
    """On SQLite in one process; with the URL of a PostgreSQL database in three."""
    began = time.monotonic()
    with staged(folder, scale, database_url) as stage:
        killer = _go(stage)
        settle(stage)
        for caller in stage.callers:
            caller.stop()
        verdict = audit(stage.erp, stage.traders, stage.books(), scale.orders)
        whole_list = stage.puller.read_all()
        assert whole_list == stage.puller.numbers, "the list differs when read again"
        return Report(
            database=stage.erp.sessions.engine.dialect.name,
            processes=len(stage.programs.names),
            seed=scale.seed,
            seconds=time.monotonic() - began,
            kills=scale.kills,
            idle_kills=killer.idle,
            falls=sum(place.falls for place in stage.places),
            troubles=stage.troubles(),
            repeats=stage.puller.repeats,
            failed_jobs=stage.programs.failed_jobs(),
            verdict=verdict,
        )


def _go(stage: Stage) -> Killer:
    """All kills, while orders come in and nobody behaves; then peace."""
    chance = random.Random(f"kills {stage.scale.seed}")
    killer = Killer(stage, chance)
    mischief = Troublemaker(stage.places, str(stage.scale.seed))
    for name in stage.programs.names:
        stage.programs.start(name)
    for each in (*stage.callers, mischief):
        each.start()
    for number in range(1, stage.scale.kills + 1):
        stage.shop.allowed = stage.scale.orders * number // stage.scale.kills
        killer.kill_one()
        if _falls_at(number, stage.scale):
            chance.choice(stage.places).fall(chance.uniform(0, LONGEST_FALL))
    mischief.stop()
    stage.post.misbehaves = False
    return killer


def _falls_at(kill: int, scale: Scale) -> bool:
    """Suppliers' servers fall now and then, all through the run."""
    return kill * scale.falls // scale.kills > (kill - 1) * scale.falls // scale.kills
