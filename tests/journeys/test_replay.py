"""`erp replay` on real trade, against figures reckoned straight from its files."""

import csv
import email
import email.policy
import json
import os
import re
import sqlite3
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT
from tests.running import ERP, serving

LONGEST_SECONDS = 600  # on a loaded machine; alone it takes a tenth of that
NOT_HANDED_OVER = {"canceled", "unavailable"}  # the supplier cancelled it
Fraction = list[int]


@dataclass(frozen=True)
class Recorded:
    """The folder, read with nothing but the csv module."""

    orders: list[dict[str, str]]  # a row for each line
    outcomes: list[dict[str, str]]
    catalog: list[dict[str, str]]

    @property
    def kept(self) -> list[dict[str, str]]:
        return [row for row in self.outcomes if row["status"] not in NOT_HANDED_OVER]


@dataclass(frozen=True)
class Replayed:
    """What the command printed, and the folder it filled."""

    figures: dict[str, Any]
    data: Path

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.data / "erp.db") as store:
            rows = store.execute(query).fetchall()
        store.close()
        return rows


@pytest.fixture(scope="session")
def recorded(olist: Path) -> Recorded:
    return Recorded(
        rows(olist / "orders_shopify.csv"),
        rows(olist / "outcomes.csv"),
        rows(olist / "catalog.csv"),
    )


