"""Measures the figures: `python3 dev.py bench [NAME ...]`.

Nothing here decides a test. Every figure is printed with its floor, measured in the
same run, since a number without one says more about the machine than about us.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from config.database import Sessions, connect
from tests.bench import flow, forwarding, imports, pages, replays, start, suppliers
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


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        _say(f"unknown: {', '.join(unknown)}; known: {', '.join(FIGURES)}")
        return 2
    _say(f"machine: {machine()}")
    with tempfile.TemporaryDirectory(prefix="erp-bench-") as folder:
        _say(f"commits: {_commits(Path(folder))}\n")
        for name in names or FIGURES:
            _say(f"## {name}\n")
            _measure(name, Path(folder) / name)
    return 0


def _measure(name: str, folder: Path) -> None:
    folder.mkdir()
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


sys.exit(main(sys.argv[1:]))
