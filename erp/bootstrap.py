"""Assembles the program: the only wiring, and the only place that asks the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from config.database import Sessions, connect
from config.options import Settings
from config.secrets import Secrets, secrets_in
from erp.carrier.clock import DatabaseClock
from erp.carrier.installing import install
from erp.kpis.policy import Policy, load_policy
from erp.migrations.upgrading import upgrade
from suppliers.dialects.email.sending import Outgoing
from suppliers.registry import Clients

OURS_ALONE = 0o700  # other users of the machine have no business with customers
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Erp:
    """The running program: what every entry point needs, opened once."""

    settings: Settings
    sessions: Sessions
    secrets: Secrets
    clients: Clients
    clock: Clock
    kpi_policy: Policy

    def close(self) -> None:
        self.clients.close()
        self.sessions.engine.dispose()


def assemble(settings: Settings, clock: Clock = utc_now) -> Erp:
    """Open the database, bring it to the newest schema, open the clients."""
    settings.data.mkdir(mode=OURS_ALONE, parents=True, exist_ok=True)
    engine = connect(
        settings.database_url,
        busy_timeout_seconds=settings.database.busy_timeout_seconds,
    )
    upgrade(engine)
    if engine.dialect.name == "postgresql":
        install(engine)
        clock = DatabaseClock(engine) if clock is utc_now else clock
    return Erp(
        settings=settings,
        sessions=Sessions(engine),
        secrets=secrets_in(settings.data),
        clients=Clients(clock, outgoing=_outgoing(settings)),
        clock=clock,
        kpi_policy=load_policy(settings.data),
    )


def _outgoing(settings: Settings) -> Outgoing:
    """How mails to suppliers leave: as all others do."""
    return Outgoing(
        mail=settings.mail,
        outbox=settings.outbox,
        store=settings.store.name,
        domain=urlsplit(settings.store.base_url).hostname or "localhost",
    )
