"""The store a replay fills: a passing one, or a data folder that is still empty."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlmodel import Session, col, func, select

from config.options import Settings
from config.settings import load
from erp.accounts.models import Account, Role
from erp.bootstrap import Erp, assemble, utc_now
from erp.jobs.runner import lead, resign
from erp.orders.models import Order
from erp.replay.errors import ReplayError
from erp.replay.folder import Recorded
from erp.replay.running import MovedClock, settings_for
from inventory.models import Product

BOOKS = "sandbox"  # where `erp sandbox` keeps its books too
HOLDER = "replay"
READER = "owner@replay.example"  # gets the mails, if the store has no account yet
NO_PASSWORD = "!"  # no password has this hash: nobody can sign in with it


@contextmanager
def open_store(
    recorded: Recorded, data: Path | None, clock: MovedClock
) -> Iterator[Erp]:
    """An empty store under the moved clock.

    Without a folder it is gone at the end. Raises ReplayError if there is anything in
    it, or a scheduler is at work on it.
    """
    with TemporaryDirectory(prefix="replay-") as passing:
        folder = data or Path(passing)
        erp = assemble(settings_for(_settings(recorded, folder, data is None)), clock)
        try:
            _take(erp)
            with _hurried(erp.sessions.engine), _reader(erp):
                yield erp
            with erp.sessions.writing() as session:
                resign(session, HOLDER, utc_now())
        finally:
            erp.close()


def keep_leading(session: Session) -> None:
    """No scheduler with the real time may tick the jobs of this store meanwhile."""
    if not lead(session, HOLDER, utc_now()):
        raise ReplayError(
            "a scheduler is at work on this store: stop `erp serve` first"
        )


def _settings(recorded: Recorded, folder: Path, is_passing: bool) -> Settings:
    """The folder's settings; if it has none, those that suit the orders."""
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / "erp.toml"
    if not own.exists():
        own.write_text(
            "# Written by `erp replay`, from the orders it was given.\n[store]\n"
            f'currency = "{recorded.currency}"\nhome_country = "{recorded.country}"\n',
            encoding="utf-8",
        )
    settings = load(folder)
    if is_passing:
        return replace(settings, database=replace(settings.database, url=""))
    return settings


def _take(erp: Erp) -> None:
    with erp.sessions.writing() as session:
        for kind, what in ((Order, "orders"), (Product, "products")):
            there = session.exec(select(func.count(col(kind.id)))).one()
            if there:
                raise ReplayError(
                    f"{erp.settings.data} holds {there:,} {what} already, and a replay "
                    "never mixes with other trade: name a new folder with --data"
                )
        if (erp.settings.data / BOOKS).exists():
            raise ReplayError(f"{erp.settings.data} holds a sandbox's books already")
        keep_leading(session)


@contextmanager
def _hurried(engine: Engine) -> Iterator[None]:
    """Do not wait for the disk before the end: what a crash breaks off is run again."""
    if engine.dialect.name != "sqlite":
        yield
        return
    engine.dispose()
    event.listen(engine, "connect", _wait_for_nothing)
    try:
        yield
    finally:
        event.remove(engine, "connect", _wait_for_nothing)
        engine.dispose()
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")  # a checkpoint is no transaction
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _wait_for_nothing(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


@contextmanager
def _reader(erp: Erp) -> Iterator[None]:
    """Somebody the mails go to. Gone at the end, so that the first run sets up."""
    with erp.sessions.writing() as session:
        reader = None
        if session.exec(select(Account.id).limit(1)).first() is None:
            reader = Account(
                email=READER,
                name="Replay",
                role=Role.VIEWER,
                password_hash=NO_PASSWORD,
                gets_alerts=True,
                created_at=erp.clock(),
            )
            session.add(reader)
    yield
    if reader is not None:
        with erp.sessions.writing() as session:
            session.delete(session.merge(reader))
