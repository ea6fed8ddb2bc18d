"""Bad input, many at once, others that are down, and an end that is asked for."""

import gzip
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_connection
from time import monotonic
from urllib.parse import urlsplit

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlmodel import col, select

from erp.alerts.models import Delivery, DeliveryStatus
from erp.fulfilment.models import Attempt
from erp.jobs.models import JobRun, RunOutcome
from erp.jobs.pipeline import JOBS
from erp.orders.incoming import NewOrder, read_order
from erp.orders.intake import accept_many
from erp.orders.models import Order
from suppliers.sandbox.process import start
from suppliers.sandbox.remote import SandboxRemote
from tests.conftest import ROOT
from tests.filled_store import Clock, fill, opened
from tests.journeys.stocked import Stocked, order_of, stock, teach
from tests.journeys.test_disk_full import exported
from tests.running import ERP, QUICKLY, Program, erp, serving, until

LIMIT = 200_000  # bytes of a body
ORDER = json.dumps(order_of(1, "A"))
BAD_BODIES = {
    "nothing": (b"", 400),
    "not JSON": (b"hello", 400),
    "a truncated order": (ORDER[:-20].encode(), 400),
    "two documents": (ORDER.encode() * 2, 400),
    "Latin-1 that claims to be UTF-8": (
        json.dumps(order_of(1, "A") | {"name": "Bjørn"}, ensure_ascii=False).encode(
            "latin-1"
        ),
        400,
    ),
    "UTF-16": (ORDER.encode("utf-16"), 400),
    "gzip": (gzip.compress(ORDER.encode()), 400),
    "half a character": (ORDER.replace("#1", "\\ud800").encode(), 400),
    "no number": (ORDER.replace('"quantity": 1', '"quantity": NaN').encode(), 400),
    "nesting without end": (b"[" * 50_000, 400),
    "a plain number": (b"42", 422),
    "an empty batch": (b"[]", 422),
    "a batch that is too long": (b"[" + b"{}," * 1_000 + b"{}]", 422),
    "an unknown field": (json.dumps(order_of(1, "A") | {"x": 1}).encode(), 422),
    "a huge number": (
        ORDER.replace('"quantity": 1', f'"quantity": {"9" * 4_000}').encode(),
        422,
    ),
    "a negative price": (ORDER.replace('"10.00"', '"-10.00"').encode(), 422),
    "an unknown currency": (ORDER.replace('"USD"', '"ABC"').encode(), 422),
    "more than the limit": (ORDER.encode() + b" " * LIMIT, 413),
}


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Stocked:
    return stock(tmp_path_factory.mktemp("faults") / "data")


@pytest.fixture(scope="module")
def program(stocked: Stocked) -> Iterator[Program]:
    limit = {"ERP_SERVER_MAX_BODY_BYTES": str(LIMIT)}
    with serving(stocked.data, **QUICKLY, **limit) as running:
        yield running


@pytest.fixture(scope="module")
def api(program: Program, stocked: Stocked) -> Iterator[httpx.Client]:
    with program.client(headers=stocked.headers) as client:
        yield client


