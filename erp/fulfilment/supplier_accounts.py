"""Adding and changing suppliers. A credential goes in and never comes out again."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from config.secrets import Secrets
from erp.accounts.audit import note
from erp.accounts.models import AuditEntry
from erp.fulfilment.sourcing.purchasing import retry_held
from suppliers.allowances import forget
from suppliers.models import Supplier
from suppliers.registry import NEVER_CALLED

CONNECTION = frozenset({"kind", "base_url", "options"})  # another list of changes
CALL_LIMITS = frozenset(
    {"calls_per_minute", "burst", "error_budget_percent", "poll_seconds"}
)


class SupplierError(ValueError):
    """What was asked for cannot be; `field` says which part of it."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Terms:
    """How a supplier is reached and what it charges, but its credential.

    Its days are terms of their own: see `rerouting.terms`.
    """

    name: str
    kind: str | None
    base_url: str
    allow_private: bool
    currency: str
    order_fee_cents: int
    shipping_first_cents: int
    shipping_extra_cents: int
    ships_to: str
    options: dict[str, object] = field(default_factory=dict)
    # what it allows: see suppliers.health
    calls_per_minute: int | None = None
    burst: int | None = None
    error_budget_percent: int | None = None
    poll_seconds: int | None = None


def add(
    session: Session,
    code: str,
    terms: Terms,
    sealed_token: str,
    now: datetime,
    *,
    by: str,
) -> Supplier:
    """A new supplier. Raises SupplierError if the code is taken."""
    taken = session.exec(select(Supplier.id).where(col(Supplier.code) == code)).first()
    if taken is not None:
        raise SupplierError("code", "another supplier has this code")
    row = Supplier(
        code=code, created_at=now, sealed_token=sealed_token, **asdict(terms)
    )
    session.add(row)
    session.flush()
    note(session, now, actor=by, action="supplier_added", subject=code)
    return row


def change(
    session: Session,
    supplier: Supplier,
    terms: Terms,
    sealed_token: str,
    now: datetime,
    *,
    by: str,
) -> None:
    """New terms; an empty token keeps the one there is.

    Raises SupplierError if the kept token would go to another address than the one it
    was typed for: whoever may edit an address must not read a credential that way.
    """
    if not sealed_token and is_meant_elsewhere(supplier, terms.base_url, terms.options):
        raise SupplierError(
            "token", "type the token again: it belongs to the former address"
        )
    changed = [
        name
        for name, value in asdict(terms).items()
        if getattr(supplier, name) != value
    ]
    for name in changed:
        setattr(supplier, name, getattr(terms, name))
    if sealed_token:
        supplier.sealed_token = sealed_token
        changed.append("token")
    _begin_anew(session, supplier, frozenset(changed), now)
    said = ", ".join(changed)
    code = supplier.code
    note(session, now, actor=by, action="supplier_changed", subject=code, detail=said)


def pause(
    session: Session, supplier: Supplier, because: str, now: datetime, *, by: str
) -> None:
    """Send it nothing and choose it for nothing, until it is resumed."""
    supplier.is_paused = True
    supplier.paused_because = because
    note(
        session,
        now,
        actor=by,
        action="supplier_paused",
        subject=supplier.code,
        detail=because,
    )


def resume(session: Session, supplier: Supplier, now: datetime, *, by: str) -> None:
    """It may be chosen again, and what waits for it goes out."""
    supplier.is_paused = False
    supplier.paused_because = ""
    retry_held(session, now, offered_by=supplier.id or 0)
    note(session, now, actor=by, action="supplier_resumed", subject=supplier.code)


def seal(secrets: Secrets, token: str) -> str:
    """The token as it is stored; empty stays empty."""
    return secrets.seal(token) if token else ""


def is_meant_elsewhere(
    supplier: Supplier, base_url: str, options: Mapping[str, object]
) -> bool:
    """Whether the kept credential would go where it was not typed for."""
    has_one = bool(supplier.sealed_token and base_url)
    return has_one and leads_elsewhere(supplier, base_url, options)


def leads_elsewhere(
    supplier: Supplier, base_url: str, options: Mapping[str, object]
) -> bool:
    """Whether a connection names a server that the supplier's own does not."""
    ours = _origins(supplier.base_url, supplier.options)
    return not _origins(base_url, options) <= ours


def credential_kept_since(session: Session, supplier: Supplier) -> datetime | None:
    """When the credential was last typed; None if there is none."""
    if not supplier.sealed_token:
        return None
    entries = session.exec(
        select(AuditEntry.at, AuditEntry.detail)
        .where(
            col(AuditEntry.subject) == supplier.code,
            col(AuditEntry.action) == "supplier_changed",
        )
        .order_by(col(AuditEntry.at).desc())
    )
    typed = (at for at, detail in entries if "token" in detail.split(", "))
    return next(typed, supplier.created_at)


def _origins(base_url: str, options: object) -> set[tuple[str, str]]:
    """The servers that a credential may be sent to: options may name further ones."""
    return {_origin(base_url), *map(_origin, _addresses(options))}


def _addresses(options: object) -> Iterator[str]:
    if isinstance(options, str) and "://" in options:
        yield options
    elif isinstance(options, Mapping):
        for each in options.values():
            yield from _addresses(each)
    elif isinstance(options, list | tuple):
        for each in options:
            yield from _addresses(each)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def _begin_anew(
    session: Session, supplier: Supplier, changed: frozenset[str], now: datetime
) -> None:
    """What was learned of the former connection says nothing about another one.

    Another token or option may lead to another account at the same address; what lies
    ready for a supplier that pulls lies ready still.
    """
    is_connected_anew = changed & (CONNECTION | {"token"})
    if "kind" in changed or (is_connected_anew and supplier.kind not in NEVER_CALLED):
        supplier.connected_at = now
    if changed & CONNECTION:
        supplier.changes_cursor = None
        supplier.stock_mark = ""  # what that feed told must be told by this one
    if is_connected_anew:
        _forget_failures(supplier, now)
    if is_connected_anew or changed & CALL_LIMITS:
        forget(session, supplier.id or 0, now)


def _forget_failures(supplier: Supplier, now: datetime) -> None:
    """A new connection is tried at once, whatever the former one did."""
    supplier.last_error = ""
    supplier.poll_failures = 0
    if supplier.kind:
        supplier.next_poll_at = now
