"""From an order at the API to the customer's door, and to the owner's mailbox."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from suppliers.sandbox.process import start
from suppliers.sandbox.remote import SandboxRemote
from tests.journeys.stocked import EMAIL, Stocked, order_of, sign_in, stock, teach
from tests.running import QUICKLY, serving, until

AT_ONCE = {"ERP_JOBS_MEASURE_KPIS": "1", "ERP_JOBS_RAISE_ALERTS": "1"}
MANY = 30  # enough to be sure that a supplier is late


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxRemote]:
    with (
        start(tmp_path_factory.mktemp("sandbox")) as sandbox,
        SandboxRemote(sandbox.url) as remote,
    ):
        habits = {"acknowledge_after": 0, "ship_after": 1, "deliver_after": 2}
        for code in ("A", "B"):
            teach(remote, code, **habits)
        yield remote


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory, remote: SandboxRemote) -> Stocked:
    return stock(tmp_path_factory.mktemp("flow") / "data", ("A", "B"), remote.url)


@pytest.fixture(scope="module")
def api(stocked: Stocked) -> Iterator[httpx.Client]:
    with (
        serving(stocked.data, **QUICKLY, **AT_ONCE) as program,
        program.client(headers=stocked.headers) as client,
    ):
        yield client


def read(api: httpx.Client, path: str) -> Any:
    return api.get(f"/api/v1/{path}").raise_for_status().json()


def lateness(api: httpx.Client) -> tuple[int, int]:
    (found,) = (
        (each["numerator"], each["denominator"])
        for each in read(api, "kpis")["readings"]
        if each["kpi"] == "late_hand_over"
    )
    return found


def test_an_order_for_two_suppliers_is_delivered_and_measured(
    api: httpx.Client, remote: SandboxRemote
) -> None:
    answer = api.post("/api/v1/orders", json=order_of(1, "A", "B"))
    assert answer.status_code == 201
    path = answer.headers["Location"].removeprefix("/api/v1/")

    until(lambda: read(api, path)["status"] == "delivered", lambda: read(api, path))

    assert [line["status"] for line in read(api, path)["lines"]] == ["delivered"] * 2
    books = remote.books()["suppliers"]
    for code in ("A", "B"):
        (sent,) = books[code]["references"].values()
        assert (sent["orders"], sent["posts"], sent["order_name"]) == (1, 1, "#1")
    until(lambda: read(api, "kpis")["readings"] and lateness(api) == (0, 2))


def test_a_supplier_that_turns_late_raises_an_alert_and_a_mail(
    api: httpx.Client, remote: SandboxRemote, stocked: Stocked
) -> None:
    teach(remote, "A", acknowledge_after=0, ship_within=1, ship_after=4)
    orders = [order_of(100 + number, "A") for number in range(MANY)]
    answer = api.post("/api/v1/orders", json=orders).raise_for_status()
    assert answer.json()["created"] == MANY

    outbox = stocked.data / "outbox"
    until(lambda: list(outbox.glob("*.eml")))

    assert lateness(api)[0] > 0
    sign_in(api)
    mails = api.get("/outbox").text
    assert "Late hand-over" in mails
    assert EMAIL in mails
    alert = re.search(r'href="(/alerts/\d+)"', api.get("/alerts").text)
    assert alert
    assert "Late hand-over" in api.get(alert[1]).text
    letter = next(outbox.glob("*.eml")).read_text("utf-8")
    assert f"To: {EMAIL}" in letter
