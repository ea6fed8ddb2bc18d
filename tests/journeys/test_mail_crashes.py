"""`erp serve` killed while it hands a mail over: no supplier gets two of one order.

It is the mail server that ends the process, at a step it sees for itself. A mail server
knows nothing of earlier mails, so whoever mails twice is seen.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from erp.bootstrap import Erp, utc_now
from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import PurchaseOrder
from erp.orders.lifecycle import NextStep
from suppliers.models import Supplier
from tests.factories import make_order
from tests.journeys.stocked import form_token, let_leases_run_out, sign_in, stock
from tests.running import QUICKLY, Program, serving, until
from tests.suppliers.post_office import (
    PASSWORD,
    USER,
    Inbox,
    ReplyBox,
    imap_server,
    mail_server,
    new_folder,
)

P = PurchaseStatus
ORDERS = 3
CODE = "acme"
IN_FLIGHT = frozenset({P.QUEUED, P.SENDING, P.UNKNOWN})
# The step at which the process is killed, and whether the supplier has the mail then.
POINTS = {
    "before the mail": ("DATA", False),
    "after the mail, before the answer": ("mail", True),
    "after the answer, before it is recorded": ("QUIT", True),  # it has read the 250
}


@dataclass
class Store:
    """A store seen from outside its process, and where its mails arrive."""

    erp: Erp
    environment: dict[str, str]
    inbox: Inbox
    sent: ReplyBox

    def order(self, count: int) -> None:
        with self.erp.sessions.writing() as session:
            for _ in range(count):
                make_order(session, ((CODE, 1, 1000),), next_step=NextStep.ROUTE)

    def reach_by_mail(self, **mailbox: str) -> None:
        options: dict[str, Any] = {"to": ["orders@acme.test"]}
        if mailbox:
            options["mailbox"] = {"user": USER} | mailbox
        with self.erp.sessions.writing() as session:
            supplier = session.exec(select(Supplier)).one()
            supplier.kind = "email"
            supplier.base_url = self.sent.url if mailbox else ""
            supplier.sealed_token = self.erp.secrets.seal(PASSWORD)
            supplier.allow_private = True
            supplier.options = options

    def keep_copies(self) -> None:
        """The mail server keeps what it took, as those of many providers do."""

        def keep() -> None:
            self.sent.receive(self.inbox.raw[-1], utc_now())

        self.inbox.upon["mail"] = keep

    def purchases(self) -> dict[str, PurchaseStatus]:
        with self.erp.sessions.reading() as session:
            rows = select(PurchaseOrder.reference, PurchaseOrder.status)
            return dict(session.exec(rows).all())

    def is_settled(self) -> bool:
        statuses = list(self.purchases().values())
        return len(statuses) == ORDERS and IN_FLIGHT.isdisjoint(statuses)

    def remarks(self, reference: str) -> str | None:
        with self.erp.sessions.reading() as session:
            query = select(PurchaseOrder.remark).where(
                col(PurchaseOrder.reference) == reference
            )
            return session.exec(query).one()

    def mailed(self) -> Counter[str]:
        """How often the supplier was mailed each order, whatever the answer was."""
        subjects = [str(mail["Subject"]) for mail in self.inbox.mails]
        names = self.purchases()
        return Counter(
            name for subject in subjects for name in names if f"[{name}]" in subject
        )


@pytest.fixture(scope="module")
def imap_port() -> Iterator[int]:
    with imap_server() as port:
        yield port


@pytest.fixture
def store(tmp_path: Path, imap_port: int) -> Iterator[Store]:
    stocked = stock(tmp_path / "data", [CODE])
    with mail_server() as (inbox, port), stocked.opened() as erp:
        environment = QUICKLY | {
            "ERP_MAIL_SMTP_HOST": "127.0.0.1",
            "ERP_MAIL_SMTP_PORT": str(port),
            "ERP_MAIL_SMTP_SECURITY": "none",
            "ERP_FORWARDING_SETTLE_SECONDS": "1",
        }
        yield Store(erp, environment, inbox, new_folder(imap_port))


def serve_until_killed(store: Store, step: str) -> None:
    """`erp serve` until the mail server meets the step, and ends it."""
    with serving(store.erp.settings.data, **store.environment) as program:
        before = store.inbox.upon.get(step, lambda: None)
        store.inbox.upon[step] = _killing(program, before)
        store.order(ORDERS)
        until(lambda: program.process.poll() is not None, program.logged)
    store.inbox.upon[step] = before
    assert program.process.returncode < 0, program.logged()


def _killing(program: Program, before: Callable[[], None]) -> Callable[[], None]:
    def kill() -> None:
        before()
        program.process.kill()
        program.process.wait()

    return kill


@pytest.mark.parametrize("point", POINTS)
def test_what_nobody_can_tell_waits_for_a_human_and_is_mailed_again_only_by_one(
    store: Store, point: str
) -> None:
    store.reach_by_mail()
    step, is_there = POINTS[point]

    serve_until_killed(store, step)
    let_leases_run_out(store.erp)
    with serving(store.erp.settings.data, **store.environment) as program:
        until(store.is_settled, program.logged)
        told = store.purchases()
        mailed = store.mailed()
        doubtful = [name for name in told if told[name] is P.NEEDS_ATTENTION]
        assert doubtful
        assert max(mailed.values(), default=0) <= 1
        assert {told[name] for name in told if name not in doubtful} <= {P.SENT}
        assert any(mailed[name] == is_there for name in doubtful)
        with program.client() as browser:
            ask_for_again(browser, doubtful)
        until(lambda: set(store.purchases().values()) == {P.SENT}, program.logged)

    again = Counter(doubtful)
    assert store.mailed() == mailed + again
    names = Counter(str(mail["Message-ID"]) for mail in store.inbox.mails)
    assert len(names) == ORDERS  # the same mail, by which a program knows it again


def ask_for_again(browser: httpx.Client, doubtful: list[str]) -> None:
    """The owner sees what is in doubt, and says of each that it is to be sent."""
    sign_in(browser)
    assert "/purchases?status=needs_attention" in browser.get("/").text
    listed = browser.get("/purchases", params={"status": "needs_attention"}).text
    for reference in doubtful:
        assert reference in listed
        path = f"/purchases/{reference}"
        token = form_token(browser.get(path))
        answer = browser.post(f"{path}/requeue", data={"csrf_token": token})
        assert answer.status_code == 303


@pytest.mark.parametrize("point", POINTS)
def test_copies_of_what_was_sent_settle_what_is_in_doubt(
    store: Store, point: str
) -> None:
    store.reach_by_mail(sent_folder=store.sent.folder)
    store.keep_copies()
    step, is_there = POINTS[point]

    serve_until_killed(store, step)
    let_leases_run_out(store.erp)
    with serving(store.erp.settings.data, **store.environment) as program:
        until(store.is_settled, program.logged)

    told, mailed = store.purchases(), store.mailed()
    for name, status in told.items():
        assert mailed[name] == (status is P.SENT)
        assert status is P.SENT or store.remarks(name) == Remark.CANNOT_TELL
    assert (P.NEEDS_ATTENTION in told.values()) is not is_there
