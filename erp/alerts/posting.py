"""A bulletin and its mails: what they show is gathered, and told to each recipient."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit
from uuid import uuid4

from sqlmodel import Session, col, select

from config.options import Store
from erp.accounts.models import Account
from erp.alerts.models import (
    Alert,
    AlertEvent,
    Bulletin,
    Delivery,
    DeliveryStatus,
    EventKind,
)
from erp.alerts.rendering import Mail, render
from erp.alerts.rules import Severity
from erp.alerts.wording import Cause, Item
from erp.kpis.measures import Measured
from erp.kpis.models import Kpi, Reading, ScopeKind
from erp.kpis.policy import Policy, Rule
from erp.kpis.queries import newest_one, worst
from erp.orders.models import Channel
from inventory.models import Product
from suppliers.models import Supplier

CAUSES = 3  # of each kind; more is a report, not a mail
PARTS = (ScopeKind.SUPPLIER, ScopeKind.PRODUCT, ScopeKind.CHANNEL)


def post(
    session: Session,
    told: Sequence[tuple[Alert, AlertEvent]],
    policy: Policy,
    store: Store,
    now: datetime,
) -> None:
    """Queue one mail about all of this to each account that gets alerts."""
    if not told:
        return
    items = [_item(session, alert, event, policy[alert.kpi]) for alert, event in told]
    items.sort(key=_badness, reverse=True)
    bulletin = queue_mails(
        session, lambda language: render(items, language, store), store, now
    )
    for _, event in told:
        event.bulletin_id = bulletin.id


def queue_mails(
    session: Session, write: Callable[[str], Mail], store: Store, now: datetime
) -> Bulletin:
    """Queue a mail to each account that gets alerts, written in its language."""
    bulletin = Bulletin(at=now)
    session.add(bulletin)
    session.flush()
    mails: dict[str, Mail] = {}
    for account in _recipients(session):
        if account.language not in mails:
            mails[account.language] = write(account.language)
        mail = mails[account.language]
        session.add(_delivery(bulletin, account, mail, store, now))
    return bulletin


def _recipients(session: Session) -> Sequence[Account]:
    return session.exec(
        select(Account)
        .where(col(Account.gets_alerts), col(Account.disabled_at).is_(None))
        .order_by(col(Account.id))
    ).all()


def _delivery(
    bulletin: Bulletin, account: Account, mail: Mail, store: Store, now: datetime
) -> Delivery:
    assert bulletin.id is not None
    domain = urlsplit(store.base_url).hostname or "localhost"
    return Delivery(
        bulletin_id=bulletin.id,
        recipient=account.email,
        language=account.language,
        status=DeliveryStatus.QUEUED,
        message_id=f"<{uuid4()}@{domain}>",
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        due_at=now,
        created_at=now,
    )


def _badness(item: Item) -> tuple[bool, bool, bool, Decimal]:
    """Bad before well again, then severity, the whole store, how far beyond."""
    limit = Decimal(item.limit_percent)
    percent = item.measured.percent
    beyond = Decimal(0) if percent is None else abs(percent - limit) / (limit or 1)
    return (
        item.event is not EventKind.RESOLVED,
        item.severity is Severity.CRITICAL,
        item.scope_kind is ScopeKind.OVERALL,
        beyond,
    )


def _item(session: Session, alert: Alert, event: AlertEvent, rule: Rule) -> Item:
    assert alert.id is not None
    is_part = alert.scope_kind is not ScopeKind.OVERALL
    return Item(
        alert_id=alert.id,
        kpi=alert.kpi,
        scope_kind=alert.scope_kind,
        scope_key=alert.scope_key,
        scope_name=_name(session, alert.scope_kind, alert.scope_key),
        event=event.kind,
        reason=event.reason,
        severity=alert.severity,
        measured=_measured(session, alert.kpi, alert.scope_kind, alert.scope_key),
        limit_percent=alert.limit_percent,
        clear_percent=f"{rule.clear_percent:f}",
        window_days=rule.window_days,
        causes=() if is_part else tuple(_causes(session, alert, rule)),
        whole=_measured(session, alert.kpi, ScopeKind.OVERALL) if is_part else None,
    )


def _measured(session: Session, kpi: Kpi, kind: ScopeKind, key: str = "") -> Measured:
    reading = newest_one(session, kpi, kind, key)
    return _of(reading) if reading else Measured(0, 0, 0, 0)


def _of(reading: Reading) -> Measured:
    return Measured(
        reading.numerator, reading.denominator, reading.covered, reading.total
    )


def _causes(session: Session, alert: Alert, rule: Rule) -> Iterator[Cause]:
    """The suppliers, products and channels that weigh most; a lone one says nothing."""
    limit = int(rule.warning_percent * 100) if rule.is_floor else None
    for kind in PARTS:
        found = worst(session, alert.kpi, kind, limit_basis_points=limit, count=CAUSES)
        if len(found) == 1 and found[0].denominator == alert.denominator:
            continue
        for each in found:
            name = _name(session, kind, each.scope_key)
            yield Cause(kind, each.scope_key, name, _of(each))


def _name(session: Session, kind: ScopeKind, key: str) -> str:
    queries = {
        ScopeKind.SUPPLIER: select(Supplier.name).where(col(Supplier.code) == key),
        ScopeKind.PRODUCT: select(Product.title).where(col(Product.sku) == key),
        ScopeKind.CHANNEL: select(Channel.name).where(col(Channel.code) == key),
    }
    if kind not in queries:
        return ""
    return session.exec(queries[kind]).first() or ""
