"""One replay from beginning to end."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from erp.replay.figures import Figures, figures
from erp.replay.folder import import_offers, read_folder
from erp.replay.running import MovedClock, Run
from erp.replay.stage import Stage
from erp.replay.store import BOOKS, keep_leading, open_store
from erp.replay.timeline import Moment, start_of, timeline
from suppliers.sandbox.process import start
from suppliers.sandbox.remote import SandboxRemote

RENEWED_SECONDS = 5.0  # well within a lease of the leadership
SWEPT_AFTER = 20_000  # new objects: most die at once, and a sweep costs a tenth of all
Tell = Callable[[int, int, Moment], None]  # moments over, of how many, the last one


def replay(folder: Path, data: Path | None, tell: Tell) -> Figures:
    """Run a folder of recorded trade through the whole program; what it came to.

    Raises ReplayError before anything is stored if the folder or the store is not fit.
    """
    began = time.perf_counter()
    recorded = read_folder(folder)
    clock = MovedClock(start_of(recorded.orders))
    with open_store(recorded, data, clock) as erp:
        store = erp.settings.store
        import_offers(
            erp.sessions,
            folder,
            clock(),
            currency=store.currency,
            country=store.home_country,
        )
        with (
            start(erp.settings.data / BOOKS) as sandbox,
            SandboxRemote(sandbox.url) as remote,
            _seldom_swept(),
        ):
            run = Run(erp, clock, Stage(erp, remote), recorded)
            _play(run, tell)
            return _figures(run, began)


def _play(run: Run, tell: Tell) -> None:
    run.stage.set_up(run.recorded.outcomes, run.clock())
    moments = timeline(run.recorded.orders, run.recorded.outcomes)
    led_at = time.perf_counter()
    for over, moment in enumerate(moments, start=1):
        run.play([moment], lambda _moment: None)
        if time.perf_counter() - led_at >= RENEWED_SECONDS:
            with run.erp.sessions.writing() as session:
                keep_leading(session)
            led_at = time.perf_counter()
        tell(over, len(moments), moment)
    run.stage.take_down()


@contextmanager
def _seldom_swept() -> Iterator[None]:
    """Let the garbage collector look less often, and not at what stays anyway."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SWEPT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _figures(run: Run, began: float) -> Figures:
    with run.erp.sessions.reading() as session:
        return figures(
            session,
            run.stage.books(),
            [outcome.key for outcome in run.recorded.outcomes],
            run.clock(),
            currency=run.erp.settings.store.currency,
            released=run.released,
            seconds=time.perf_counter() - began,
        )
