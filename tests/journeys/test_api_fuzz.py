"""The running API holds what its own document promises, whatever it is sent."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.filled_store import Filled, fill
from tests.running import Program, serving

EXAMPLES = 12  # of each operation in each phase; the same ones in every run
CONFIG = """
# Two promises the schema cannot make for orders; every other check holds everywhere.
# Amounts must add up, and an order that comes again must not contradict what is stored:
# such orders fit the schema and are refused all the same. A batch with a bad item is
# answered 200, since each item has a verdict of its own.
[[operations]]
include-operation-id = "post_orders"
[operations.checks]
positive_data_acceptance.enabled = false
negative_data_rejection.enabled = false
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return fill(tmp_path_factory.mktemp("api") / "data")


@pytest.fixture(scope="module")
def program(filled: Filled) -> Iterator[Program]:
    with serving(filled.data) as running:
        yield running


def test_nothing_is_found_by_fuzzing(
    program: Program, filled: Filled, tmp_path: Path
) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG, "utf-8")
    found = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
            *("run", f"{program.url}/api/openapi.json", "--no-color"),
            *("--header", f"Authorization: Bearer {filled.token}"),
            *("--generation-deterministic", "--max-examples", str(EXAMPLES)),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    assert "4 selected / 4 total" in found.stdout
    assert "Traceback" not in program.logged()
