"""Hebrew and Arabic are complete: whatever a page or a mail may say, they can say."""

import re
from enum import StrEnum

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.support import Translations

from config.languages import LANGUAGES, Language
from erp.accounts.models import Role, Scope
from erp.alerts.models import AlertStatus, DeliveryStatus, EventKind
from erp.alerts.rules import Severity
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
from erp.kpis.models import Kpi, ScopeKind
from erp.orders.lifecycle import HoldReason, LineStatus, OrderStatus
from erp.orders.models import Payment, Risk
from erp.orders.search import OrderSort
from erp.web.frame import timeline
from erp.web.frame.labels import WORDS
from erp.web.pages.deeds import DEEDS
from erp.web.pages.jobs import NAMES
from inventory.queries import ProductGap
from suppliers.contract import RejectReason, ScanKind
from suppliers.models import Reroute
from tests.erp.web.frame.told import PACKAGE, audited_actions, noted_kinds

FOLDER = PACKAGE / "web" / "translations"
BABEL_CFG = FOLDER / "babel.cfg"
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None}
LETTERS = re.compile(r"[A-Za-z]{2,}")
# How many forms of a plural may be words alone: those of none, one and two.
WORDS_ALONE = {"he": 2, "ar": 3}
# Names and codes that every language writes as they are.
LATIN = re.compile(
    r"%\(\w+\)s|%%|\b(SKU|API|REST|CSV|PDF|PNG|JPEG|WebP|OpenAPI|USD|US|CA|S01|"
    r"UTC|erp|serve|worker|import|catalog|suppliers|csv|kpis\.toml|setup\.code|"
    r"ada@example\.com|https?://\S*|Asia/Jerusalem|IL|DE-BY|imaps://\S*|JSON|ISO|"
    r"JMESPath|HMAC-SHA|UTF|utf|windows|auto|MiB|EUR|Printful|BigBuy|PayPal|Location|"
    r"Link|Token|Bearer|Europe/Madrid|tracking|sku|quantity|accepted|rejected|cancelled|"
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


def test_there_is_a_catalogue_of_each_language() -> None:
    found = {each.name for each in FOLDER.iterdir() if (each / "LC_MESSAGES").exists()}
    assert found | {"en"} == set(LANGUAGES) == set(Language)


def test_every_message_is_in_the_catalogue(
    said: dict[object, Message], catalogue: Catalog
) -> None:
    assert [key for key in said if catalogue.get(key) is None] == []


def test_the_catalogue_holds_nothing_that_is_said_no_more(
    said: dict[object, Message], catalogue: Catalog
) -> None:
    assert [each.id for each in catalogue if each.id and each.id not in said] == []
    assert list(catalogue.obsolete) == []


def test_every_message_is_translated_and_none_is_a_guess(catalogue: Catalog) -> None:
    forms = {each.id: _forms(each) for each in catalogue if each.id}
    assert [key for key, texts in forms.items() if not all(texts)] == []
    assert [each.id for each in catalogue if each.id and each.fuzzy] == []


@pytest.mark.parametrize(
    ("number", "forms"),
    [
        *((0, (2, 0)), (1, (0, 1)), (2, (1, 2))),
        *((3, (2, 3)), (10, (2, 3)), (103, (2, 3))),
        *((11, (2, 4)), (99, (2, 4)), (111, (2, 4))),
        *((100, (2, 5)), (102, (2, 5)), (1000, (2, 5))),
    ],
)
def test_every_number_has_the_plural_of_its_language(
    catalogue: Catalog, translations: Translations, number: int, forms: tuple[int, int]
) -> None:
    index = {"he": 0, "ar": 1}[str(catalogue.locale)]
    assert translations.plural(number) == forms[index]


def test_every_plural_has_all_its_forms(catalogue: Catalog) -> None:
    plurals = [each for each in catalogue if each.pluralizable]
    assert plurals
    assert {len(each.string) for each in plurals} == {catalogue.num_plurals}
    assert catalogue.num_plurals == {"he": 3, "ar": 6}[str(catalogue.locale)]


def test_placeholders_are_the_same_in_each_language(catalogue: Catalog) -> None:
    """None, one and two may be words, so that only they may leave the number out."""
    alone = WORDS_ALONE[str(catalogue.locale)]
    for each in catalogue:
        if not each.id:
            continue
        ids = each.id if each.pluralizable else (each.id,)
        wanted = _placeholders(ids[-1])
        for index, text in enumerate(_forms(each)):
            given = _placeholders(text)
            is_word = each.pluralizable and index < alone
            left_out = {"num", "count"} if is_word else set()
            assert given <= wanted, each.id
            assert wanted - given <= left_out, each.id
        assert not each.check(), each.id


def test_no_translation_keeps_english_words(catalogue: Catalog) -> None:
    english = {
        text
        for each in catalogue
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


def _forms(message: Message) -> tuple[str, ...]:
    text = message.string
    return tuple(text) if isinstance(text, list | tuple) else (text,)


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[sd]", text))
