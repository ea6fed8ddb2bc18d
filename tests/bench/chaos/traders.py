"""Who is ordered from: every kind of supplier there is, in each way that it works."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from config.secrets import Secrets
from suppliers.registry import DIALECTS
from suppliers.sandbox.messages import SandboxStock, SandboxSupplier
from tests.factories import make_offer, make_product, make_supplier
from tests.suppliers import declared
from tests.suppliers.post_office import PASSWORD, USER
from tests.suppliers.ways import WAYS, Way

STOCK = 1_000_000
SECRET = "t"
HABITS = {"acknowledge_after": 2, "ship_after": None}
UNGUARDED = {"guard": "none"}
BATCH_MINUTES = 90  # longer than any run
_PAGED = {"kind": "offset", "size_parameter": "limit", "size": 100}
_SCANNED: dict[str, Any] = {
    **declared.SCANNED,
    "look_up": declared.SCANNED["look_up"] | {"paging": _PAGED},
}
_BIGBUY = {"email": "orders@shop.test", "phone": "1", "currency": "USD"}
CALLED = {
    "rest": WAYS["rest"],
    "rest, no guard": Way("rest", habits=UNGUARDED),
    "declared in an envelope": WAYS["declared in an envelope"],
    "declared flat": WAYS["declared flat"],
    "declared, looked up": WAYS["declared, looked up"],
    "declared, scanned": Way(
        "rest", "declared/flat", options=lambda _: _SCANNED, habits=UNGUARDED
    ),
    "declared, blind": WAYS["declared, blind"],
    "csvfeed": WAYS["csvfeed"],
    "bigbuy": Way(
        "bigbuy", "bigbuy", options=lambda _: {**_BIGBUY, "checks_first": True}
    ),
    "printful": WAYS["printful"],
}
COPIED, GATHERED = "email, copies kept", "email, gathered"
MAILED = ("email", COPIED, GATHERED)
PORTAL = "portal"


@dataclass(frozen=True)
class Trader:
    """One supplier of the run. `place`: which sandbox it lives in, if in any."""

    code: str
    way: str
    kind: str
    place: int = 0

    @property
    def address(self) -> str:
        """Where it gets its mails."""
        return f"{self.code.lower()}@suppliers.test"


@dataclass(frozen=True)
class Outside:
    """Where all suppliers are reached."""

    sandboxes: tuple[str, ...]
    imap_port: int
    sent_folder: str


def traders(places: int, *, gathered: bool) -> tuple[Trader, ...]:
    """One for each way; those who gather wait for the next full minute."""
    found = [
        Trader(f"C{number}", name, way.kind, number % places)
        for number, (name, way) in enumerate(CALLED.items())
    ]
    mailed = [each for each in MAILED if gathered or each != GATHERED]
    found += [Trader(f"M{number}", name, "email") for number, name in enumerate(mailed)]
    found.append(Trader("P0", PORTAL, "portal"))
    assert {each.kind for each in found} == set(DIALECTS)
    return tuple(found)


def at_the_sandbox(trader: Trader) -> tuple[SandboxSupplier, list[SandboxStock]]:
    """Its account, and what it says it has."""
    told = HABITS | dict(CALLED[trader.way].habits)
    stock = SandboxStock(sku=f"{trader.code}-{trader.code}", quantity=STOCK)
    return SandboxSupplier(code=trader.code, token=SECRET, **told), [stock]


def add_to_store(
    session: Session, secrets: Secrets, trader: Trader, outside: Outside, now: datetime
) -> None:
    """It sells one product, whose SKU is its code."""
    supplier = make_supplier(
        session,
        trader.code,
        kind=trader.kind,
        allow_private=True,
        **_connection(trader, secrets, outside, now),
    )
    product = make_product(session, trader.code)
    make_offer(session, product, supplier, quantity=STOCK, as_of=now)


def _connection(
    trader: Trader, secrets: Secrets, outside: Outside, now: datetime
) -> dict[str, Any]:
    if trader.way == PORTAL:
        return {}
    if trader.way in MAILED:
        return _by_mail(trader, secrets, outside, now)
    way = CALLED[trader.way]
    base_url = f"{outside.sandboxes[trader.place]}/{way.wire}/{trader.code}"
    return {
        "base_url": base_url,
        "sealed_token": secrets.seal(SECRET),
        "options": dict(way.options(base_url)),
    }


def _by_mail(
    trader: Trader, secrets: Secrets, outside: Outside, now: datetime
) -> dict[str, Any]:
    options: dict[str, Any] = {"to": [trader.address]}
    if trader.way == GATHERED:
        options["batch_at"] = _each_minute(now)
    if trader.way != COPIED:
        return {"options": options}
    mailbox: Mapping[str, str] = {"user": USER, "sent_folder": outside.sent_folder}
    return {
        "base_url": f"imap://127.0.0.1:{outside.imap_port}",
        "sealed_token": secrets.seal(PASSWORD),
        "options": options | {"mailbox": dict(mailbox)},
    }


def _each_minute(now: datetime) -> str:
    moments = (now + timedelta(minutes=number) for number in range(BATCH_MINUTES))
    return " ".join(f"{moment:%H:%M}" for moment in moments)
