"""A supplier to try a connection on, and who may try any."""

import pytest

from erp.accounts.models import Role
from suppliers.sandbox.messages import SandboxStock, SandboxSupplier
from suppliers.sandbox.process import start
from suppliers.sandbox.remote import SandboxRemote
from tests.erp.web.pages.suppliers.trials import SECRET


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with start(tmp_path_factory.mktemp("sandbox")) as process:
        yield process


@pytest.fixture
def remote(sandbox):
    with SandboxRemote(sandbox.url) as remote:
        remote.behave()
        remote.add_suppliers([SandboxSupplier(code="S9", token=SECRET)])
        remote.set_stock("S9", [SandboxStock(sku="A-1", quantity=5)])
        yield remote


@pytest.fixture
def owner(sign_in_as):
    return sign_in_as(Role.OWNER)
