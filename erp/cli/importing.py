"""`erp import`: suppliers, catalogue and orders from files."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy.exc import OperationalError

from erp.bootstrap import Erp, assemble
from erp.channels import importing
from erp.channels.reading import UnreadableFileError
from erp.channels.report import OnProgress, Report
from erp.cli.options import data_option, settings_of

SHOWN = 25  # problems printed; the others are counted
SOME_REFUSED = 1  # exit status when the file was read, but not every row was taken

file_argument = click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)


@click.group("import")
def import_() -> None:
    """Bring suppliers, offers or orders in from a CSV file.

    The same file twice changes nothing. A bad row is reported with its line and
    never stops the others.
    """


@import_.command("suppliers")
@data_option
@file_argument
def suppliers(data: Path | None, file: Path) -> None:
    """Suppliers: code, name, city, state, handling_days."""

    def bring_in(erp: Erp, on_progress: OnProgress) -> Report:
        store = erp.settings.store
        return importing.import_suppliers(
            erp.sessions, file, erp.clock(), on_progress, currency=store.currency
        )

    _run(data, file, bring_in)


@import_.command("catalog")
@data_option
@file_argument
def catalog(data: Path | None, file: Path) -> None:
    """Products and offers: sku, supplier_code, supplier_sku, unit_cost, quantity, …"""

    def bring_in(erp: Erp, on_progress: OnProgress) -> Report:
        return importing.import_catalog(erp.sessions, file, erp.clock(), on_progress)

    _run(data, file, bring_in)


@import_.command("rates")
@data_option
@file_argument
def rates(data: Path | None, file: Path) -> None:
    """Rates of exchange: base, currency, day, rate (units of currency for one base)."""

    def bring_in(erp: Erp, on_progress: OnProgress) -> Report:
        return importing.import_rates(erp.sessions, file, on_progress)

    _run(data, file, bring_in)


@import_.command("orders")
@data_option
@click.option("--channel", default="shopify", show_default=True, help="Where we sold.")
@file_argument
def orders(data: Path | None, channel: str, file: Path) -> None:
    """Orders in the layout of Shopify's export, several rows to an order."""

    def bring_in(erp: Erp, on_progress: OnProgress) -> Report:
        return importing.import_orders(
            erp.sessions,
            file,
            erp.clock(),
            on_progress,
            channel=channel,
            home_country=erp.settings.store.home_country,
        )

    _run(data, file, bring_in)


def _run(
    data: Path | None, file: Path, bring_in: Callable[[Erp, OnProgress], Report]
) -> None:
    erp = assemble(settings_of(data))
    began = time.perf_counter()
    try:
        with _progress(file) as on_progress:
            report = bring_in(erp, on_progress)
    except UnreadableFileError as error:
        raise click.ClickException(f"{file}: {error}") from error
    except OperationalError as error:
        raise click.ClickException(
            f"the database could not be written ({error.orig}). What was imported "
            "before is kept; mend the cause and import the same file again"
        ) from error
    finally:
        erp.close()
    _print(report, time.perf_counter() - began)
    if report.refused:
        raise SystemExit(SOME_REFUSED)


@contextmanager
def _progress(file: Path) -> Iterator[OnProgress]:
    """A bar on standard error, so that standard output holds only the report."""
    columns = TextColumn(file.name), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print(report: Report, seconds: float) -> None:
    for problem in report.problems[:SHOWN]:
        click.echo(str(problem))
    if report.problem_count > SHOWN:
        click.echo(f"… and {report.problem_count - SHOWN:,} more")
    for note in report.notes:
        click.echo(f"note: {note}")
    click.echo(report.in_words(seconds))
