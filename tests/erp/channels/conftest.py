"""Files to import, and the import of orders from them."""

import pytest

from erp.channels.importing import import_orders
from tests.factories import make_supplier


@pytest.fixture
def file(tmp_path):
    """Writes a file of these bytes or this text."""

    def write(content):
        path = tmp_path / "file.csv"
        data = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def bring(sessions, file, now):
    """Imports orders from a text, with S1 known as a supplier."""
    with sessions.writing() as session:
        make_supplier(session, "S1")

    def run(content, **options):
        return import_orders(sessions, file(content), now, **options)

    return run
