"""`erp replay`: recorded trade, run through the whole program again."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from config.logging import set_up as set_up_logging
from config.settings import SettingsError
from erp.kpis.measures import Measured
from erp.kpis.models import Kpi
from erp.replay.errors import ReplayError
from erp.replay.figures import Figures
from erp.replay.playing import Tell
from erp.replay.playing import replay as play
from erp.replay.timeline import Moment

SHOWN = 10  # suppliers, the latest first; all of them are in the JSON


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the store in this new folder, to look at with `erp serve`.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def replay(folder: Path, data: Path | None, as_json: bool) -> None:
    """Run recorded trade through the whole program, under a moved clock.

    FOLDER holds suppliers.csv, catalog.csv, orders_shopify.csv and outcomes.csv.
    Orders come in when they were paid, sandbox suppliers do what the outcomes say, and
    KPIs, alerts and mails follow. Mails are kept in the outbox, never sent. Afterwards
    the suppliers are left without a connection, since nobody answers for them.
    """
    set_up_logging("WARNING")
    try:
        with _progress() as tell:
            figures = play(folder, data and data.absolute(), tell)
    except (ReplayError, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(figures.as_json()))
    else:
        _print(figures)


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on standard error, so that standard output holds only the result."""
    columns = TextColumn("{task.fields[day]}"), BarColumn(), TimeElapsedColumn()
    console = Console(stderr=True)
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("replay", total=None, day="reading")

        def tell(over: int, total: int, moment: Moment) -> None:
            day = moment.at.date().isoformat()
            bar.update(task, completed=over, total=total, day=day)

        yield tell


def _print(figures: Figures) -> None:
    console = Console()
    console.print(_overall(figures))
    console.print(_suppliers(figures))


def _overall(figures: Figures) -> Table:
    table = Table("", "", title="Replay", show_header=False)
    margin = figures.gross_margin
    rows = {
        "orders": f"{figures.orders:,}",
        "purchase orders": f"{figures.purchase_orders:,}",
        "cancelled by their supplier": f"{figures.cancelled_by_supplier:,}",
        "late hand-over": _rate(figures.late_hand_over),
        "late delivery": _rate(figures.late_delivery),
        "gross margin": f"{_percent(margin)}, known of {margin.covered:,} of "
        f"{margin.total:,} orders",
        "alerts opened, resolved": f"{figures.alerts_opened:,}, "
        f"{figures.alerts_resolved:,}",
        "mails": f"{figures.mails:,}",
        "forwarded twice": f"{figures.forwarded_twice:,}",
        "never forwarded": f"{figures.never_forwarded:,}",
        "holds let through": _counts(figures.holds),
        "still held": _counts(figures.still_held),
        "seconds": f"{figures.seconds:.1f}",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _suppliers(figures: Figures) -> Table:
    latest = sorted(
        figures.by_supplier.items(),
        key=lambda each: (-each[1][Kpi.LATE_HAND_OVER].numerator, each[0]),
    )
    table = Table("supplier", "late hand-over", "late delivery")
    for code, rates in latest[:SHOWN]:
        late = (_rate(rates[kpi]) for kpi in (Kpi.LATE_HAND_OVER, Kpi.LATE_DELIVERY))
        table.add_row(code, *late)
    if len(latest) > SHOWN:
        table.caption = f"and {len(latest) - SHOWN} more: see --json"
    return table


def _rate(measured: Measured) -> str:
    return f"{_percent(measured)} ({measured.numerator:,} of {measured.denominator:,})"


def _percent(measured: Measured) -> str:
    percent = measured.percent
    return "unknown" if percent is None else f"{percent:.1f} %"


def _counts(counts: Mapping[str, int]) -> str:
    each = (f"{name.replace('_', ' ')}: {count:,}" for name, count in counts.items())
    return ", ".join(each) or "none"
