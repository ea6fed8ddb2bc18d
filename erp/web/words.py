"""Words of the pages: marked here for the catalogues, said in the reader's language."""

from flask_babel import gettext as _gettext
from flask_babel import ngettext as _ngettext


def _(words: str, **facts: object) -> str:
    """The words in the language of the page; facts fill `%(name)s`."""
    return str(_gettext(words, **facts))


def ngettext(one: str, many: str, num: int, **facts: object) -> str:
    """The words for so many of something; `%(num)s` is the number."""
    return str(_ngettext(one, many, num, **facts))


def N_(words: str) -> str:
    """Words that are said later, with `_`."""
    return words
