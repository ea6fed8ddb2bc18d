"""Suppliers that cannot be reached: the owner is told once, and once more when it ends.

An outage is over as soon as one call is answered. One that ends before anybody could do
something about it is nobody's news; one that needs new credentials is told at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import and_, bindparam, or_
from sqlmodel import Session, col, select

from config.database import Sessions
from config.mailing import mail_templates
from config.options import Store
from erp.alerts.posting import queue_mails
from erp.alerts.rendering import TEMPLATES, Mail
from erp.alerts.rules import Reason
from erp.alerts.wording import Words
from erp.kpis.models import Kpi, ScopeKind
from suppliers.health import OpenedBecause
from suppliers.models import Supplier, SupplierOutage

TOLD_AFTER = timedelta(minutes=10)  # a restart or an update there is over by then
LATE = frozenset({Kpi.LATE_HAND_OVER, Kpi.LATE_DELIVERY})
SHOWN = 20  # in one mail; with more, it is our own line that is down


@dataclass(frozen=True, slots=True)
class Down:
    """A supplier that cannot be reached, or could not."""

    supplier: Supplier
    outage: SupplierOutage

    @property
    def is_over(self) -> bool:
        return self.outage.ended_at is not None


def open_outages(session: Session) -> Sequence[Down]:
    """Those that nobody calls now, the longest first."""
    query = _OUTAGES.where(col(SupplierOutage.ended_at).is_(None))
    return [Down(*each) for each in session.exec(query)]


def suppliers_down(session: Session) -> frozenset[str]:
    """Their codes: what is late there is no news beside that."""
    return frozenset(each.supplier.code for each in open_outages(session))


def inhibited(
    kpi: Kpi, kind: ScopeKind, key: str, down: Collection[str]
) -> Reason | None:
    """Why an alert of this scope is held back, given the suppliers that are down."""
    if kpi in LATE and kind is ScopeKind.SUPPLIER and key in down:
        return Reason.SUPPLIER_DOWN
    return None


def tell_outages(sessions: Sessions, store: Store, now: datetime) -> int:
    """Queue one mail about all that began or ended; how many outages it tells of."""
    with sessions.writing() as session:
        asked = {"before": now - TOLD_AFTER}
        told = [Down(*each) for each in session.exec(_UNTOLD, params=asked)]
        if not told:
            return 0
        for each in told:
            if each.is_over:
                each.outage.end_told_at = now
            else:
                each.outage.told_at = now
        queue_mails(session, lambda words: _mail(told, words, store), store, now)
        return len(told)


def _mail(told: Sequence[Down], language: str, store: Store) -> Mail:
    words = Words(language, store.currency)
    lines = [_headline(each, words, store) for each in told]
    subject = words.and_more(lines[0], len(lines) - 1)
    environment = mail_templates(TEMPLATES)
    facts = {
        "items": list(zip(told, lines, strict=True))[:SHOWN],
        "more": max(0, len(lines) - SHOWN),
        "store": store,
        "base_url": store.base_url.rstrip("/"),
        "language": language,
        "direction": words.locale.text_direction,
        "subject": subject,
        "_": words.catalogue.gettext,
        "ngettext": words.catalogue.ngettext,
        "number": words.number,
        "because": lambda down: _because(down.outage.because, words),
    }
    return Mail(
        subject=subject,
        text=environment.get_template("outages.txt").render(facts),
        html=environment.get_template("outages.html").render(facts),
    )


def _headline(down: Down, words: Words, store: Store) -> str:
    _ = words.catalogue.gettext
    pattern = (
        _("Supplier %(supplier)s answers again, after an outage since %(moment)s")
        if down.is_over
        else _("Supplier %(supplier)s cannot be reached, since %(moment)s")
    )
    since = format_datetime(
        down.outage.since,
        "short",
        tzinfo=ZoneInfo(store.time_zone),
        locale=words.locale,
    )
    named = words.named(down.supplier.code, down.supplier.name)
    return " ".join((pattern % {"supplier": named, "moment": since}).split())


def _because(why: OpenedBecause, words: Words) -> str:
    _ = words.catalogue.gettext
    return {
        OpenedBecause.FAILING: _("Too many calls to it failed."),
        OpenedBecause.OVER_BUDGET: _("More went wrong than it tolerates."),
        OpenedBecause.SHUT_OUT: _("It refuses our credentials: type them again."),
    }[why]


_OUTAGES = (
    select(Supplier, SupplierOutage)
    .join(SupplierOutage, col(SupplierOutage.supplier_id) == col(Supplier.id))
    .order_by(col(SupplierOutage.since), col(SupplierOutage.id))
)
_UNTOLD = _OUTAGES.where(
    or_(
        and_(
            col(SupplierOutage.told_at).is_(None),
            col(SupplierOutage.ended_at).is_(None),
            or_(
                col(SupplierOutage.since) <= bindparam("before"),
                col(SupplierOutage.because) == OpenedBecause.SHUT_OUT,
            ),
        ),
        and_(
            col(SupplierOutage.told_at).is_not(None),
            col(SupplierOutage.ended_at).is_not(None),
            col(SupplierOutage.end_told_at).is_(None),
        ),
    )
).with_for_update(of=SupplierOutage)
