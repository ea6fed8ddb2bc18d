from collections.abc import Iterator
from pathlib import Path

from tests.bench.measured import Measured


def measure(folder: Path) -> Iterator[Measured]:
    yield from ()
