"""The run on both databases: on SQLite with one process, on PostgreSQL with three."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench.chaos.running import run
from tests.bench.chaos.stage import Scale
from tests.bench.chaos.tables import Report
from tests.bench.processes import NotHere
from tests.postgres import initialise, serving, usable_binaries


def on_both(folder: Path, scale: Scale) -> Iterator[Report]:
    yield run(folder / "sqlite", scale)
    with _postgresql() as url:
        yield run(folder / "postgresql", scale, url)


@contextmanager
def _postgresql() -> Iterator[str]:
    home = Path(tempfile.mkdtemp(prefix="erp-postgres-"))
    try:
        binaries = usable_binaries(home)
        initialise(binaries, home)
        with serving(binaries, home) as server, server.database() as url:
            yield url
    except pytest.skip.Exception as missing:
        raise NotHere(str(missing)) from missing
    finally:
        shutil.rmtree(home)
