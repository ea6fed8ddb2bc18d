"""What every test may ask for; fixtures with an idea of their own have files."""

import os
import socket
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

# A slow machine is no fault of ours: no example is timed.
settings.register_profile("unhurried", settings.default, deadline=None)
settings.load_profile("unhurried")

pytest_plugins = [
    "tests.no_skips",
    "tests.postgres",
    "tests.chromium",
    "tests.store",
]

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("TESTS_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def olist() -> Path:
    """Real orders of a Brazilian marketplace, with what became of them."""
    folder = SHARED / "olist"
    if not folder.is_dir():
        pytest.skip(f"no {folder}: put the data there or name its place: TESTS_DATA")
    return folder


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Generator[str, None, None]:
    """An empty database of each kind: the test runs once on either."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'erp.sqlite3'}"
    else:
        yield request.getfixturevalue("postgres_url")
