"""A supplier that pulls: nobody is called, and nothing can be lost on the way."""

import pytest

from suppliers.contract import Duplicates, Follows, ReportedStatus
from suppliers.errors import Rejected
from suppliers.registry import NEVER_CALLED, Connection
from tests.suppliers.ways import UNCALLED


@pytest.fixture
def client(clients):
    return clients.client_for(Connection(1, "portal", "pull", base_url="", token=""))


def test_it_needs_neither_address_nor_credential(client, request_for):
    assert NEVER_CALLED == UNCALLED
    assert client.submit(request_for("PO-1")).reference == "PO-1"


def test_what_is_asked_for_lies_ready_however_often(client, request_for):
    first, again = (client.submit(request_for("PO-1")) for _ in range(2))

    assert client.duplicates is Duplicates.NATIVE_KEY
    assert first == again
    assert first.status is ReportedStatus.RECEIVED
    assert first.supplier_reference == ""


def test_a_process_that_died_while_asking_lost_nothing(client, request_for):
    assert client.look_up("PO-1") == client.submit(request_for("PO-1"))


def test_it_tells_by_itself_what_changed_and_what_it_has(client):
    assert client.follows is Follows.TOLD
    with pytest.raises(Rejected):
        client.changes(None)
    with pytest.raises(Rejected):
        client.read_stock()


def test_it_answers_a_wish_to_cancel_in_its_own_time(client):
    assert [client.cancel("PO-1"), client.cancel("PO-1")] == [None, None]
