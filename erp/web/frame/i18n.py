"""Languages: which one a page speaks, and the filters that format in it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask, g
from flask_babel import Babel
from markupsafe import Markup, escape

from config.languages import LANGUAGES
from erp.web.frame import formatting
from erp.web.frame.context import erp, signed_in
from erp.web.frame.sessions import cookie
from erp.web.frame.words import count_in_template, in_template, locale


def set_up(app: Flask) -> None:
    """Translations and the formatting filters of all templates."""
    Babel(
        app,
        default_translation_directories="translations",
        locale_selector=language,
        timezone_selector=lambda: erp().settings.store.time_zone,
    )
    app.jinja_env.filters.update(
        money=money,
        number=number,
        moment=moment,
        day=day,
        span=span,
        length_of=length,
        ago=ago,
        country=country,
    )
    app.jinja_env.globals.update(
        _=in_template,
        gettext=in_template,
        ngettext=count_in_template,
        every=every,
        percent=percent,
        languages=LANGUAGES,
        language=language,
        direction=direction,
    )


def language() -> str:
    """The account's language; before sign-in the browser's choice, else the store's.

    A page for somebody without an account may have named its own.
    """
    who = signed_in()
    wanted = g.get("language") or (who.language if who else cookie("language"))
    return wanted if wanted in LANGUAGES else erp().settings.store.language


def direction() -> str:
    return str(locale().text_direction)


def money(cents: int | None, currency: str = "") -> str:
    """In the store's currency unless another is named."""
    return formatting.money(cents, currency or erp().settings.store.currency, locale())


def number(value: int | float | Decimal | None) -> str:
    return formatting.number(value, locale())


def percent(numerator: int | None, denominator: int | None) -> str:
    return formatting.percent(numerator, denominator, locale())


def moment(at: datetime | None) -> Markup:
    return _timed(at, formatting.moment(at, _zone(), locale()))


def day(on: datetime | date | None) -> Markup:
    return _timed(on, formatting.day(on, _zone(), locale()))


def ago(at: datetime | None) -> Markup:
    return _timed(at, formatting.ago(at, erp().clock(), locale()))


def span(length: timedelta | None) -> str:
    return formatting.span(length, locale())


def length(took: timedelta | None) -> str:
    return formatting.length(took, locale())


def days(count: int) -> str:
    return formatting.days(count, locale())


def country(code: str) -> str:
    """A country's name; a code nobody knows stays as it is."""
    return str(locale().territories.get(code, code))


def every(seconds: int) -> str:
    return formatting.every(seconds, locale())


def _timed(at: datetime | date | None, words: str) -> Markup:
    if at is None:
        return escape(words)
    return Markup(f'<time datetime="{at.isoformat()}">{escape(words)}</time>')


def _zone() -> ZoneInfo:
    return ZoneInfo(erp().settings.store.time_zone)
