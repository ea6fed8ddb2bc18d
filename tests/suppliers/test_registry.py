from dataclasses import replace

import pytest

from suppliers.errors import Unavailable
from suppliers.registry import Connection

ACME = Connection(
    supplier_id=1,
    kind="rest",
    code="acme",
    base_url="https://acme.test",
    token="secret",
)


def test_a_supplier_keeps_its_client(clients):
    assert clients.client_for(ACME) is clients.client_for(replace(ACME))


def test_a_changed_connection_gets_a_new_client(clients):
    before = clients.client_for(ACME)

    after = clients.client_for(replace(ACME, token="another"))

    assert after is not before
    assert clients.client_for(replace(ACME, token="another")) is after


def test_a_call_under_way_survives_a_change_of_its_connection(desk, request_for):
    before = desk.client()
    before.submit(request_for("PO-1"))
    desk.client(read_seconds=9.0)

    assert before.look_up("PO-1") is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "fax"},
        {"base_url": "acme"},
        {"token": "ключ"},
        {"base_url": "http://[x"},
        {"base_url": "http://acme.test:port"},
        {"base_url": "http://xn--"},
        {"unusable": "its credential was sealed with another key"},
    ],
    ids=["kind", "address", "token", "broken address", "port", "name", "sealed"],
)
def test_a_connection_that_cannot_be_used_says_why(clients, changed):
    with pytest.raises(Unavailable):
        clients.client_for(replace(ACME, **changed))


def test_a_connection_never_shows_its_token():
    assert "secret" not in repr(ACME)