@pytest.mark.parametrize(("body", "status"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_bad_body_is_refused_in_words_and_leaves_nothing(
    api: httpx.Client, body: bytes, status: int
) -> None:
    answer = api.post(
        "/api/v1/orders", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["detail"]
    assert api.get("/api/v1/orders").json()["orders"] == []


def test_a_body_far_beyond_the_limit_is_not_even_read(program: Program) -> None:
    where = urlsplit(program.url)
    head = "POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n"
    with create_connection((str(where.hostname), int(where.port or 0)), 20) as raw:
        raw.sendall(f"{head}\r\n".encode())
        assert b" 413 " in raw.recv(100)


def test_a_body_of_undeclared_length_is_cut_off_too(api: httpx.Client) -> None:
    pieces = (b" " * 50_000 for _ in range(LIMIT // 50_000 + 2))
    answer = api.post(
        "/api/v1/orders", content=pieces, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert api.get("/healthz").status_code == 200


def test_eight_writers_at_once_lose_nothing_and_store_nothing_twice(
    api: httpx.Client, stocked: Stocked
) -> None:
    """Each order is sent twice under one key, at about the same time."""
    numbers = [number for number in range(1000, 1080) for _ in range(2)]

    def send(number: int) -> int:
        order = order_of(number, "A", at=datetime(2026, 3, 2, tzinfo=UTC))
        key = {"Idempotency-Key": f"key-{number}"}
        while True:
            answer = api.post("/api/v1/orders", json=order, headers=key)
            if answer.status_code != 409:
                return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, numbers))

    assert Counter(statuses) == {201: 160}
    assert stocked.count(col(Order.name).in_([f"#{each}" for each in numbers])) == 80


def test_two_imports_of_one_file_at_once_take_each_order_in_once(
    tmp_path: Path,
) -> None:
    stocked = stock(tmp_path / "data")
    file = exported(tmp_path / "orders.csv", 1_500)
    both = [
        subprocess.Popen(
            [*ERP, "import", "orders", str(file), "--data", str(stocked.data)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    assert stocked.count() == 1_500


def test_an_end_that_is_asked_for_is_clean_and_quick(tmp_path: Path) -> None:
    stocked = stock(tmp_path / "data")
    with serving(stocked.data, **QUICKLY) as program:
        began = monotonic()
        status = program.end()
        assert monotonic() - began < 15

    assert status == 0, program.logged()
    assert "Traceback" not in program.logged()
    assert not (stocked.data / "erp.db-wal").exists(), "the database was closed"


def test_a_second_scheduler_runs_nothing_twice_and_takes_over(tmp_path: Path) -> None:
    stocked = stock(tmp_path / "data")
    every_second = {"ERP_JOBS_RETRY_HELD": "1"}
    with erp("worker", stocked.data, **QUICKLY, **every_second) as second:
        with serving(stocked.data, **QUICKLY, **every_second) as first:
            until(lambda: len(runs(stocked)) > 3)
        before = len(runs(stocked))
        until(lambda: len(runs(stocked)) > before + 1)

    slots = Counter((run.job, run.slot) for run in runs(stocked))
    assert set(slots.values()) == {1}
    assert {run.outcome for run in runs(stocked)} == {RunOutcome.DONE}
    assert "Traceback" not in first.logged() + second.logged()


def runs(stocked: Stocked) -> list[JobRun]:
    """Ended runs of a job that needs no work to run."""
    query = select(JobRun).where(
        col(JobRun.job) == "retry_held", col(JobRun.ended_at).is_not(None)
    )
    with stocked.opened() as parts, parts.sessions.reading() as session:
        return list(session.exec(query))


def test_a_supplier_that_is_down_for_an_hour_gets_every_order_once(
    tmp_path: Path,
) -> None:
    clock = Clock(datetime.now(UTC))
    with (
        start(tmp_path / "sandbox") as sandbox,
        SandboxRemote(sandbox.url) as remote,
    ):
        stocked = stock(tmp_path / "data", ("A", "B"), sandbox.url)
        for code in ("A", "B"):
            teach(remote, code, acknowledge_after=60, ship_after=600, deliver_after=900)
        with stocked.opened(clock) as parts:
            remote.set_clock(clock.at)
            remote.misbehave("A", "down", seconds=3600)
            with parts.sessions.writing() as session:
                orders = [order_of(n, "A", "B", at=clock.at) for n in range(12)]
                accept_many(session, [taken(each) for each in orders], clock.at)
            for minute in range(150):
                clock.at += timedelta(minutes=1)
                remote.set_clock(clock.at)
                for job in JOBS[:6]:
                    job.run(parts)
                if minute == 50:
                    assert sent_to(remote, "A") == []
                    assert sent_to(remote, "B") == [1] * 12
            with parts.sessions.reading() as session:
                states = set(session.exec(select(Order.status)))
                tries = len(session.exec(select(Attempt)).all())

        assert states == {"delivered"}
        assert sent_to(remote, "A") == sent_to(remote, "B") == [1] * 12
        assert tries < 12 * 12, "it is not asked all the time"


def taken(given: dict[str, object]) -> NewOrder:
    order = read_order(given)
    assert isinstance(order, NewOrder)
    return order


def sent_to(remote: SandboxRemote, code: str) -> list[int]:
    """How many orders each of our references made, by the supplier's own books."""
    books = remote.books()["suppliers"][code]["references"]
    return [each["orders"] for each in books.values() if each["orders"]]


def test_a_mail_server_that_comes_back_gets_what_waited(
    tmp_path: Path, free_port: int
) -> None:
    filled = fill(tmp_path / "data")
    with opened(filled.data) as parts, parts.sessions.writing() as session:
        mail = session.exec(
            select(Delivery).where(col(Delivery.status) == DeliveryStatus.FAILED)
        ).one()
        mail.status, mail.last_error = DeliveryStatus.QUEUED, ""
        subject = mail.subject

    options = {
        "ERP_MAIL_SMTP_HOST": "127.0.0.1",
        "ERP_MAIL_SMTP_PORT": str(free_port),
        "ERP_MAIL_SMTP_SECURITY": "none",
        "ERP_MAIL_FIRST_RETRY_SECONDS": "1",
        "ERP_MAIL_LONGEST_RETRY_SECONDS": "1",
    }
    inbox = Inbox()

    def waiting() -> Delivery:
        with opened(filled.data) as parts, parts.sessions.reading() as session:
            return session.exec(
                select(Delivery).where(col(Delivery.subject) == subject)
            ).all()[-1]

    with serving(filled.data, **QUICKLY, **options) as program:
        until(lambda: waiting().attempts > 1, program.logged)
        until(lambda: waiting().status is DeliveryStatus.QUEUED, program.logged)
        assert "refused" in waiting().last_error
        server = Controller(inbox, hostname="127.0.0.1", port=free_port)
        server.start()
        try:
            until(lambda: waiting().status is DeliveryStatus.SENT, program.logged)
        finally:
            server.stop()
    assert len(inbox.letters) == 1


class Inbox:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.letters.append(envelope.content)
        return "250 OK"
