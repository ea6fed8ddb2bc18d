"""The application as a WSGI server makes it: over a data folder, no scheduler."""

import logging

import pytest

from erp.wsgi import create


@pytest.fixture(autouse=True)
def log_left_alone():
    """An entry point sets the log up for its process, which is ours here."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_server_gets_an_application_that_answers(tmp_path):
    app = create(str(tmp_path))
    try:
        health = app.test_client().get("/healthz")
        assert health.json["database"] is True
        assert health.json["scheduler"] is False
        assert (tmp_path / "erp.db").exists()
    finally:
        app.extensions["erp"].close()
