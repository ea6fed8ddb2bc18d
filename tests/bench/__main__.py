"""Measures the figures: `python3 dev.py bench [NAME ...]`.

Nothing here decides a test. Every figure is printed with its floor, measured in the
same run, since a number without one says more about the machine than about us.

`chaos` is no figure but a proof, takes a quarter of an hour, and is run only by its
name: `python3 dev.py bench chaos --seed 7`. It fails if an order is lost or sent twice.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from config.database import Sessions, connect
from tests.bench import flow, forwarding, imports, pages, replays, start, suppliers
from tests.bench.chaos.both import on_both
from tests.bench.chaos.stage import Scale
from tests.bench.machine import commit_mode, machine
from tests.bench.measured import Measured, table
from tests.bench.processes import NotHere

FIGURES: dict[str, Callable[[Path], Iterator[Measured]]] = {
    "start": start.measure,
    "pages": pages.measure,
    "import": imports.measure,
    "flow": flow.measure,
    "replay": replays.measure,
    "forwarding": forwarding.measure,
    "hanging": suppliers.measure,
}
CHAOS = "chaos"


def main(asked: argparse.Namespace) -> int:
    is_well = True
    _say(f"machine: {machine()}")
    with tempfile.TemporaryDirectory(prefix="erp-bench-") as folder:
        _say(f"commits: {_commits(Path(folder))}\n")
        for name in asked.names or FIGURES:
            _say(f"## {name}\n")
            place = Path(folder) / name
            place.mkdir(exist_ok=True)
            if name == CHAOS:
                is_well &= _survive(place, asked)
            else:
                _measure(name, place)
    return 0 if is_well else 1


def _asked() -> argparse.Namespace:
    usual = Scale()
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--purchase-orders", type=int, default=usual.purchase_orders)
    parser.add_argument("--kills", type=int, default=usual.kills)
    asked = parser.parse_args()
    known = (*FIGURES, CHAOS)
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
    return asked


def _survive(folder: Path, asked: argparse.Namespace) -> bool:
    scale = Scale(asked.purchase_orders, asked.kills, seed=asked.seed)
    is_well = True
    try:
        for report in on_both(folder, scale):
            _say(f"{report}\n")
            is_well &= not report.verdict.faults
    except NotHere as missing:
        _say(f"not run: {missing}\n")
        return False
    return is_well


def _measure(name: str, folder: Path) -> None:
    try:
        _say(table(list(FIGURES[name](folder))) + "\n")
    except NotHere as missing:
        _say(f"not measured: {missing}\n")


def _commits(folder: Path) -> str:
    engine = connect(f"sqlite:///{folder / 'probe.db'}")
    try:
        return commit_mode(Sessions(engine))
    finally:
        engine.dispose()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


sys.exit(main(_asked()))
