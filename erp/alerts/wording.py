"""A bulletin in words: the numbers, names and sentences of a mail in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel.core import Locale
from babel.numbers import format_currency, format_decimal, get_currency_precision
from babel.support import NullTranslations, Translations

from erp.alerts.models import EventKind
from erp.alerts.rules import Reason, Severity
from erp.kpis.measures import Measured
from erp.kpis.models import Kpi, ScopeKind

CATALOGUES = Path(__file__).parents[1] / "web" / "translations"


@dataclass(frozen=True, slots=True)
class Cause:
    """A supplier, product or channel that weighs on a KPI."""

    kind: ScopeKind
    key: str
    name: str
    measured: Measured


@dataclass(frozen=True, slots=True)
class Item:
    """One alert of a bulletin."""

    alert_id: int
    kpi: Kpi
    scope_kind: ScopeKind
    scope_key: str
    scope_name: str
    event: EventKind
    reason: Reason | None
    severity: Severity
    measured: Measured
    limit_percent: str
    clear_percent: str
    window_days: int
    causes: tuple[Cause, ...] = ()
    whole: Measured | None = None  # of the store, for an alert of a part of it


class Words:
    """Speaks one language; English where there is no catalogue for it."""

    def __init__(self, language: str, currency: str) -> None:
        self.locale = Locale.parse(language)
        self.catalogue = _catalogue(language)
        self.currency = currency

    def subject(self, items: Sequence[Item]) -> str:
        """The worst alert with its numbers, and how many more there are."""
        return self.and_more(self.headline(items[0]), len(items) - 1)

    def and_more(self, first: str, more: int) -> str:
        """The first of several."""
        if not more:
            return first
        return str(
            self.catalogue.ngettext(
                "%(first)s, and %(count)s more", "%(first)s, and %(count)s more", more
            )
        ) % {"first": first, "count": self.number(more)}

    def headline(self, item: Item) -> str:
        """“Late hand-over 11.1% (331 of 2,970), limit 8%”."""
        _ = self.catalogue.gettext
        patterns = {
            EventKind.OPENED: _("%(what)s %(value)s, limit %(limit)s%%"),
            EventKind.WORSENED: _("Worse: %(what)s %(value)s, limit %(limit)s%%"),
            EventKind.REMINDED: _("Still open: %(what)s %(value)s, limit %(limit)s%%"),
            EventKind.RESOLVED: _("Resolved: %(what)s %(value)s, limit %(limit)s%%"),
        }
        words = patterns[item.event] % {
            "what": self.what(item),
            "value": self.value(item.kpi, item.measured),
            "limit": self.number(Decimal(item.limit_percent)),
        }
        return " ".join(words.split())  # a name with a line break is no header

    def what(self, item: Item) -> str:
        """The KPI, and what it is of."""
        kpi = self.kpi(item.kpi)
        if item.scope_kind is ScopeKind.OVERALL:
            return kpi
        return f"{kpi}, {self.scope(item.scope_kind, item.scope_key, item.scope_name)}:"

    def kpi(self, kpi: Kpi) -> str:
        _ = self.catalogue.gettext
        return {
            Kpi.LATE_HAND_OVER: _("Late hand-over"),
            Kpi.LATE_DELIVERY: _("Late delivery"),
            Kpi.RETURN_RATE: _("Return rate"),
            Kpi.GROSS_MARGIN: _("Gross margin"),
        }[kpi]

    def cases(self, kpi: Kpi) -> str:
        """What a KPI counts."""
        _ = self.catalogue.gettext
        return {
            Kpi.LATE_HAND_OVER: _("purchase orders"),
            Kpi.LATE_DELIVERY: _("purchase orders"),
            Kpi.RETURN_RATE: _("units"),
            Kpi.GROSS_MARGIN: _("orders"),
        }[kpi]

    def kind(self, kind: ScopeKind) -> str:
        _ = self.catalogue.gettext
        return {
            ScopeKind.OVERALL: _("the whole store"),
            ScopeKind.SUPPLIER: _("supplier"),
            ScopeKind.PRODUCT: _("product"),
            ScopeKind.CHANNEL: _("channel"),
        }[kind]

    def scope(self, kind: ScopeKind, key: str, name: str) -> str:
        return f"{self.kind(kind)} {self.named(key, name)}"

    def named(self, key: str, name: str) -> str:
        """A code with the name that goes with it."""
        return f"{key} ({name})" if name and name != key else key

    def value(self, kpi: Kpi, measured: Measured) -> str:
        """“11.1% (331 of 2,970)”; a margin in money."""
        _ = self.catalogue.gettext
        if measured.percent is None:
            return _("unknown")
        show = self.money if kpi is Kpi.GROSS_MARGIN else self.number
        return _("%(percent)s%% (%(part)s of %(whole)s)") % {
            "percent": format_decimal(measured.percent, "#,##0.0", locale=self.locale),
            "part": show(measured.numerator),
            "whole": show(measured.denominator),
        }

    def number(self, value: int | Decimal) -> str:
        return str(format_decimal(value, locale=self.locale))

    def money(self, cents: int) -> str:
        amount = Decimal(cents).scaleb(-get_currency_precision(self.currency))
        return str(format_currency(amount, self.currency, locale=self.locale))


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(CATALOGUES, [language])
