"""Hebrew is complete: whatever a page or a mail may say, the catalogue can."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g

from config.settings import load
from erp.accounts.models import Role, Scope
from erp.alerts.models import AlertStatus, DeliveryStatus, EventKind
from erp.alerts.rendering import render
from erp.alerts.rules import Reason, Severity
from erp.alerts.wording import Cause, Item
from erp.fulfilment.invoicing.lifecycle import Difference, InvoiceStatus, LineKind
from erp.fulfilment.lifecycle import (
    CostBearer,
    Overdue,
    PurchaseStatus,
    Remark,
    ReturnReason,
    ReturnStatus,
)
from erp.fulfilment.models import AttemptOutcome
from erp.fulfilment.notices.models import (
    DisabledBecause,
    NoticeKind,
    NoticeStatus,
)
from erp.fulfilment.overview.scorecards.causes import Cause as EndedBy
from erp.fulfilment.overview.scorecards.counted import Counted
from erp.fulfilment.overview.search import Lateness, PurchaseSort
from erp.fulfilment.overview.supplier_queries import SupplierState
from erp.fulfilment.sourcing.candidates import Why
from erp.fulfilment.sourcing.past import Refusal
from erp.jobs.models import RunOutcome
from erp.jobs.pipeline import JOBS
from erp.kpis.measures import Measured
from erp.kpis.models import Kpi, ScopeKind
from erp.orders.lifecycle import HoldReason, LineStatus, OrderStatus
from erp.orders.models import Payment, Risk
from erp.orders.search import OrderSort
from erp.web.frame import details, timeline
from erp.web.frame.labels import WORDS, label
from erp.web.pages.deeds import DEEDS, deed_detail
from erp.web.pages.jobs import NAMES
from inventory.queries import ProductGap
from suppliers.contract import RejectReason, ScanKind
from suppliers.models import Reroute
from tests.erp.web.frame.told import PACKAGE, audited_actions, noted_kinds

FOLDER = PACKAGE / "web" / "translations"
BABEL_CFG = FOLDER / "babel.cfg"
HEBREW = FOLDER / "he" / "LC_MESSAGES" / "messages.po"
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None}
LETTERS = re.compile(r"[A-Za-z]{2,}")
# Names and codes that Hebrew writes as they are.
LATIN = re.compile(
    r"%\(\w+\)s|%%|\b(SKU|API|REST|CSV|PDF|PNG|JPEG|WebP|OpenAPI|USD|US|CA|S01|"
    r"UTC|erp|serve|worker|import|catalog|suppliers|csv|kpis\.toml|setup\.code|"
    r"ada@example\.com|https?://\S*|Asia/Jerusalem|IL|DE-BY|imaps://\S*|JSON|ISO|"
    r"JMESPath|HMAC-SHA|UTF|utf|windows|auto|MiB|EUR|Printful|BigBuy|PayPal|Location|"
    r"Link|Token|Europe/Madrid|tracking|sku|quantity|accepted|rejected|cancelled|"
    r"item|shipping|fee|tax|kind|Standard Webhooks)"
    r"|%[a-zA-Z]|\{[^}]*\}|\b[a-z]+ == `[a-z]+`|/orders"
)
SHOWN: tuple[type[StrEnum], ...] = (
    AlertStatus,
    AttemptOutcome,
    EndedBy,
    CostBearer,
    Counted,
    DisabledBecause,
    DeliveryStatus,
    Difference,
    EventKind,
    HoldReason,
    InvoiceStatus,
    Kpi,
    Lateness,
    LineKind,
    LineStatus,
    NoticeKind,
    NoticeStatus,
    OrderSort,
    OrderStatus,
    Overdue,
    Payment,
    ProductGap,
    PurchaseSort,
    PurchaseStatus,
    Refusal,
    RejectReason,
    Remark,
    Reroute,
    ReturnReason,
    ReturnStatus,
    Risk,
    Role,
    RunOutcome,
    ScanKind,
    Scope,
    ScopeKind,
    Severity,
    SupplierState,
    Why,
)


@pytest.fixture(scope="module")
def said() -> dict[object, Message]:
    """Every message of the program as it stands now, by its id."""
    found = Catalog()
    with BABEL_CFG.open(encoding="utf-8") as rules:
        methods, options = parse_mapping_cfg(rules)
    for name, line, words, comments, _context in extract_from_dir(
        str(PACKAGE), methods, options, KEYWORDS
    ):
        found.add(words, None, [(name, line)], auto_comments=comments)
    return {message.id: message for message in found if message.id}


@pytest.fixture(scope="module")
def hebrew() -> Catalog:
    with HEBREW.open("rb") as source:
        return read_po(source, locale="he")


@pytest.fixture(scope="module")
def translations(hebrew: Catalog) -> Translations:
    compiled = BytesIO()
    write_mo(compiled, hebrew)
    compiled.seek(0)
    return Translations(compiled)


@pytest.fixture
def in_hebrew(app: Flask, translations: Translations) -> Iterator[None]:
    with app.test_request_context():
        g.signed_in = SimpleNamespace(language="he")
        g.catalogue = translations
        yield


def test_every_message_is_in_the_catalogue(
    said: dict[object, Message], hebrew: Catalog
) -> None:
    assert [key for key in said if hebrew.get(key) is None] == []


def test_the_catalogue_holds_nothing_that_is_said_no_more(
    said: dict[object, Message], hebrew: Catalog
) -> None:
    assert [each.id for each in hebrew if each.id and each.id not in said] == []
    assert list(hebrew.obsolete) == []


def test_every_message_is_translated_and_none_is_a_guess(hebrew: Catalog) -> None:
    forms = {each.id: _forms(each) for each in hebrew if each.id}
    assert [key for key, texts in forms.items() if not all(texts)] == []
    assert [each.id for each in hebrew if each.id and each.fuzzy] == []


def test_every_plural_has_one_two_and_many(hebrew: Catalog) -> None:
    plurals = [each for each in hebrew if each.pluralizable]
    assert plurals
    assert {len(each.string) for each in plurals} == {3}
    rule = hebrew.plural_expr
    assert hebrew.num_plurals == 3
    assert "n == 1 ? 0" in rule
    assert "n == 2 ? 1" in rule


def test_placeholders_are_the_same_in_both_languages(hebrew: Catalog) -> None:
    """One and two may be words, so that only they may leave the number out."""
    for each in hebrew:
        if not each.id:
            continue
        ids = each.id if each.pluralizable else (each.id,)
        wanted = _placeholders(ids[-1])
        for index, text in enumerate(_forms(each)):
            given = _placeholders(text)
            left_out = {"num", "count"} if each.pluralizable and index < 2 else set()
            assert given <= wanted, each.id
            assert wanted - given <= left_out, each.id
        assert not each.check(), each.id


def test_no_translation_keeps_english_words(hebrew: Catalog) -> None:
    english = {
        text
        for each in hebrew
        if each.id
        for text in _forms(each)
        if LETTERS.search(LATIN.sub("", text))
    }
    assert english == set()


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_every_member_that_is_shown_has_words(
    kind: type[StrEnum], said: dict[object, Message]
) -> None:
    assert [each for each in kind if WORDS.get((kind, each)) not in said] == []


def test_every_kind_of_event_has_a_sentence() -> None:
    kinds = set(noted_kinds())
    assert "order_received" in kinds
    assert f"purchase_{PurchaseStatus.REJECTED}" in kinds
    assert sorted(kinds - timeline.SENTENCES.keys()) == []


def test_every_audited_action_and_every_job_has_words() -> None:
    assert sorted(set(audited_actions()) - DEEDS.keys()) == []
    assert {job.name for job in JOBS} <= NAMES.keys()


@pytest.mark.usefixtures("in_hebrew")
def test_a_timeline_speaks_hebrew_with_its_facts() -> None:
    for kind in timeline.SENTENCES:
        told = timeline.sentence(kind, {"reference": "P000001-1"})
        assert not LETTERS.search(told.replace("P000001-1", "")), told
    rejected = timeline.sentence(
        "purchase_rejected",
        {"reference": "P000001-1", "reason": "invalid_sku", "note": "no such thing"},
    )
    reason = label(RejectReason.INVALID_SKU)
    assert f"הזמנת רכש P000001-1 נדחתה: {reason}" in rejected
    assert "<bdi>no such thing</bdi>" in rejected


@pytest.mark.usefixtures("in_hebrew")
@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("it answered 503", "הספק ענה 503"),
        ("no answer in time", "לא התקבלה תשובה בזמן"),
        ("Sorry, we are closed", "Sorry, we are closed"),
    ],
)
def test_our_own_details_are_translated_and_others_words_are_kept(
    detail: str, expected: str
) -> None:
    assert details.told(detail) == expected


@pytest.mark.usefixtures("in_hebrew")
def test_what_was_changed_is_told_field_by_field() -> None:
    told = details.changed("payment: pending → paid, ship_to")
    assert told == "תשלום: ממתינה לתשלום ← שולמה, כתובת"
    assert deed_detail("role_changed", "viewer → owner") == "צפייה ← בעלים"
    assert deed_detail("token_created", "shop (write)") == "shop (קריאה וכתיבה)"


def test_a_mail_in_hebrew_reads_from_right_to_left(
    tmp_path: Path, translations: Translations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("erp.alerts.wording._catalogue", lambda _language: translations)
    for event in (EventKind.OPENED, EventKind.WORSENED, EventKind.RESOLVED):
        letter = render([_item(event)] * 12, "he", load(tmp_path, {}).store)
        assert '<html lang="he" dir="rtl">' in letter.html
        message = EmailMessage()
        message["Subject"] = letter.subject
        for text in (str(message["Subject"]), letter.text, _words_of(letter.html)):
            assert not LETTERS.search(_without_names(text)), text


def test_an_hour_is_said_in_hebrew(app: Flask) -> None:
    with app.test_request_context():
        g.signed_in = SimpleNamespace(language="he")
        filters = app.jinja_env.filters
        assert filters["span"](timedelta(hours=1)) == "1 שעה"
        assert filters["money"](123456, "ILS").replace("\u200f", "") == "1,234.56\xa0₪"


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


def _forms(message: Message) -> tuple[str, ...]:
    text = message.string
    return tuple(text) if isinstance(text, list | tuple) else (text,)


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[sd]", text))
