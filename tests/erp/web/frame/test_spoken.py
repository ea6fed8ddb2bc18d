"""What pages and mails say, in each language that they are translated to."""

import re
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.support import Translations
from flask import Flask, g
from markupsafe import Markup

from config.languages import Language
from config.settings import load
from erp.alerts.models import EventKind
from erp.alerts.rendering import render
from erp.alerts.rules import Reason, Severity
from erp.alerts.wording import Cause, Item
from erp.kpis.measures import Measured
from erp.kpis.models import Kpi, ScopeKind
from erp.web.frame import details, timeline
from erp.web.frame.labels import label
from erp.web.frame.words import in_template
from erp.web.pages.deeds import deed_detail
from suppliers.contract import RejectReason

LETTERS = re.compile(r"[A-Za-z]{2,}")
ISOLATES = str.maketrans("", "", "\u2068\u2069")  # around names, in Arabic
CHANGES = {
    "he": [
        "תשלום: ממתינה לתשלום ← שולמה, כתובת",
        "צפייה ← בעלים",
        "shop (קריאה וכתיבה)",
    ],
    "ar": ["الدفع: الدفع معلّق ← مدفوع، العنوان", "مشاهد ← مالك", "shop (قراءة وكتابة)"],
}


def test_a_timeline_speaks_the_language_with_its_facts(said_in: Language) -> None:
    for kind in timeline.SENTENCES:
        told = timeline.sentence(kind, {"reference": "P000001-1"})
        assert not LETTERS.search(told.replace("P000001-1", "")), told
    rejected = timeline.sentence(
        "purchase_rejected",
        {"reference": "P000001-1", "reason": "invalid_sku", "note": "no such thing"},
    )
    words = {"he": "הזמנת רכש P000001-1 נדחתה: ", "ar": "رُفض أمر الشراء P000001-1: "}
    told = rejected.translate(ISOLATES)
    assert words[said_in] + label(RejectReason.INVALID_SKU) in told
    assert "<bdi>no such thing</bdi>" in rejected


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("it answered 503", {"he": "הספק ענה 503", "ar": "ردّ بالرمز 503"}),
        (
            "no answer in time",
            {"he": "לא התקבלה תשובה בזמן", "ar": "لا ردّ في الوقت المحدد"},
        ),
        ("Sorry, we are closed", {}),
    ],
)
def test_our_own_details_are_translated_and_others_words_are_kept(
    detail: str, expected: dict[str, str], said_in: Language
) -> None:
    told = details.told(detail).translate(ISOLATES)
    assert told == expected.get(said_in, detail)


def test_what_was_changed_is_told_field_by_field(said_in: Language) -> None:
    told = [
        details.changed("payment: pending → paid, ship_to"),
        deed_detail("role_changed", "viewer → owner"),
        deed_detail("token_created", "shop (write)"),
    ]
    assert [each.translate(ISOLATES) for each in told] == CHANGES[said_in]


def test_after_arabic_letters_numbers_keep_their_order(said_in: Language) -> None:
    title = in_template("Order %(name)s", name="#2001")
    told = timeline.sentence("purchase_sent", {"reference": "12-34"})
    is_apart = said_in is Language.ARABIC
    assert ("\u2068#2001\u2069" in title) is is_apart
    assert ("\u206812-34\u2069" in told) is is_apart
    assert "&lt;b&gt;" in in_template("Order %(name)s", name="<b>")
    marked = Markup("<bdi>S2</bdi>: %s") % label(RejectReason.INVALID_SKU)
    assert in_template("Order %(name)s", name=marked).endswith(f" {marked}")


def test_a_mail_reads_from_right_to_left(
    tmp_path: Path,
    language: Language,
    translations: Translations,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("erp.alerts.wording._catalogue", lambda _language: translations)
    for event in (EventKind.OPENED, EventKind.WORSENED, EventKind.RESOLVED):
        letter = render([_item(event)] * 12, language, load(tmp_path, {}).store)
        assert f'<html lang="{language}" dir="rtl">' in letter.html
        message = EmailMessage()
        message["Subject"] = letter.subject
        for text in (str(message["Subject"]), letter.text, _words_of(letter.html)):
            assert not LETTERS.search(_without_names(text)), text


@pytest.mark.parametrize(
    ("language", "hour", "money"),
    [("he", "1 שעה", "1,234.56\xa0₪"), ("ar", "ساعة", "1,234.56\xa0₪")],
)
def test_an_hour_and_money_are_said_in_the_language(
    app: Flask, language: str, hour: str, money: str
) -> None:
    with app.test_request_context():
        g.signed_in = SimpleNamespace(language=language)
        filters = app.jinja_env.filters
        assert filters["span"](timedelta(hours=1)) == hour
        assert filters["money"](123456, "ILS").replace("\u200f", "") == money
        assert filters["number"](-3) == "\u200e-3"


def _item(event: EventKind) -> Item:
    measured = Measured(numerator=331, denominator=2970, covered=2970, total=2980)
    return Item(
        alert_id=7,
        kpi=Kpi.LATE_HAND_OVER,
        scope_kind=ScopeKind.SUPPLIER,
        scope_key="S01",
        scope_name="S01",
        event=event,
        reason=Reason.NOTHING_LEFT_TO_JUDGE,
        severity=Severity.CRITICAL,
        measured=measured,
        limit_percent="8",
        clear_percent="6",
        window_days=30,
        causes=(Cause(ScopeKind.PRODUCT, "A-17", "A-17", measured),),
        whole=measured,
    )


def _words_of(html: str) -> str:
    body = html[html.index("<body") :]
    return re.sub(r"<[^>]*>|&\w+;", " ", body)


def _without_names(text: str) -> str:
    return re.sub(r"https?://\S+|S01|A-17|My store|Dropship ERP", "", text)
