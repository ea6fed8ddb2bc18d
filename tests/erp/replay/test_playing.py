"""A whole replay of a handful of orders, through the command."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlmodel import Session, col, select

from config.database import Sessions, connect
from erp.accounts.models import Account
from erp.cli import main
from erp.fulfilment.models import PurchaseOrder
from erp.jobs.models import Lease
from erp.orders.lifecycle import HoldReason
from erp.orders.models import Hold, Order
from suppliers.models import Supplier
from tests.erp.replay.conftest import CATALOG, FILES, ORDERS, OUTCOMES

MAIL_SERVER = {"ERP_MAIL_SMTP_HOST": "mail.invalid"}  # a real one is never used


@pytest.fixture(scope="module")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """#1 is late, #2 was never paid but sold, #3 not even sold, #4 never supplied.

    #5 and #6 want the one B there is.
    """
    folder = tmp_path_factory.mktemp("recorded")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    first, what_became = ORDERS.splitlines()[-1], OUTCOMES.splitlines()[-1]
    unpaid = first.replace(",paid,", ",pending,")
    other = first.replace(",A,Ada,", ",B,Ada,")
    orders = [
        row.replace("#1,ada", f"#{number},c{number}").replace(
            "1 Mill Road,", f"{number} Mill Road,"
        )
        + str(number)
        for number, row in (
            (2, unpaid),
            (3, unpaid),
            (4, first),
            (5, other),
            (6, other),
        )
    ]
    outcomes = [
        what_became.replace("#1", "#2"),
        what_became.replace("#1", "#4").replace("delivered", "unavailable"),
        what_became.replace("#1", "#5"),
        what_became.replace("#1", "#6"),
    ]
    catalog = CATALOG.splitlines()[-1].replace("A,", "B,", 1).replace("S1-A", "S1-B")
    (folder / "catalog.csv").write_text(
        CATALOG + catalog.replace(",50,", ",1,"), "utf-8"
    )
    (folder / "orders_shopify.csv").write_text(ORDERS + "\n".join(orders), "utf-8")
    (folder / "outcomes.csv").write_text(OUTCOMES + "\n".join(outcomes), "utf-8")
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "data"


@pytest.fixture(scope="module")
def figures(trade: Path, data: Path) -> dict[str, Any]:
    arguments = ["replay", str(trade), "--json", "--data", str(data)]
    done = CliRunner(env=MAIL_SERVER).invoke(main, arguments)
    assert done.exit_code == 0, done.output
    printed = json.loads(done.stdout)
    assert isinstance(printed, dict)
    return printed


@pytest.fixture
def store(figures: dict[str, Any], data: Path) -> Iterator[Session]:
    """What was kept; there once the figures are."""
    assert figures
    engine = connect(f"sqlite:///{data / 'erp.db'}")
    with Sessions(engine).reading() as session:
        yield session
    engine.dispose()


def test_rates_count_what_was_not_cancelled(figures: dict[str, Any]) -> None:
    assert figures["orders"] == 6
    assert figures["purchase_orders"] == 5
    assert figures["cancelled_by_supplier"] == 1
    assert figures["late_hand_over"] == [4, 4]
    assert figures["late_delivery"] == [0, 4]
    assert figures["by_supplier"] == {
        "S1": {"late_hand_over": [4, 4], "late_delivery": [0, 4]}
    }
    assert (figures["forwarded_twice"], figures["never_forwarded"]) == (0, 0)


def test_the_margin_leaves_out_what_nobody_delivers(figures: dict[str, Any]) -> None:
    margin = figures["gross_margin"]
    assert (margin["margin_cents"], margin["revenue_cents"]) == (3200, 4800)
    assert (margin["covered"], margin["total"]) == (4, 6)
    assert (margin["percent"], margin["currency"]) == (66.67, "USD")


def test_the_operator_lets_through_only_what_is_recorded_as_sold(
    figures: dict[str, Any], store: Session
) -> None:
    assert figures["holds"] == {"unpaid": 1}
    assert figures["still_held"] == {"supplier_cancelled": 1, "unpaid": 1}
    query = select(Order.name).join(Hold, col(Hold.order_id) == col(Order.id))
    held = store.exec(query.where(col(Hold.closed_at).is_(None))).all()
    assert set(held) == {"#3", "#4"}


def test_an_order_short_of_stock_goes_out_once_there_is_more(store: Session) -> None:
    found = store.exec(
        select(Order.name)
        .join(Hold, col(Hold.order_id) == col(Order.id))
        .where(col(Hold.reason) == HoldReason.NAMED_SUPPLIER_UNAVAILABLE)
    )
    assert found.all() == ["#6"]
    waited = store.exec(
        select(PurchaseOrder.created_at).order_by(col(PurchaseOrder.id).desc())
    ).first()
    assert waited is not None
    assert waited.date().isoformat() == "2017-03-03"


def test_afterwards_nobody_polls_reads_mails_or_leads(store: Session) -> None:
    supplier = store.exec(select(Supplier)).one()
    connection = supplier.kind, supplier.base_url, supplier.sealed_token
    assert connection == (None, "", "")
    assert store.exec(select(Account)).all() == []
    lease = store.exec(select(Lease)).one()
    assert lease.holder == "replay"


def test_the_store_takes_over_the_currency_of_the_orders(
    figures: dict[str, Any], data: Path
) -> None:
    assert figures["gross_margin"]["currency"] == "USD"
    assert 'currency = "USD"' in (data / "erp.toml").read_text("utf-8")


def test_a_store_in_use_is_refused(
    figures: dict[str, Any], trade: Path, data: Path
) -> None:
    assert figures
    again = CliRunner().invoke(main, ["replay", str(trade), "--data", str(data)])
    assert again.exit_code == 1
    assert "already" in again.output


def test_without_a_data_folder_nothing_is_left_and_no_other_store_is_touched(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(os.listdir(tmp_path))
    other = {
        "ERP_DATA": str(tmp_path / "elsewhere"),
        "ERP_DATABASE_URL": "postgresql://nowhere.invalid/store",
    }
    done = CliRunner(env=other).invoke(main, ["replay", str(folder)])
    assert done.exit_code == 0, done.output
    assert "100.0 % (1 of 1)" in done.output
    assert "never forwarded" in done.output
    assert set(os.listdir(tmp_path)) == before