@pytest.fixture(scope="session")
def replayed(olist: Path, tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    data = tmp_path_factory.mktemp("replay") / "data"
    done = run("replay", str(olist), "--data", str(data), "--json")
    assert done.returncode == 0, done.stderr
    return Replayed(json.loads(done.stdout), data)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ERP, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z") if text else None


def is_late(done: str, due: str) -> bool:
    """Done after it was due, or not done though it is long due."""
    done_at, due_at = moment(done), moment(due)
    assert due_at is not None
    return done_at is None or done_at > due_at


def late_hand_over(outcomes: list[dict[str, str]]) -> Fraction:
    return [
        sum(is_late(row["shipped_at"], row["ship_by"]) for row in outcomes),
        len(outcomes),
    ]


def late_delivery(outcomes: list[dict[str, str]]) -> Fraction:
    delivered = [row for row in outcomes if row["delivered_at"]]
    late = (
        is_late(row["delivered_at"], row["promised_delivery_at"]) for row in delivered
    )
    return [sum(late), len(delivered)]


def test_every_order_is_taken_in_and_every_purchase_order_made(
    replayed: Replayed, recorded: Recorded
) -> None:
    cancelled = len(recorded.outcomes) - len(recorded.kept)
    assert replayed.figures["orders"] == len({row["Name"] for row in recorded.orders})
    assert replayed.figures["purchase_orders"] == len(recorded.outcomes)
    assert replayed.figures["cancelled_by_supplier"] == cancelled


def test_lateness_is_what_the_outcomes_say(
    replayed: Replayed, recorded: Recorded
) -> None:
    assert replayed.figures["late_hand_over"] == late_hand_over(recorded.kept)
    assert replayed.figures["late_delivery"] == late_delivery(recorded.kept)


def test_lateness_of_the_known_orders_is_as_published(replayed: Replayed) -> None:
    assert replayed.figures["late_hand_over"] == [331, 2970]
    assert replayed.figures["late_delivery"] == [262, 2911]


def test_lateness_is_right_for_every_single_supplier(
    replayed: Replayed, recorded: Recorded
) -> None:
    by_supplier: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in recorded.kept:
        by_supplier[row["supplier_code"]].append(row)
    found = replayed.figures["by_supplier"]
    assert {row["supplier_code"] for row in recorded.outcomes} <= found.keys()
    for code, figures in found.items():
        assert figures == {
            "late_hand_over": late_hand_over(by_supplier[code]),
            "late_delivery": late_delivery(by_supplier[code]),
        }, code


def test_the_margin_is_that_of_the_orders_no_supplier_cancelled(
    replayed: Replayed, recorded: Recorded
) -> None:
    """An order with a line that nobody delivers has no known cost."""
    costs = {
        (row["sku"], row["supplier_code"]): Decimal(row["unit_cost"])
        for row in recorded.catalog
    }
    kept = {(row["order_name"], row["supplier_code"]) for row in recorded.kept}
    spoilt = {
        row["Name"]
        for row in recorded.orders
        if (row["Name"], row["Vendor"]) not in kept
    }
    revenue = cost = Decimal(0)
    for row in recorded.orders:
        if row["Name"] in spoilt:
            continue
        units = int(row["Lineitem quantity"])
        revenue += units * Decimal(row["Lineitem price"])
        revenue += Decimal(row["Shipping"] or 0) - Decimal(row["Discount Amount"] or 0)
        cost += units * costs[row["Lineitem sku"], row["Vendor"]]
    names = {row["Name"] for row in recorded.orders}
    assert replayed.figures["gross_margin"] == {
        "margin_cents": int((revenue - cost) * 100),
        "revenue_cents": int(revenue * 100),
        "currency": "BRL",
        "percent": float(round((revenue - cost) * 100 / revenue, 2)),
        "covered": len(names - spoilt),
        "total": len(names),
    }


def test_by_the_suppliers_own_books_nothing_came_twice_and_nothing_is_missing(
    replayed: Replayed, recorded: Recorded
) -> None:
    with sqlite3.connect(replayed.data / "sandbox" / "sandbox.db") as books:
        taken = books.execute("SELECT order_name, supplier FROM purchase").fetchall()
    books.close()
    asked = [(row["order_name"], row["supplier_code"]) for row in recorded.outcomes]
    assert Counter(taken) == Counter(asked)
    assert replayed.figures["forwarded_twice"] == 0
    assert replayed.figures["never_forwarded"] == 0


def test_only_judgements_cancellations_and_late_suppliers_ever_held_an_order(
    replayed: Replayed, recorded: Recorded
) -> None:
    cancelled = len(recorded.outcomes) - len(recorded.kept)
    released = replayed.figures["holds"]
    held = dict(replayed.ask("SELECT reason, count(*) FROM hold GROUP BY reason"))
    overdue = held.pop("supplier_overdue")
    assert held == {**released, "supplier_cancelled": cancelled}
    assert released.keys() <= {"margin_below_floor", "possible_duplicate", "too_old"}
    never = {row["order_name"] for row in recorded.kept if not row["shipped_at"]}
    assert replayed.figures["still_held"] == {
        "supplier_cancelled": cancelled,
        "supplier_overdue": len(never),
    }
    assert len(never) <= overdue <= late_hand_over(recorded.kept)[0]


def test_every_moment_is_kept_as_it_was_recorded(
    replayed: Replayed, recorded: Recorded
) -> None:
    found = {
        (name, code): (taken, shipped, delivered)
        for name, code, taken, shipped, delivered in replayed.ask(
            "SELECT o.name, s.code, p.acknowledged_at, p.handed_over_at,"
            " p.delivered_at FROM purchase_order p"
            " JOIN customer_order o ON o.id = p.order_id"
            " JOIN supplier s ON s.id = p.supplier_id"
        )
    }
    moments = ("acknowledged_at", "shipped_at", "delivered_at")
    for row in recorded.kept:
        kept = found[row["order_name"], row["supplier_code"]]
        assert [text and text[:19] for text in kept] == [
            row[name][:19] or None for name in moments
        ], row


def test_alerts_open_resolve_and_are_mailed(replayed: Replayed) -> None:
    statuses = dict(replayed.ask("SELECT status, count(*) FROM alert GROUP BY status"))
    figures = replayed.figures
    assert figures["alerts_opened"] > 0
    assert figures["alerts_opened"] == sum(statuses.values())
    assert figures["alerts_resolved"] == statuses.get("resolved", 0)
    assert 0 < figures["mails"] == len(list(mails(replayed.data)))


def test_a_mail_names_the_figures_and_is_dated_within_the_record(
    replayed: Replayed,
) -> None:
    mail = next(mails(replayed.data))
    body = mail.get_body(("plain",))
    assert body is not None
    assert re.search(r"\d+ of \d+", body.get_content()), body.get_content()
    assert "2016" < str(mail["Date"].datetime.year) < "2019"


def mails(data: Path) -> Iterator[email.message.EmailMessage]:
    for path in sorted((data / "outbox").glob("*.eml")):
        yield email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_afterwards_it_can_be_looked_at_with_serve(replayed: Replayed) -> None:
    with serving(replayed.data) as program, program.client() as client:
        set_up(client)
        page = client.get("/orders", params={"q": "#1001"})
        assert page.status_code == 200
        assert "#1001" in page.text
        assert client.get("/").status_code == 200
        assert client.get("/outbox").status_code == 200
    assert "not polled" not in program.logged()
    assert "Traceback" not in program.logged()


def set_up(client: httpx.Client) -> None:
    """As whoever opens the store for the first time."""
    form = client.get("/setup").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token, form
    answer = client.post(
        "/setup",
        data={
            "csrf_token": token[1],
            "name": "Ada",
            "email": "ada@example.com",
            "password": "a long enough sentence",
            "repeated": "a long enough sentence",
        },
    )
    assert answer.status_code == 303, answer.text


def test_a_store_with_trade_in_it_is_never_replayed_into(
    replayed: Replayed, olist: Path
) -> None:
    before = replayed.ask("SELECT count(*) FROM customer_order")
    done = run("replay", str(olist), "--data", str(replayed.data))
    assert done.returncode == 1
    assert "already" in done.stderr
    assert "never mixes" in done.stderr
    assert replayed.ask("SELECT count(*) FROM customer_order") == before
