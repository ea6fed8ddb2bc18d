"""A disk that is full: said clearly, nothing half done, and it goes on afterwards.

A limit on how large the files of a process may grow stands in for the disk.
"""

import csv
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from erp.alerts.mail import FolderMailer, MailDown
from erp.channels.shopify_columns import REQUIRED
from erp.orders.models import Contact, Order, OrderLine
from tests.conftest import ROOT
from tests.journeys.stocked import Stocked, order_of, stock
from tests.running import ERP, serving

resource = pytest.importorskip("resource", reason="limits on files are of Unix")
ORDERS = 2_500  # two and a half batches of an import
ROOM = 700_000  # bytes: enough for the first batch, not for all


@pytest.fixture
def stocked(tmp_path: Path) -> Stocked:
    return stock(tmp_path / "data")


def limited(most: int) -> Callable[[], None]:
    """For a process that may write no file beyond so many bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def nothing_is_half_done(stocked: Stocked) -> bool:
    """Every order that is there has its one line and its customer."""
    with stocked.opened() as erp, erp.sessions.reading() as session:
        orders, lines, contacts = (
            session.exec(select(func.count(column))).one()
            for column in (col(Order.id), col(OrderLine.id), col(Contact.id))
        )
        return orders == lines == contacts


def import_orders(
    stocked: Stocked, file: Path, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ERP, "import", "orders", str(file), "--data", str(stocked.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=before,
    )


def exported(path: Path, orders: int) -> Path:
    """A shop's export of paid orders."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, SHOPIFY, restval="")
        writer.writeheader()
        writer.writerows(row(number) for number in range(orders))
    return path


SHOPIFY = (
    *("Id", "Name", "Email", "Financial Status", "Paid at", "Created at", "Currency"),
    *("Subtotal", "Shipping", "Taxes", "Total", "Discount Amount", "Cancelled at"),
    *("Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku"),
    *("Lineitem discount", "Shipping Name", "Shipping Address1", "Shipping City"),
    *("Shipping Zip", "Shipping Country", "Risk Level", "Vendor"),
)


def row(number: int) -> dict[str, object]:
    moment = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} +0000"
    return {
        "Id": number,
        "Name": f"#{number}",
        "Email": f"customer{number}@example.com",
        "Financial Status": "paid",
        "Paid at": moment,
        "Created at": moment,
        "Currency": "USD",
        "Subtotal": "10.00",
        "Total": "10.00",
        "Lineitem quantity": 1,
        "Lineitem name": "Lamp",
        "Lineitem price": "10.00",
        "Lineitem sku": "A",
        "Shipping Name": f"Customer {number}",
        "Shipping Address1": f"{number} Long Street",
        "Shipping City": "London",
        "Shipping Zip": "N1 1AA",
        "Shipping Country": "GB",
        "Risk Level": "Low",
    }


def test_an_import_stops_with_words_keeps_whole_batches_and_goes_on(
    stocked: Stocked, tmp_path: Path
) -> None:
    file = exported(tmp_path / "orders.csv", ORDERS)
    assert set(REQUIRED) <= set(SHOPIFY)

    stopped = import_orders(stocked, file, limited(ROOM))

    assert stopped.returncode == 1, stopped.stdout
    assert "the database could not be written" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert stocked.count() < ORDERS
    assert stocked.count() % 1_000 == 0
    assert nothing_is_half_done(stocked)

    went_on = import_orders(stocked, file)

    assert went_on.returncode == 0, went_on.stdout + went_on.stderr
    assert stocked.count() == ORDERS


def test_orders_at_the_api_are_refused_with_words_and_taken_later(
    stocked: Stocked,
) -> None:
    batches = [
        [order_of(1_000 * batch + number, "A") for number in range(400)]
        for batch in range(5)
    ]
    taken = 0
    with (
        serving(stocked.data, before=limited(ROOM)) as program,
        program.client(headers=stocked.headers) as api,
    ):
        for batch in batches:
            answer = api.post("/api/v1/orders", json=batch)
            if answer.status_code != 200:
                break
            taken += len(batch)
        assert answer.status_code == 503, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "could not be written" in answer.json()["detail"]
        assert api.get("/api/v1/orders").status_code == 200
    assert stocked.count() == taken
    assert nothing_is_half_done(stocked)

    with (
        serving(stocked.data) as program,
        program.client(headers=stocked.headers) as api,
    ):
        for batch in batches:
            answer = api.post("/api/v1/orders", json=batch)
            assert answer.status_code == 200
            assert answer.json()["refused"] == 0
    assert stocked.count() == 2_000


@contextmanager
def full() -> Iterator[None]:
    """This very process may write no file beyond a few bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_mail_that_does_not_fit_leaves_no_half_file_and_goes_later(
    tmp_path: Path,
) -> None:
    message = EmailMessage()
    message.set_content("late\n" * 1_000)
    mailer = FolderMailer(tmp_path / "outbox")

    with full(), pytest.raises(MailDown, match="outbox"):
        mailer.send(message, "1")
    assert list((tmp_path / "outbox").iterdir()) == []

    mailer.send(message, "1")
    assert [each.name for each in (tmp_path / "outbox").iterdir()] == ["1.eml"]
