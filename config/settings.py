"""Loads the settings: packaged defaults, then a TOML file, then the environment.

Loaded once by an entry point and handed down; an unknown table, key or a value that
cannot be used raises `SettingsError` naming where it stands and what was expected.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

from config.languages import Language
from config.options import Settings


class SettingsError(ValueError):
    """A setting that cannot be used: names the table, the key and what is wrong."""


CHOICES = {
    ("store", "language"): tuple(each.value for each in Language),
    ("routing", "single_parcel"): ("prefer", "require", "ignore"),
    ("routing", "reroute"): ("ask", "auto"),
    ("mail", "smtp_security"): ("starttls", "tls", "none"),
}
LEAST_DAYS_KEPT = 30  # the shortest time in which customers may return goods
NOT_A_SETTING = frozenset({"ERP_DATA", "ERP_CONFIG"})


def load(
    data: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings for a data folder (default: ERP_DATA, else ./var).

    Raises SettingsError for an unknown key, a wrong type or a value out of choice.
    """
    env = os.environ if environment is None else environment
    folder = (data or Path(env.get("ERP_DATA") or "var")).absolute()
    tables = _tables(files("config").joinpath("erp.toml").read_text(encoding="utf-8"))
    own = Path(env.get("ERP_CONFIG") or folder / "erp.toml")
    if own.exists():
        _lay_over(tables, _tables(own.read_text(encoding="utf-8")), str(own))
    elif env.get("ERP_CONFIG"):
        raise SettingsError(f"ERP_CONFIG names {own}, which does not exist")
    _lay_over(tables, _from_environment(env, tables), "the environment")
    _check_lease(tables["forwarding"])
    _check_privacy(tables["privacy"])
    return _build(folder, tables)


def _check_lease(forwarding: dict[str, Any]) -> None:
    """A call, however slow, must end within its lease, or two might overlap."""
    least = 3 * forwarding["call_timeout_seconds"]
    if forwarding["lease_seconds"] < least:
        raise SettingsError(
            "[forwarding] lease_seconds must be at least three times "
            f"call_timeout_seconds, so {least} or more"
        )


def _check_privacy(privacy: dict[str, Any]) -> None:
    """What is taken away is gone: a slip of the finger must not do it."""
    for key, days in privacy.items():
        if days != 0 and days < LEAST_DAYS_KEPT:
            raise SettingsError(
                f"[privacy] {key} must be 0, to keep for good, or {LEAST_DAYS_KEPT} "
                f"or more, not {days}: returns and complaints come weeks later"
            )


def _tables(text: str) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"the settings file is not valid TOML: {error}") from error


def _from_environment(
    env: Mapping[str, str], tables: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, text in env.items():
        if not name.startswith("ERP_") or name in NOT_A_SETTING:
            continue
        table, key = _place(name.removeprefix("ERP_").lower(), tables)
        default = tables.get(table, {}).get(key)
        found.setdefault(table, {})[key] = _read(text, default, name)
    return found


def _place(name: str, tables: Mapping[str, object]) -> tuple[str, str]:
    """Table and key of a variable; a table's own name may have several words."""
    for table in tables:
        if name.startswith(f"{table}_"):
            return table, name.removeprefix(f"{table}_")
    table, _, key = name.partition("_")
    return table, key


def _read(text: str, default: object, name: str) -> object:
    """An environment text as the type of the option's default."""
    if isinstance(default, bool):
        if text.lower() not in {"true", "false", "1", "0"}:
            raise SettingsError(f"{name} must be true or false, not {text!r}")
        return text.lower() in {"true", "1"}
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError as error:
            raise SettingsError(f"{name} must be a number, not {text!r}") from error
    return text


def _lay_over(
    tables: dict[str, dict[str, Any]], own: dict[str, dict[str, Any]], where: str
) -> None:
    for table, options in own.items():
        if table not in tables or not isinstance(options, dict):
            raise SettingsError(f"{where}: unknown table [{table}]")
        for key, value in options.items():
            _check(tables, table, key, value, where)
            tables[table][key] = value


def _check(
    tables: dict[str, dict[str, Any]], table: str, key: str, value: object, where: str
) -> None:
    if key not in tables[table]:
        near = ", ".join(sorted(tables[table]))
        raise SettingsError(f"{where}: unknown key {key!r} in [{table}]; known: {near}")
    wanted = type(tables[table][key])
    if type(value) is not wanted:
        raise SettingsError(
            f"{where}: [{table}] {key} must be {wanted.__name__}, not {value!r}"
        )
    allowed = CHOICES.get((table, key))
    if allowed and value not in allowed:
        raise SettingsError(f"{where}: [{table}] {key} must be one of {allowed}")


def _build(folder: Path, tables: dict[str, dict[str, Any]]) -> Settings:
    hints = get_type_hints(Settings)
    parts = {
        part.name: hints[part.name](**tables[part.name])
        for part in fields(Settings)
        if part.name != "data"
    }
    return Settings(data=folder, **parts)
