"""A bulletin as a mail: subject, text and HTML of one screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.mailing import mail_templates
from config.options import Store
from erp.alerts.wording import Item, Words

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 8  # alerts, which is about a screen; the rest is a link away
IN_FULL = 2  # of them, with what causes them; the others take a line each


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str
    html: str


def render(items: Sequence[Item], language: str, store: Store) -> Mail:
    """The mail about some alerts, the worst first, in a language."""
    words = Words(language, store.currency)
    subject = words.subject(items)
    environment = mail_templates(TEMPLATES)
    facts = {
        "words": words,
        "items": items[:SHOWN],
        "full": IN_FULL,
        "more": max(0, len(items) - SHOWN),
        "store": store,
        "base_url": store.base_url.rstrip("/"),
        "language": language,
        "direction": words.locale.text_direction,
        "subject": subject,
        "_": words.catalogue.gettext,
        "ngettext": words.catalogue.ngettext,
    }
    return Mail(
        subject=subject,
        text=environment.get_template("bulletin.txt").render(facts),
        html=environment.get_template("bulletin.html").render(facts),
    )
