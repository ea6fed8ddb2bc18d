"""`erp demo`: a made-up store to look at, filled on its first start."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from config.options import Settings
from erp.bootstrap import assemble
from erp.cli.options import data_option, settings_of
from erp.cli.serving import open_pages, stay
from erp.demo import past, sign_in
from erp.demo.address import at_port, free_port
from erp.demo.filling import NotFilled, fill
from erp.demo.outside import Outside
from erp.demo.place import NotADemo, Place
from erp.demo.trade import DAYS
from erp.worker import Worker
from suppliers.sandbox.process import SandboxProcess

TERMINATED = 143  # the shell's own code for SIGTERM


@click.command()
@data_option
@click.option("--port", type=int, help="Port to listen on, if it is free.")
@click.option(
    "--days",
    type=click.IntRange(min=30, max=365),
    default=DAYS,
    show_default=True,
    help="How long a past the first start makes up.",
)
def demo(data: Path | None, port: int | None, days: int) -> None:
    """Run a made-up store with sandbox suppliers and a customer who keeps buying."""
    _end_cleanly_if_told()
    settings = settings_of(data)
    place = Place(settings.data)
    if settings.database.url:
        raise click.ClickException("the demo keeps to a database of its own: unset it")
    sandbox = None
    if not place.is_ready:
        settings = _at_free_port(_begin(place), port)
        sandbox = _fill(settings, days)
    else:
        settings = _at_free_port(settings, port)
    _run(settings, place, sandbox)


def _end_cleanly_if_told() -> None:
    """Even before there is a store to close: the suppliers must not be left behind."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: sys.exit(TERMINATED))


def _begin(place: Place) -> Settings:
    try:
        place.begin()
    except NotADemo as error:
        raise click.ClickException(f"{error}: name another with --data") from error
    return settings_of(place.data)  # now with those of the demo


def _at_free_port(settings: Settings, port: int | None) -> Settings:
    """The settings for the port that is wanted, or for another if it is taken."""
    return at_port(settings, free_port(settings.server.port if port is None else port))


def _fill(settings: Settings, days: int) -> SandboxProcess:
    try:
        with _progress(f"Living through {days} days of trade") as tell:
            return fill(settings, days, tell)
    except NotFilled as error:
        raise click.ClickException(str(error)) from error


def _run(settings: Settings, place: Place, sandbox: SandboxProcess | None) -> None:
    erp = assemble(settings)
    outside = Outside(erp, place, sandbox)
    try:
        server = open_pages(erp, settings.server.port)
        _welcome(settings, place)
        outside.open(settings.store.base_url)
        worker = Worker(erp)
        worker.start()
        stay(erp, worker, server)
    finally:
        outside.close()


def _welcome(settings: Settings, place: Place) -> None:
    click.echo(f"The demo store is open: {settings.store.base_url}")
    known = sign_in.kept(place.sign_in)
    if known is not None:
        click.echo(f"  e-mail    {known.email}")
        click.echo(f"  password  {known.password}")
    click.echo("Nothing in it is real. Ctrl-C closes it; what happened is kept.")


@contextmanager
def _progress(what: str) -> Iterator[past.Progress]:
    columns = (*Progress.get_default_columns()[:3], TimeElapsedColumn())
    with Progress(TextColumn(""), *columns, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell
