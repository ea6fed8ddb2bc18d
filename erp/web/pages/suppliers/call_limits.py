"""How often a supplier may be called: this part of its form."""

from collections.abc import Mapping
from dataclasses import dataclass

from erp.fulfilment.supplier_accounts import CALL_LIMITS
from erp.web.frame.words import _
from suppliers.models import Supplier

MOST = {  # beyond, it is no limit
    "calls_per_minute": 60_000,
    "burst": 60_000,
    "error_budget_percent": 100,
    "poll_seconds": 7 * 24 * 3600,
}


@dataclass(frozen=True, slots=True)
class CallLimits:
    """What was typed, and what is wrong with it by field."""

    limits: dict[str, int | None]
    errors: dict[str, str]


def shown(supplier: Supplier) -> dict[str, str]:
    """As it stands on the form; empty where the supplier named no limit."""
    found = {name: getattr(supplier, name) for name in sorted(CALL_LIMITS)}
    return {name: "" if each is None else str(each) for name, each in found.items()}


def read(typed: Mapping[str, str]) -> CallLimits:
    errors: dict[str, str] = {}
    limits = {name: _number(typed, name, errors) for name in sorted(CALL_LIMITS)}
    calls, burst = limits["calls_per_minute"], limits["burst"]
    if burst is not None and (calls is None or burst > calls):
        errors.setdefault("burst", _("At most the calls in a minute."))
    return CallLimits(limits, errors)


def _number(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> int | None:
    text, most = typed.get(name, ""), MOST[name]
    if not text:
        return None
    if text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= most:
        return int(text[:9])
    errors[name] = _("A whole number from 1 to %(most)s, or nothing.", most=most)
    return None
