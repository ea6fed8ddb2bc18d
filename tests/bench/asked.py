"""A store with purchase orders to forward, and suppliers to forward them to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from sqlmodel import col, select

from config.database import Sessions, connect
from config.secrets import Secrets
from erp.fulfilment.forwarding.caller import Caller
from erp.fulfilment.forwarding.requests import purchase_requests
from erp.fulfilment.forwarding.retries import RetryRules
from erp.fulfilment.models import PurchaseOrder
from erp.migrations.tables import metadata
from suppliers.connections import connection_of
from suppliers.contract import PurchaseRequest
from suppliers.models import Supplier
from suppliers.registry import Clients, Connection
from tests.factories import make_order, make_purchase_order, make_supplier

THREADS = 16  # as by default
RULES = RetryRules(
    first=timedelta(seconds=5),
    longest=timedelta(hours=4),
    max_attempts=12,
    lease=timedelta(seconds=120),
    settle=timedelta(seconds=60),
)


@dataclass
class Asked:
    """The store; `caller` is what its steps are given."""

    sessions: Sessions
    caller: Caller

    def add_supplier(self, code: str, base_url: str) -> None:
        with self.sessions.writing() as session:
            make_supplier(
                session,
                code,
                kind="rest",
                base_url=base_url,
                sealed_token=self.caller.secrets.seal("t"),
                allow_private=True,
            )

    def queue(self, codes: Sequence[str], each: int) -> None:
        """So many purchase orders for each supplier, one after the other."""
        with self.sessions.writing() as session:
            for _ in range(each):
                for code in codes:
                    order = make_order(session, (("X", 1, 1000),), next_step=None)
                    make_purchase_order(session, order, make_supplier(session, code))

    def requests(self, code: str) -> tuple[Connection, list[PurchaseRequest]]:
        """What forwarding would ask of a supplier, without forwarding it."""
        with self.sessions.reading() as session:
            supplier = session.exec(
                select(Supplier).where(col(Supplier.code) == code)
            ).one()
            ids = session.exec(
                select(PurchaseOrder.id).where(
                    col(PurchaseOrder.supplier_id) == supplier.id
                )
            )
            requests = purchase_requests(session, [each or 0 for each in ids])
            secrets, seconds = self.caller.secrets, self.caller.call_seconds
            return connection_of(supplier, secrets, seconds), list(requests.values())


@contextmanager
def asked(folder: Path, *, call_seconds: float = 30.0) -> Iterator[Asked]:
    engine = connect(f"sqlite:///{folder / 'erp.db'}")
    metadata.create_all(engine)
    clients = Clients(_now)
    caller = Caller(
        clients=clients,
        secrets=Secrets(Fernet.generate_key()),
        clock=_now,
        rules=RULES,
        threads=THREADS,
        call_seconds=call_seconds,
    )
    try:
        yield Asked(Sessions(engine), caller)
    finally:
        clients.close()
        engine.dispose()


def _now() -> datetime:
    return datetime.now(UTC)
