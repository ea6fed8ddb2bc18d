"""`erp demo` as somebody meets it: filled, alive, closed without a trace, and again."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session, col, select

from config.database import Sessions, connect
from erp.alerts.models import Alert, AlertStatus
from erp.demo.trade import SLIPPING
from erp.fulfilment.lifecycle import PurchaseStatus, ReturnStatus
from erp.fulfilment.models import PurchaseOrder, Return
from erp.kpis.models import Kpi, Reading, ScopeKind
from erp.orders.lifecycle import HoldReason
from erp.orders.models import Hold, Order
from suppliers.models import Supplier
from tests.conftest import ROOT
from tests.postgres import some_port

FILLED_WITHIN = 240.0  # seconds; a tenth of it on a machine with nothing else to do
ALIVE_WITHIN = 60.0
ERP = [sys.executable, "-m", "erp.command"]
PROMISED_HOLDS = {
    HoldReason.UNPAID,
    HoldReason.FRAUD_RISK,
    HoldReason.UNKNOWN_SKU,
    HoldReason.INCOMPLETE_ADDRESS,
    HoldReason.MARGIN_BELOW_FLOOR,
    HoldReason.POSSIBLE_DUPLICATE,
    HoldReason.SUPPLIER_REJECTED,
    HoldReason.SUPPLIER_SHORTFALL,
}


@dataclass
class Demo:
    """A running demo, and what it said when it opened."""

    data: Path
    process: subprocess.Popen[str]
    said: str

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+", self.said)
        assert found, self.said
        return found[0]

    @property
    def password(self) -> str:
        found = re.search(r"password\s+(\S+)", self.said)
        assert found, self.said
        return found[1]

    def stop(self) -> int:
        self.process.terminate()
        code = self.process.wait(ALIVE_WITHIN)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def begin(data: Path, port: int) -> Demo:
    """Start a demo; returns once it has said where it is and how to sign in."""
    command = [*ERP, "demo", "--data", str(data), "--port", str(port), "--days", "32"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            return Demo(data, process, said)
    process.stdout.close()
    pytest.fail(f"the demo ended with {process.wait()}: {said}")


def clean_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("ERP_")}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = begin(tmp_path_factory.mktemp("demo"), some_port())
    yield demo
    if demo.process.poll() is None:
        demo.stop()


@pytest.fixture
def session(demo: Demo) -> Iterator[Session]:
    engine = connect(f"sqlite:///{demo.data / 'erp.db'}")
    with Sessions(engine).reading() as session:
        yield session
    engine.dispose()


def sign_in(demo: Demo) -> httpx.Response:
    """The first page that the kept password leads to."""
    with httpx.Client(base_url=demo.url, follow_redirects=True, timeout=30) as browser:
        page = browser.get("/")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token, page.text
        fields = {"email": "owner@demo.example", "password": demo.password}
        browser.post("/sign-in", data={**fields, "csrf_token": token[1]})
        return browser.get("/")


def eventually(is_so: Callable[[], bool]) -> bool:
    """Whether something becomes true in time."""
    until = time.monotonic() + ALIVE_WITHIN
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.2)
    return False


def sandbox_of(session: Session) -> str:
    url = session.exec(select(Supplier.base_url).limit(1)).one()
    return url.rsplit("/s/", 1)[0]


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False


def test_the_password_it_prints_opens_the_store(demo: Demo) -> None:
    page = sign_in(demo)
    assert page.status_code == 200
    assert "Demo store" in page.text
    assert "Demo Owner" in page.text


def test_the_password_is_kept_where_only_its_user_can_read_it(demo: Demo) -> None:
    kept = demo.data / "demo-sign-in.txt"
    assert demo.password in kept.read_text("utf-8")
    if sys.platform != "win32":
        assert kept.stat().st_mode & 0o077 == 0


def test_there_is_a_past_with_everything_to_look_at(session: Session) -> None:
    assert len(session.exec(select(Order.id)).all()) > 200
    statuses = set(session.exec(select(PurchaseOrder.status)))
    assert statuses >= {
        PurchaseStatus.ACCEPTED,
        PurchaseStatus.PARTLY_ACCEPTED,
        PurchaseStatus.REJECTED,
        PurchaseStatus.SHIPPED,
        PurchaseStatus.DELIVERED,
        PurchaseStatus.UNKNOWN,
    }
    returns = session.exec(select(Return)).all()
    assert any(each.status is ReturnStatus.SETTLED for each in returns)
    assert any(each.ended_at is None for each in returns)


def test_orders_wait_for_a_decision_for_many_reasons(session: Session) -> None:
    holds = session.exec(select(Hold.reason).where(col(Hold.closed_at).is_(None)))
    assert set(holds) >= PROMISED_HOLDS


def test_the_supplier_that_slips_has_raised_an_alert_and_a_mail(
    demo: Demo, session: Session
) -> None:
    opened = session.exec(
        select(Alert).where(
            col(Alert.status) == AlertStatus.OPEN, col(Alert.scope_key) == SLIPPING
        )
    ).all()
    assert Kpi.LATE_HAND_OVER in {alert.kpi for alert in opened}
    mails = [path.read_text("utf-8") for path in demo.data.glob("outbox/*.eml")]
    assert any(SLIPPING in mail and demo.url in mail for mail in mails)


def test_every_kpi_has_a_trend(session: Session) -> None:
    for kpi in Kpi:
        readings = session.exec(
            select(Reading.id).where(
                col(Reading.kpi) == kpi, col(Reading.scope_kind) == ScopeKind.OVERALL
            )
        ).all()
        assert len(readings) > 15, kpi


def test_no_supplier_has_an_order_twice(session: Session) -> None:
    books = httpx.get(f"{sandbox_of(session)}/control/books", timeout=30).json()
    assert len(books["suppliers"]) == 6
    for code, book in books["suppliers"].items():
        assert book["orders"] > 0, code
        assert book["duplicates"] == [], code


def test_a_customer_buys_and_a_supplier_answers_by_itself(session: Session) -> None:
    def live_orders() -> list[PurchaseOrder]:
        session.rollback()  # a fresh look
        query = (
            select(PurchaseOrder)
            .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
            .where(col(Order.external_id).startswith("live-"))
        )
        return list(session.exec(query).unique())

    assert eventually(
        lambda: any(each.status is PurchaseStatus.ACCEPTED for each in live_orders())
    )


def test_it_stops_without_leaving_anything_and_starts_again(demo: Demo) -> None:
    engine = connect(f"sqlite:///{demo.data / 'erp.db'}")
    with Sessions(engine).reading() as session:
        sandbox = sandbox_of(session)
    engine.dispose()
    assert answers(f"{sandbox}/control/health")
    assert demo.stop() == 0
    assert not answers(f"{sandbox}/control/health")
    assert not answers(f"{demo.url}/sign-in")
    with socket.socket() as squatter:
        if sys.platform != "win32":
            squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", int(demo.url.rsplit(":", 1)[1])))
        squatter.listen()
        again = begin(demo.data, squatter.getsockname()[1])
        try:
            assert again.url != demo.url, "the port was taken"
            assert again.password == demo.password
            assert sign_in(again).status_code == 200
            assert eventually(lambda: answers(f"{sandbox}/control/health"))
            assert eventually(lambda: answers(f"{again.url}/healthz"))
        finally:
            assert again.stop() == 0


def test_a_store_the_demo_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "erp.db").write_bytes(b"somebody's own")
    refused = subprocess.run(
        [*ERP, "demo", "--data", str(tmp_path)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=FILLED_WITHIN,
        check=False,
    )
    assert refused.returncode == 1
    assert "a store of its own" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["erp.db"]
