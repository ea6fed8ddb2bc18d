"""Words of the pages: marked here for the catalogues, said in the reader's language.

A page says hundreds of words, so that its catalogue and locale are found once for each
request and kept in `g`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from babel.core import Locale
from babel.support import NullTranslations
from flask import g
from flask_babel import get_domain, get_locale
from markupsafe import Markup

FIRST_STRONG, POP = "\u2068", "\u2069"  # Unicode's own <bdi> and </bdi>


def _(words: str, **facts: object) -> str:
    """The words in the language of the page; facts fill `%(name)s`."""
    said: str = _catalogue().ugettext(words)
    return said % apart(facts) if facts else said


def ngettext(one: str, many: str, num: int, **facts: object) -> str:
    """The words for so many of something; `%(num)s` is the number."""
    said: str = _catalogue().ungettext(one, many, num)
    return said % {"num": num, **apart(facts)}


def N_(words: str) -> str:
    """Words that are said later, with `_`."""
    return words


def listed(parts: Iterable[str]) -> str:
    """One after the other, with the comma of the language between them."""
    return _(", ").join(parts)


def in_template(words: str, **facts: object) -> Markup:
    """As `_`, in templates: facts are escaped, and `%%` is a percent sign."""
    said = Markup(_catalogue().ugettext(words))
    return said % apart(facts) if facts or "%" in said else said


def count_in_template(one: str, many: str, num: int, **facts: object) -> Markup:
    """As `ngettext`, in templates."""
    said = Markup(_catalogue().ungettext(one, many, num))
    return said % {"num": num, **apart(facts)}


def apart(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Facts that keep their own direction within a sentence.

    After Arabic letters even digits turn: without marks #2001 ends with its #, and
    12-34 reads 34-12. What holds names in marks of its own stays as it is: it may
    begin with one and go on in Arabic.
    """
    if locale().language != "ar":
        return facts
    return {
        name: f"{FIRST_STRONG}{fact}{POP}" if _is_bare(fact) else fact
        for name, fact in facts.items()
    }


def _is_bare(fact: object) -> bool:
    return isinstance(fact, str) and not isinstance(fact, Markup) and fact != ""


def locale() -> Locale:
    """Where the reader is at home."""
    try:
        found: Locale = g.locale
    except AttributeError:
        found = g.locale = get_locale() or Locale.parse("en")
    except RuntimeError:  # no request: nobody reads yet
        found = Locale.parse("en")
    return found


def _catalogue() -> NullTranslations:
    try:
        found: NullTranslations = g.catalogue
    except AttributeError:
        found = g.catalogue = get_domain().get_translations()
    except RuntimeError:  # no request: words are as they were written
        found = NullTranslations()
    return found
