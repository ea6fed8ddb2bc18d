"""Everything that runs in a chaos run: the store, its suppliers, and who calls it."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.settings import load
from erp.accounts.models import Scope
from erp.accounts.tokens import create_token
from erp.bootstrap import Erp, assemble
from tests.bench.chaos.callers import Caller, Puller, Shop
from tests.bench.chaos.mail import Postmaster
from tests.bench.chaos.mischief import Place
from tests.bench.chaos.programs import Programs
from tests.bench.chaos.traders import (
    CALLED,
    COPIED,
    Outside,
    Trader,
    add_to_store,
    traders,
)
from tests.bench.processes import compiled
from tests.factories import make_supplier
from tests.postgres import some_port
from tests.running import QUICKLY
from tests.suppliers.post_office import ReplyBox, imap_server, new_folder

SETTINGS = QUICKLY | {
    "ERP_FORWARDING_CALL_TIMEOUT_SECONDS": "2",
    "ERP_FORWARDING_LEASE_SECONDS": "6",
    "ERP_FORWARDING_SETTLE_SECONDS": "3",
    "ERP_FORWARDING_FIRST_RETRY_SECONDS": "1",
    "ERP_FORWARDING_LONGEST_RETRY_SECONDS": "3600",
    "ERP_FORWARDING_MAX_ATTEMPTS": "1000",  # no human for what will be told some day
    "ERP_TRACKING_POLL_SECONDS": "5",
    "ERP_JOBS_MEASURE_KPIS": "3600",
    "ERP_JOBS_RAISE_ALERTS": "3600",
    "ERP_MAIL_SMTP_HOST": "127.0.0.1",
    "ERP_MAIL_SMTP_SECURITY": "none",
    "ERP_MAIL_SENDER": "Corner Shop <orders@shop.test>",
}
LINES = 2  # of each order, at two suppliers: as many purchase orders


@dataclass(frozen=True)
class Scale:
    """How much of it all, and which chances."""

    purchase_orders: int = 2_000
    kills: int = 100
    falls: int = 9  # kills of suppliers' servers
    places: int = 3  # such servers
    seed: int = 1
    gathered: bool = True  # with a supplier whose orders leave once a minute
    patience: float = 600.0  # seconds, once there is peace

    @property
    def orders(self) -> int:
        return self.purchase_orders // LINES


@dataclass(frozen=True)
class Stage:
    scale: Scale
    erp: Erp
    traders: Sequence[Trader]
    places: Sequence[Place]
    post: Postmaster
    programs: Programs
    shop: Shop
    puller: Puller

    @property
    def callers(self) -> tuple[Caller, ...]:
        return (self.shop, self.puller)

    def books(self) -> dict[str, Counter[str]]:
        """By supplier, as each of them keeps its own."""
        found: dict[str, Counter[str]] = {}
        for place in self.places:
            found |= place.books()
        for trader in self.traders:
            if trader.kind == "email":
                found[trader.code] = self.post.taken[trader.address]
            if trader.kind == "portal":
                found[trader.code] = self.puller.listed
        return found

    def troubles(self) -> Counter[str]:
        """Calls that ran into trouble, by its kind."""
        met = Counter({f"mail server {kind}": n for kind, n in self.post.met.items()})
        return sum((place.met() for place in self.places), met)


@contextmanager
def staged(folder: Path, scale: Scale, database_url: str) -> Iterator[Stage]:
    """One process of ours on SQLite, three where there is another database."""
    known = traders(scale.places, gathered=scale.gathered)
    with ExitStack() as stack:
        places = []
        for number in range(scale.places):
            lives = [e for e in known if e.way in CALLED and e.place == number]
            places.append(Place(folder / f"suppliers-{number}", lives))
            stack.callback(places[-1].close)
        copies = new_folder(stack.enter_context(imap_server()))
        copied = next(each.address for each in known if each.way == COPIED)
        post = Postmaster(str(scale.seed), copies, copied)
        stack.callback(post.close)
        environment = _environment(folder, post.port, database_url)
        erp = assemble(load(folder / "store", environment))
        stack.callback(erp.close)
        tokens = _fill(erp, known, _outside(places, copies))
        workers = 2 if database_url else 0
        programs = Programs(folder / "store", some_port(), workers, environment)
        stack.callback(programs.end)
        shop, puller = _callers(programs.url, tokens, scale, known)
        stage = Stage(scale, erp, known, places, post, programs, shop, puller)
        for caller in stage.callers:
            stack.callback(caller.close)
        yield stage


def _environment(folder: Path, port: int, database_url: str) -> dict[str, str]:
    found = SETTINGS | compiled(folder / "bytecode")
    found["ERP_MAIL_SMTP_PORT"] = str(port)
    if database_url:
        found["ERP_DATABASE_URL"] = database_url
    return found


def _outside(places: Sequence[Place], copies: ReplyBox) -> Outside:
    urls = tuple(place.url for place in places)
    return Outside(urls, copies.port, copies.folder)


def _fill(erp: Erp, known: Sequence[Trader], outside: Outside) -> tuple[str, str]:
    """The store with its suppliers; the shop's token, and that of who pulls."""
    now = erp.clock()
    with erp.sessions.writing() as session:
        for trader in known:
            add_to_store(session, erp.secrets, trader, outside, now)
        _, shop = create_token(session, "shop", Scope.WRITE, now, by="chaos")
        supplier = make_supplier(session, known[-1].code)
        _, portal = create_token(
            session, "depot", Scope.WRITE, now, by="chaos", supplier=supplier
        )
    return shop, portal


def _callers(
    url: str, tokens: tuple[str, str], scale: Scale, known: Sequence[Trader]
) -> tuple[Shop, Puller]:
    chance = random.Random(f"orders {scale.seed}")
    codes = [trader.code for trader in known]
    orders = [
        tuple(codes[(number + step) % len(codes)] for step in (0, far))
        for number in range(scale.orders)
        for far in (chance.randrange(1, len(codes)),)
    ]
    return Shop(url, tokens[0], orders), Puller(url, tokens[1], str(scale.seed))
