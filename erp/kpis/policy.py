"""What each KPI is measured over and watched for: kpis.toml, typed.

The packaged defaults, then `kpis.toml` in the data folder. An unknown table or key, a
value of the wrong type or limits out of order raise SettingsError with the place.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

from config.settings import SettingsError
from erp.kpis.models import Kpi, ScopeKind

FLOORS = frozenset({Kpi.GROSS_MARGIN})  # bad when low; the others are bad when high


@dataclass(frozen=True, slots=True)
class Rule:
    """One KPI's window, limits (percent) and patience."""

    window_days: int
    warning_percent: Decimal
    critical_percent: Decimal
    clear_percent: Decimal
    smallest_sample: int
    confidence_percent: Decimal
    smallest_coverage_percent: Decimal
    reminder_days: int
    min_open_hours: int
    scopes: tuple[ScopeKind, ...]
    is_floor: bool


Policy = Mapping[Kpi, Rule]


def load_policy(data: Path) -> Policy:
    """The rules in force for a data folder. Raises SettingsError."""
    defaults = files("config").joinpath("kpis.toml").read_text(encoding="utf-8")
    tables = _tables(defaults, "kpis.toml")
    own = data / "kpis.toml"
    if own.exists():
        _lay_over(tables, _tables(own.read_text(encoding="utf-8"), str(own)), own)
    return {kpi: _rule(kpi, tables[kpi.value]) for kpi in Kpi}


def _tables(text: str, where: str) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where} is not valid TOML: {error}") from error


def _lay_over(
    tables: dict[str, dict[str, Any]], own: dict[str, dict[str, Any]], where: Path
) -> None:
    for table, options in own.items():
        if table not in tables or not isinstance(options, dict):
            raise SettingsError(f"{where}: unknown table [{table}]")
        unknown = sorted(options.keys() - tables[table].keys())
        if unknown:
            near = ", ".join(sorted(tables[table]))
            raise SettingsError(
                f"{where}: unknown key {unknown[0]!r} in [{table}]; known: {near}"
            )
        tables[table].update(options)


def _rule(kpi: Kpi, options: dict[str, Any]) -> Rule:
    types = get_type_hints(Rule)
    given = {
        field.name: _typed(types[field.name], options[field.name], f"[{kpi}]", field)
        for field in fields(Rule)
        if field.name != "is_floor"
    }
    rule = Rule(is_floor=kpi in FLOORS, **given)
    _check(kpi, rule)
    return rule


def _typed(kind: Any, value: object, table: str, field: Any) -> Any:
    where = f"kpis.toml: {table} {field.name}"
    if get_args(kind):
        return _scopes(value, where)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise SettingsError(f"{where} must be a number, not {value!r}")
    if not Decimal(value).is_finite() or value < 0:
        raise SettingsError(f"{where} must be zero or more, not {value}")
    if kind is int and not isinstance(value, int):
        raise SettingsError(f"{where} must be a whole number, not {value}")
    return kind(value)


def _scopes(value: object, where: str) -> tuple[ScopeKind, ...]:
    known = ", ".join(ScopeKind)
    if not isinstance(value, list):
        raise SettingsError(f"{where} must be a list of: {known}")
    try:
        return tuple(ScopeKind(cast(str, each)) for each in value)
    except ValueError as error:
        raise SettingsError(f"{where}: {error}; known: {known}") from error


def _check(kpi: Kpi, rule: Rule) -> None:
    limits = [rule.clear_percent, rule.warning_percent, rule.critical_percent]
    if limits != sorted(limits, reverse=rule.is_floor):
        order = (
            "critical <= warning <= clear"
            if rule.is_floor
            else ("clear <= warning <= critical")
        )
        raise SettingsError(f"kpis.toml: [{kpi}] the limits must hold {order}")
    if rule.window_days < 1 or rule.smallest_sample < 1:
        raise SettingsError(
            f"kpis.toml: [{kpi}] window_days and smallest_sample must be at least 1"
        )
    if rule.confidence_percent >= 100 or (rule.is_floor and rule.confidence_percent):
        raise SettingsError(
            f"kpis.toml: [{kpi}] confidence_percent must be below 100, and 0 for money"
        )
