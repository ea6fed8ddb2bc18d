"""Commands that run until they are told to stop: serve, worker, sandbox."""

import logging
import os
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from waitress.server import create_server

from config.options import Settings
from erp.bootstrap import Erp, assemble
from erp.cli.options import data_option, settings_of
from erp.web.app import create_app
from erp.worker import Worker
from suppliers.sandbox import serve as serve_sandbox

log = logging.getLogger(__name__)

DIED = 70  # exit status when the scheduler's thread is dead (EX_SOFTWARE)
WATCH_SECONDS = 1.0
LONGEST_ANSWER = 5  # seconds a page may take once we are told to stop
NOT_EVEN_READ = 2  # times the limit; what is less too large is refused in our words


@click.command()
@data_option
@click.option("--port", type=int, help="Port to listen on (default: from settings).")
@click.option("--no-worker", is_flag=True, help="Leave the work to `erp worker`.")
def serve(data: Path | None, port: int | None, no_worker: bool) -> None:
    """Serve the pages and the API, and run the scheduler, in one process."""
    settings = at_port(settings_of(data), port)
    erp = assemble(settings)
    worker = None if no_worker else Worker(erp)
    if worker is not None:
        worker.start()
    server = open_pages(erp, settings.server.port)
    click.echo(f"listening on http://{server.effective_host}:{server.effective_port}")
    stay(erp, worker, server)


@click.command()
@data_option
def worker(data: Path | None) -> None:
    """Run the scheduler alone; any number may run, one leads.

    On PostgreSQL, and there on any number of machines, each takes up work as it comes.
    """
    erp = assemble(settings_of(data))
    scheduler = Worker(erp)
    scheduler.start()
    click.echo("scheduler started")
    _end(erp, scheduler, _watch(scheduler))


@click.command()
@data_option
@click.option("--port", type=int, default=8700, show_default=True)
def sandbox(data: Path | None, port: int) -> None:
    """Run sandbox suppliers; their books lie in the data folder."""
    serve_sandbox(settings_of(data).data / "sandbox", port)


def at_port(settings: Settings, port: int | None) -> Settings:
    """The settings for another port; links that lead to this server follow it."""
    if port is None:
        return settings
    server, store = replace(settings.server, port=port), settings.store
    url = urlsplit(store.base_url)
    if port and url.port == settings.server.port:
        host = url.netloc.rpartition(":")[0]
        moved = url._replace(netloc=f"{host}:{port}").geturl()
        store = replace(store, base_url=moved)
    return replace(settings, server=server, store=store)


def open_pages(erp: Erp, port: int) -> Any:
    """Answer pages and the API from a thread of its own; the running server."""
    settings = erp.settings.server
    server = create_server(
        create_app(erp),
        host=settings.host,
        port=port,
        threads=settings.threads,
        ident=None,
        max_request_body_size=NOT_EVEN_READ * settings.max_body_bytes,
    )
    threading.Thread(target=server.run, name="pages", daemon=True).start()
    return server


def stay(erp: Erp, worker: Worker | None, server: Any) -> None:
    """Go on until told to stop, then end everything; exit if the scheduler died."""
    died = _watch(worker)
    # first the answers under way, then the socket their threads would still wake
    server.task_dispatcher.shutdown(cancel_pending=True, timeout=LONGEST_ANSWER)
    server.close()
    _end(erp, worker, died)


def _watch(worker: Worker | None) -> bool:
    """Wait for a signal to stop; true if the scheduler died instead."""
    stop = threading.Event()
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
    while not stop.wait(WATCH_SECONDS):
        if worker is not None and not worker.is_alive:
            log.critical("the scheduler's thread is dead, ending")
            return True
    return False


def _end(erp: Erp, worker: Worker | None, died: bool) -> None:
    if died:
        logging.shutdown()
        os._exit(DIED)  # a plain exit waits for its threads, and one of them hangs
    if worker is not None:
        worker.stop()
    erp.close()
