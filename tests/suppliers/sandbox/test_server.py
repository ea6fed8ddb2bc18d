"""The sandbox as a process: its books, its troubles, its restarts."""

import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from suppliers.errors import Ambiguous, SupplierError, Unavailable
from suppliers.registry import Connection
from suppliers.sandbox.messages import SandboxStock, SandboxSupplier, Script
from suppliers.sandbox.process import start
from suppliers.sandbox.remote import SandboxRemote

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PATIENCE_SECONDS = 10.0


def client_of(url, clients):
    return clients.client_for(
        Connection(7, "rest", "S", f"{url}/s/S", "t", allow_private=True)
    )


def test_books_and_clock_survive_a_restart(tmp_path, clients, request_for):
    with start(tmp_path) as first, SandboxRemote(first.url) as remote:
        remote.add_suppliers([SandboxSupplier(code="S", token="t")])
        remote.set_clock(NOON)
        remote.set_stock("S", [SandboxStock(sku="A", quantity=3)])
        client_of(first.url, clients).submit(request_for("PO-1"))
        before = remote.books()

    with start(tmp_path, first.port) as second, SandboxRemote(second.url) as remote:
        assert remote.books() == before
        assert before["now"] == "2026-03-02T12:00:00.000000Z"
        assert client_of(second.url, clients).look_up("PO-1") is not None
        assert len(list(client_of(second.url, clients).read_stock().rows)) == 1


def test_every_order_it_confirmed_survives_a_kill(tmp_path, clients, request_for):
    with start(tmp_path) as first, SandboxRemote(first.url) as remote:
        remote.add_suppliers([SandboxSupplier(code="S", token="t")])
        confirmed: list[str] = []

        def submit_until_it_dies() -> None:
            client = client_of(first.url, clients)
            for number in range(100_000):
                try:
                    client.submit(request_for(f"PO-{number}"))
                except SupplierError:
                    return
                confirmed.append(f"PO-{number}")

        thread = threading.Thread(target=submit_until_it_dies)
        thread.start()
        while len(confirmed) < 50:
            time.sleep(0.001)
        first.kill()
        thread.join()

    with start(tmp_path, first.port) as second, SandboxRemote(second.url) as remote:
        books = remote.books()["suppliers"]["S"]["references"]
        assert {books[reference]["orders"] for reference in confirmed} == {1}
        assert len(books) <= len(confirmed) + 1


def test_a_restart_on_request_refuses_connections_and_comes_back(
    tmp_path, clients, request_for
):
    with start(tmp_path) as sandbox, SandboxRemote(sandbox.url) as remote:
        remote.add_suppliers([SandboxSupplier(code="S", token="t")])
        client = client_of(sandbox.url, clients)
        client.submit(request_for("PO-1"))

        remote.restart(seconds=0.5)

        assert seen_within_patience(client, Unavailable)
        assert seen_within_patience(client, None)
        assert sandbox.process.poll() is None


def seen_within_patience(client, failure):
    """Ask until this is what comes of it."""
    due = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < due:
        try:
            found = client.look_up("PO-1")
        except SupplierError as error:
            if type(error) is failure:
                return True
        else:
            if failure is None:
                return found is not None
        time.sleep(0.01)
    return False


def test_without_a_guard_each_post_makes_an_order(new_desk, request_for):
    desk = new_desk(guard="none")
    client = desk.client()
    for _ in range(2):
        client.submit(request_for("PO-1"))

    books = desk.remote.books()["suppliers"][desk.code]

    assert desk.counted("PO-1") == (2, 2)
    assert books["duplicates"] == ["PO-1"]


def test_trouble_is_over_when_it_was_had(desk, request_for):
    desk.misbehave("lose_answer", times=2)
    client = desk.client()
    for _ in range(2):
        with pytest.raises(Ambiguous):
            client.submit(request_for("PO-1"))

    assert client.submit(request_for("PO-1")).reference == "PO-1"
    assert desk.counted("PO-1") == (1, 3)


def test_troubles_that_wait_and_those_that_were_had_are_counted(desk, request_for):
    had = desk.remote.troubles()[1].get("fail", 0)
    desk.misbehave("fail", times=2)
    desk.misbehave("lose_answer")
    client = desk.client()
    for _ in range(2):
        with pytest.raises(Ambiguous):
            client.submit(request_for("PO-1"))
    desk.remote.misbehave(desk.code, "slow", on="stock")

    waiting, met = desk.remote.troubles()

    assert waiting == 2
    assert met["fail"] == had + 2


