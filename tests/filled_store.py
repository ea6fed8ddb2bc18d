"""A store with something on every page, made by the functions that make it in use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from config.settings import load
from erp.accounts.models import Role, Scope
from erp.accounts.passwords import hashed
from erp.accounts.staff import add_account
from erp.accounts.tokens import create_token
from erp.alerts.models import Delivery, DeliveryStatus
from erp.bootstrap import Erp, assemble
from erp.jobs.models import JobRun, RunOutcome
from erp.jobs.pipeline import (
    check_orders,
    judge_kpis,
    measure_kpis,
    route_orders,
    send_mail,
)
from erp.orders.intake import accept_many
from inventory.models import Offer
from tests.factories import make_offer, make_product, make_supplier
from tests.filled_letters import receive_letters
from tests.filled_notices import leave_notices
from tests.filled_trade import (
    BY,
    DAY,
    bill_some,
    held_orders,
    leave_in_doubt,
    live_through,
    return_some,
)

PASSWORD = "seven green parcels"
PEOPLE = {
    "owner": (Role.OWNER, "en"),
    "operator": (Role.OPERATOR, "en"),
    "viewer": (Role.VIEWER, "en"),
    "reader": (Role.OWNER, "he"),
    "partner": (Role.OWNER, "ar"),
}
GOODS = ("Desk lamp", "Tea pot", "Yoga mat", "Wool blanket", "Hiking mug", "Kite")


@dataclass
class Clock:
    """The time is what the story says it is."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Filled:
    """A folder for `erp serve`, and how programs and people come in."""

    data: Path
    token: str

    @staticmethod
    def email(who: str) -> str:
        return f"{who}@shop.example"


@contextmanager
def opened(data: Path, clock: Any = None) -> Iterator[Erp]:
    """The parts over a folder, beside whatever runs on it."""
    erp = assemble(load(data, {}), clock or (lambda: datetime.now(UTC)))
    yield erp
    erp.close()


def fill(data: Path) -> Filled:
    """A store that has traded for a while, as of now."""
    now = datetime.now(UTC)
    clock = Clock(now - 11 * DAY)
    with opened(data, clock) as erp:
        with erp.sessions.writing() as session:
            token = _open_accounts(session, clock.at)
            _stock(session, now)
        with erp.sessions.writing() as session:
            live_through(session, now)
        _measure(erp, clock, now)
        with erp.sessions.writing() as session:
            return_some(session, now)
            leave_in_doubt(session, now)
            bill_some(session, now)
            accept_many(session, list(held_orders(now)), now)
        check_orders(erp)
        route_orders(erp)
        with erp.sessions.writing() as session:
            _break_something(session, now)
            leave_notices(session, erp.secrets, now)
            receive_letters(session, now)
    return Filled(data, token)


def _open_accounts(session: Session, now: datetime) -> str:
    """Everybody has the same password, which is hashed once."""
    password_hash = hashed(PASSWORD)
    for who, (role, language) in PEOPLE.items():
        account = add_account(
            session,
            now,
            name=who.title(),
            email=Filled.email(who),
            role=role,
            password_hash=password_hash,
            by=BY,
        )
        account.language = language
        account.gets_alerts = role is Role.OWNER
    _, secret = create_token(session, "Web shop", Scope.WRITE, now, by=BY)
    create_token(session, "Dashboard", Scope.READ, now, by=BY)
    return secret


def _stock(session: Session, now: datetime) -> None:
    """Four suppliers; most products have several offers, one has no known cost."""
    for code, name, given in (
        ("S1", "Northern Lights Ltd", {"handling_days": 2}),
        ("S2", "Blue Harbour", {"order_fee_cents": 150, "city": "Rotterdam"}),
        ("S3", "Garden & Sons", {"is_paused": True, "paused_because": "holidays"}),
        ("S4", "ספק הצפון", {"ships_to": "IL GB", "last_error": "read timed out"}),
    ):
        supplier = make_supplier(session, code, name=name, created_at=now, **given)
        if code == "S1":
            create_token(session, "Depot", Scope.WRITE, now, by=BY, supplier=supplier)
    for number, title in enumerate(GOODS):
        sku = "ABCDEF"[number]
        product = make_product(session, sku, title=title, created_at=now)
        for each, code in enumerate(("S1", "S2", "S3")[: 1 + number % 3]):
            given = {"quantity": 400, "unit_cost_cents": 400 + 25 * each}
            make_offer(session, product, make_supplier(session, code), as_of=now)
            offer = session.exec(select(Offer).order_by(col(Offer.id).desc())).first()
            assert offer is not None
            offer.quantity, offer.unit_cost_cents = given.values()
    unknown = make_product(session, "X", title="Mystery box", created_at=now)
    make_offer(
        session, unknown, make_supplier(session, "S2"), unit_cost_cents=None, as_of=now
    )


def _measure(erp: Erp, clock: Clock, now: datetime) -> None:
    """A reading each day, alerts as they come, and the mails about them."""
    for ago in range(10, -1, -1):
        clock.at = now - ago * DAY
        measure_kpis(erp)
        if ago < 4:
            judge_kpis(erp)
            send_mail(erp)


def _break_something(session: Session, now: datetime) -> None:
    """A mail that nobody takes, and a job that failed."""
    session.add(
        JobRun(
            job="sync_stock",
            slot="1",
            started_at=now - timedelta(hours=1),
            ended_at=now - timedelta(hours=1),
            outcome=RunOutcome.FAILED,
            error="OperationalError: database is locked",
        )
    )
    mail = session.exec(select(Delivery).order_by(col(Delivery.id))).first()
    assert mail is not None
    again = _like(mail, recipient="gone@shop.example", message_id="<f@x>")
    again.status = DeliveryStatus.FAILED
    again.last_error = "550 no such mailbox"
    again.sent_at = None
    session.add(again)


def _like(mail: Delivery, **changes: Any) -> Delivery:
    return Delivery(**(mail.model_dump(exclude={"id"}) | changes))
