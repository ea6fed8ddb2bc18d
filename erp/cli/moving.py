"""`erp migrate-to`: from the embedded database to PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from config.database import connect
from config.options import Settings
from erp.bootstrap import utc_now
from erp.cli.options import data_option, settings_of
from erp.moving.errors import NotMovedError
from erp.moving.move import Proof, Tell, move

SHORT = 12  # characters of a hash that are shown


@click.command("migrate-to")
@data_option
@click.argument("url")
def migrate_to(data: Path | None, url: str) -> None:
    """Move the store to the empty PostgreSQL database at URL, and prove it.

    Nothing is written to the old database, and the new one stays empty unless all of
    the store is in it. End `erp serve` first.
    """
    target_url = _postgresql(url)
    settings = settings_of(data)
    source, target = _source_of(settings), connect(_whole(target_url))
    try:
        with _progress() as tell:
            proofs = move(source, target, utc_now(), tell)
    except NotMovedError as error:
        raise click.ClickException(f"not moved: {error}") from error
    except OperationalError as error:
        raise click.ClickException(
            f"not moved, and the target holds nothing of the store: {error.orig}"
        ) from error
    finally:
        source.dispose()
        target.dispose()
    _print(proofs, settings, target_url)


def _whole(url: URL) -> str:
    """With its password, which a URL hides of itself."""
    return url.render_as_string(hide_password=False)


def _postgresql(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise click.BadParameter("this is no URL of a database") from error
    if parsed.get_backend_name() != "postgresql":
        raise click.BadParameter("it has to begin with postgresql://")
    return parsed


def _source_of(settings: Settings) -> Engine:
    """The embedded database; a move makes none."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        raise click.ClickException(
            "this store lies in PostgreSQL already (database.url): unset it to move "
            "the one in the data folder"
        )
    if not url.database or not Path(url.database).is_file():
        raise click.ClickException(f"there is no store in {settings.data}")
    return connect(settings.database_url)


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on standard error, so that standard output holds only the proof."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("rows", total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield tell


def _print(proofs: list[Proof], settings: Settings, url: URL) -> None:
    for each in proofs:
        rows, digest = each.content.rows, each.content.digest[:SHORT]
        click.echo(f"{each.table:<24} {rows:>12,} rows  sha256 {digest}")
    total = sum(each.content.rows for each in proofs)
    click.echo(f"moved and proved row by row: {total:,} rows in {len(proofs)} tables")
    click.echo(f"from now on: ERP_DATABASE_URL={url.render_as_string()}")
    click.echo(f"the folder {settings.data} stays: it holds the keys and the outbox")
