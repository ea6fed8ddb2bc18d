"""A mail server, the settings to reach it, and a clock moved by hand."""

from dataclasses import replace

import pytest

from config.settings import load
from erp.kpis.policy import load_policy
from tests.erp.alerts.mail_server import Clock, Server
from tests.factories import make_account


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


@pytest.fixture
def policy(tmp_path):
    return load_policy(tmp_path)


@pytest.fixture
def owner(sessions):
    with sessions.writing() as session:
        make_account(session, "owner@example.com")