def test_trouble_can_be_meant_for_one_order(desk, request_for):
    desk.misbehave("fail", reference="PO-2", times=None)
    client = desk.client()

    client.submit(request_for("PO-1"))
    for _ in range(2):
        with pytest.raises(Ambiguous):
            client.submit(request_for("PO-2"))
    desk.remote.behave(desk.code)

    assert client.submit(request_for("PO-2")).reference == "PO-2"


def test_a_script_may_refuse(desk, request_for):
    script = Script(supplier=desk.code, order_name="#PO-1", refuse="order_too_large")
    desk.remote.load_scripts([script])

    with pytest.raises(SupplierError, match="order_too_large"):
        desk.client().submit(request_for("PO-1"))
    assert desk.counted("PO-1") == (0, 1)


def test_a_supplier_that_counts_its_stock_accepts_no_more_than_it_has(
    new_desk, request_for
):
    desk = new_desk(count_stock=True, acknowledge_after=0)
    desk.remote.set_stock(desk.code, [SandboxStock(sku="A-1", quantity=3)])
    client = desk.client()

    first = client.submit(request_for("PO-1", wanted={"A-1": 2}))
    second = client.submit(request_for("PO-2", wanted={"A-1": 2, "B-2": 1}))
    third = client.submit(request_for("PO-3", wanted={"A-1": 1}))
    client.cancel("PO-1")

    assert [first.status, second.status, third.status] == [
        "accepted",
        "partly_accepted",
        "rejected",
    ]
    assert [row.quantity for row in client.read_stock().rows] == [2]


def test_units_are_dealt_over_the_parcels(new_desk, request_for):
    desk = new_desk(parcels=2)
    client = desk.client()
    client.submit(request_for("PO-1", wanted={"A-1": 2, "B-2": 1}))
    desk.remote.set_clock(NOON + timedelta(days=30))

    parcels = client.look_up("PO-1").parcels

    assert [parcel.contents for parcel in parcels] == [
        (("A-1", 2),),
        (("B-2", 1),),
    ]


def test_a_habit_of_never_is_never(new_desk, request_for):
    desk = new_desk(acknowledge_after=None, ship_within=None)
    client = desk.client()
    client.submit(request_for("PO-1"))
    desk.remote.set_clock(NOON + timedelta(days=999))

    report = client.look_up("PO-1")

    assert (report.status, report.ship_by, report.parcels) == ("received", None, ())


def test_an_unchanged_stock_list_is_not_sent_again(desk):
    desk.remote.set_stock(desk.code, [SandboxStock(sku="A", quantity=3)])
    url = f"{desk.remote.base_url(desk.code)}/stock"
    token = {"Authorization": f"Bearer token of {desk.code}"}
    tag = httpx.get(url, headers=token).headers["ETag"]

    assert httpx.get(url, headers=token | {"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("page", "body"),
    [
        ("suppliers", b'{"suppliers": [{"code": "no/slash", "token": "t"}]}'),
        ("suppliers", b'{"suppliers": [{"code": "A", "token": "t", "x": 1}]}'),
        ("clock", b'{"now": "2026-03-02T12:00:00"}'),
        ("clock", b"not JSON"),
        ("misbehave", b'{"kind": "explode"}'),
        ("misbehave", b'{"clear": 7}'),
    ],
)
def test_what_it_does_not_understand_is_refused(remote, page, body):
    answer = httpx.post(
        f"{remote.url}/control/{page}",
        content=body,
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 422


def test_a_form_in_some_web_page_cannot_steer_it(remote):
    answer = httpx.post(f"{remote.url}/control/clock", data={"now": "null"})

    assert answer.status_code == 415


def test_the_pages_show_the_books(new_desk, request_for):
    desk = new_desk(name="<b>Ana & Co</b>", guard="none")
    desk.remote.set_stock(desk.code, [SandboxStock(sku="Only-1")])
    for _ in range(2):
        desk.client().submit(request_for("PO-1"))

    index = httpx.get(desk.remote.url).text
    page = httpx.get(f"{desk.remote.base_url(desk.code)}/").text

    assert desk.code in index
    assert "&lt;b&gt;Ana &amp; Co" in page
    assert "PO-1: 2 times" in page
    assert "Only-1" in page
    assert "unknown" in page


def test_an_unknown_supplier_has_no_page(remote):
    assert httpx.get(f"{remote.base_url('nobody')}/").status_code == 404
