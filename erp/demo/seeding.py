"""The first start: makes the past up, lives through it, and leaves the store to run."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlmodel import Session, select, update

from config.options import Settings
from erp.accounts.models import Scope
from erp.accounts.set_up import owner_of
from erp.accounts.tokens import create_token
from erp.bootstrap import Erp, assemble
from erp.demo import sign_in
from erp.demo.files import write_all
from erp.demo.oddities import Oddities, in_sequence, oddities, scripts
from erp.demo.outside import live_habits, stock_up
from erp.demo.past import Past, Progress
from erp.demo.place import Place, write_private
from erp.demo.shelf import CURRENCY, DemoProduct, products
from erp.demo.trade import DAYS, fates, past_sales
from erp.replay.folder import import_offers, read_folder
from erp.replay.running import MovedClock, settings_for
from erp.replay.stage import Stage
from erp.replay.timeline import start_of
from suppliers.models import Supplier
from suppliers.sandbox.remote import SandboxRemote


def seed(
    settings: Settings,
    sandbox_url: str,
    now: datetime,
    tell: Progress,
    *,
    days: int = DAYS,
) -> None:
    """Fill the data folder, with the suppliers of a sandbox that runs."""
    place, sold = Place(settings.data), products()
    odd = _write_trade(place, sold, now, days)
    clock = MovedClock(now)
    erp = assemble(settings_for(settings), clock)
    with closing(erp), SandboxRemote(sandbox_url) as remote:
        _hurry(erp.sessions.engine)
        past = _prepare(erp, clock, remote, place, odd)
        remote.load_scripts(scripts(odd, sold))
        past.live_through(now, tell)
        _hand_over(erp, past, sold, now)
    place.finish()


def _hurry(engine: Engine) -> None:
    """Do not wait for the disk: a past that is broken off is made up anew."""
    engine.dispose()
    event.listen(engine, "connect", _wait_for_nothing)


def _wait_for_nothing(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


def _write_trade(
    place: Place, sold: Sequence[DemoProduct], now: datetime, days: int
) -> Oddities:
    usual = past_sales(sold, now, days)
    sales, odd = in_sequence(usual, oddities(sold, usual[-1].number + 1, now))
    every = sorted([*sales, *odd.sales], key=lambda sale: sale.number)
    served = fates([*sales, odd.twin], sold, now)
    write_all(place.trade, sold, every, served)
    return odd


def _prepare(
    erp: Erp, clock: MovedClock, remote: SandboxRemote, place: Place, odd: Oddities
) -> Past:
    """Import who delivers what, open the accounts, and connect the suppliers."""
    recorded = read_folder(place.trade)
    clock.now = start_of(recorded.orders)
    country = erp.settings.store.home_country
    import_offers(
        erp.sessions, place.trade, clock.now, currency=CURRENCY, country=country
    )
    with erp.sessions.writing() as session:
        _open_accounts(session, place, clock.now)
    stage = Stage(erp, remote)
    stage.set_up(recorded.outcomes, clock.now)
    return Past(erp, clock, remote, stage, recorded, odd, sign_in.EMAIL)


def _open_accounts(session: Session, place: Place, now: datetime) -> None:
    """An owner with a password of its own, and a token for the shop."""
    owner = sign_in.new_sign_in()
    owner_of(
        session, now, name=sign_in.NAME, email=owner.email, password=owner.password
    )
    _, secret = create_token(session, "Web shop", Scope.WRITE, now, by=owner.email)
    sign_in.keep(place.sign_in, owner)
    write_private(place.shop_token, secret)


def _hand_over(
    erp: Erp, past: Past, sold: Sequence[DemoProduct], now: datetime
) -> None:
    """From scripts to habits, from the moved clock to the real one."""
    with erp.sessions.reading() as session:
        rows = session.exec(select(Supplier)).all()
    past.remote.add_suppliers(
        [
            live_habits(row.code, row.name, erp.secrets.open(row.sealed_token))
            for row in rows
        ]
    )
    with erp.sessions.writing() as session:
        session.exec(update(Supplier).values(next_poll_at=now, next_stock_read_at=now))
    past.remote.set_clock(None)
    stock_up(past.remote, sold)
