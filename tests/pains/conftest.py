"""Each pain has a shop of its own; the suppliers' servers are shared."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import load
from erp.bootstrap import assemble
from suppliers.sandbox.process import start
from suppliers.sandbox.remote import SandboxRemote
from tests.erp.web.conftest import MovedClock
from tests.factories import NOW, make_token
from tests.pains.shop import SHOP_TOKEN, Shop

OPTIONS = {
    "ERP_STORE_BASE_URL": "http://localhost",
    "ERP_STORE_NAME": "Teapots and Sons",
    "ERP_FORWARDING_CALL_TIMEOUT_SECONDS": "5",
}


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Where the suppliers answer, and their books."""
    folder = tmp_path_factory.mktemp("town")
    with start(folder) as process:
        yield process.url, folder / "sandbox.db"


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as the first start makes it, with the token of a channel."""
    folder = tmp_path_factory.mktemp("store") / "data"
    erp = assemble(load(folder, {}))
    with erp.sessions.writing() as session:
        make_token(session, SHOP_TOKEN)
    erp.close()
    return folder


@pytest.fixture
def options() -> dict[str, str]:
    """ERP_… options of the shop, besides those all have."""
    return {}


@pytest.fixture
def shop(
    town: tuple[str, Path], empty_store: Path, tmp_path: Path, options: dict[str, str]
) -> Iterator[Shop]:
    url, books = town
    data = shutil.copytree(empty_store, tmp_path / "data")
    clock = MovedClock(NOW)
    erp = assemble(load(data, OPTIONS | options), clock)
    with SandboxRemote(url) as remote:
        remote.behave()
        remote.set_clock(NOW)
        yield Shop(erp, clock, remote, books)
    erp.close()
