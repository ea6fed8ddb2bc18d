"""A mail server, the settings to reach it, and a clock moved by hand."""

from dataclasses import replace

import pytest

from config.settings import load
from tests.erp.alerts.mail_server import Clock, Server


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server(free_port):
    server = Server(free_port)
    yield server
    server.stop()


@pytest.fixture
def mail(tmp_path, free_port):
    settings = load(tmp_path, environment={}).mail
    return replace(
        settings,
        smtp_host="127.0.0.1",
        smtp_port=free_port,
        smtp_security="none",
        sender="Corner Shop <erp@shop.example>",
    )
