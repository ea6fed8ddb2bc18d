"""Takes up the jobs that wait on PostgreSQL, beside any number of other machines.

A thread of its own runs procrastinate's worker. It starts anew when the database was
away, and takes over the jobs of a worker whose heart has stopped.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from sqlalchemy.engine import make_url

from erp.carrier.due import QUEUE, STEPS
from erp.carrier.turns import Turns

log = logging.getLogger(__name__)

AT_A_TIME = 8  # jobs; those of a step that runs already are over at once
CONNECTIONS = 4  # for jobs to be fetched and finished; one more listens
HEARTBEAT_SECONDS = 5.0
STALLED_SECONDS = 15.0  # without a heartbeat: its jobs are taken over
POLL_SECONDS = 5.0  # what fell due by time is found so often; the rest is told at once
PATIENCE_SECONDS = 30.0  # for running jobs when we are told to stop
RESTART_SECONDS = 1.0

RunStep = Callable[[str, str], None]  # a step, and a name that this run alone has


class Peers:
    """One worker among peers; `start` returns at once."""

    def __init__(self, database_url: str, run_step: RunStep) -> None:
        plain = make_url(database_url).set(drivername="postgresql")
        self._conninfo = plain.render_as_string(hide_password=False)
        self._run_step = run_step
        self._turns = Turns()
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._live, name="peers", daemon=True)

    def start(self) -> None:
        logging.getLogger("procrastinate").setLevel(
            logging.ERROR
        )  # a line for each job
        self._thread.start()

    def stop(self) -> None:
        """Let running jobs end; those that wait are left to others."""
        self._stopping.set()
        if self._loop is not None and self._work is not None:
            with suppress(RuntimeError):  # it has seen the event and closed its loop
                self._loop.call_soon_threadsafe(self._work.cancel)
        self._thread.join()

    def _live(self) -> None:
        # The driver cannot work on the loop that Windows prefers.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            self._loop = runner.get_loop()
            while not self._stopping.is_set():
                try:
                    runner.run(self._until_told())
                except Exception as error:
                    log.warning("jobs are not taken up now: %s", error, exc_info=True)
                self._stopping.wait(RESTART_SECONDS)
            self._loop = None

    async def _until_told(self) -> None:
        self._work = asyncio.create_task(self._take_up())
        if self._stopping.is_set():
            self._work.cancel()
        await asyncio.wait([self._work])
        if not self._work.cancelled():
            self._work.result()

    async def _take_up(self) -> None:
        app = self._app()
        async with app.open_async():
            rescue = asyncio.create_task(_rescue(app))
            try:
                await app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=AT_A_TIME,
                    fetch_job_polling_interval=POLL_SECONDS,
                    shutdown_graceful_timeout=PATIENCE_SECONDS,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=STALLED_SECONDS,
                )
            finally:
                rescue.cancel()

    def _app(self) -> App:
        connector = PsycopgConnector(
            conninfo=self._conninfo, min_size=1, max_size=CONNECTIONS
        )
        app = App(connector=connector)
        for step in sorted(STEPS):
            app.task(name=step, queue=QUEUE, pass_context=True)(self._runner(step))
        return app

    def _runner(self, step: str) -> Callable[[JobContext, int], None]:
        def run(context: JobContext, key: int) -> None:
            job = context.job
            log.debug("job step=%s key=%s", step, key)
            name = f"job {job.id}.{job.attempts}"
            self._turns.take(step, lambda t: self._run_step(step, f"{name}.{t}"))

        return run


async def _rescue(app: App) -> None:
    """Let the jobs of a dead worker wait again, for whoever comes first."""
    while True:
        try:
            stalled = await app.job_manager.get_stalled_jobs(
                queue=QUEUE, seconds_since_heartbeat=STALLED_SECONDS
            )
            for job in stalled:
                await _let_wait_again(app, job)
        except ConnectorException as error:
            log.warning("stalled jobs cannot be looked for: %s", error)
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def _let_wait_again(app: App, job: Job) -> None:
    log.warning("taken over from a dead worker: %s", job.call_string)
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:  # a newer job waits for the same row
        await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
    except ConnectorException:
        log.info("another was faster: %s", job.call_string)
