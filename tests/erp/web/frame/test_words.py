"""Words for everything a page may have to name."""

from enum import StrEnum

import pytest

from erp.accounts.models import Role, Scope
from erp.alerts.models import AlertStatus, DeliveryStatus
from erp.alerts.rules import Severity
from erp.fulfilment.lifecycle import (
    CostBearer,
    PurchaseStatus,
    Remark,
    ReturnReason,
    ReturnStatus,
)
from erp.fulfilment.models import AttemptOutcome
from erp.jobs.models import RunOutcome
from erp.jobs.pipeline import JOBS
from erp.kpis.models import Kpi, ScopeKind
from erp.orders.lifecycle import HoldReason, LineStatus, OrderStatus
from erp.orders.models import Payment, Risk
from erp.web.frame.labels import WORDS, label, tone
from erp.web.frame.timeline import sentence
from erp.web.pages.jobs import NAMES
from suppliers.contract import RejectReason, ScanKind

SHOWN: list[type[StrEnum]] = [
    AlertStatus,
    AttemptOutcome,
    CostBearer,
    DeliveryStatus,
    HoldReason,
    Kpi,
    LineStatus,
    OrderStatus,
    Payment,
    PurchaseStatus,
    RejectReason,
    Remark,
    ReturnReason,
    ReturnStatus,
    Risk,
    Role,
    RunOutcome,
    ScanKind,
    Scope,
    ScopeKind,
    Severity,
]


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_every_member_has_words(kind):
    for member in kind:
        assert (kind, member) in WORDS, member
        assert label(member)
        assert tone(member) in {"success", "info", "warning", "danger", "secondary"}


def test_members_of_two_kinds_with_one_name_keep_their_own_words():
    assert label(PurchaseStatus.UNKNOWN) == "Answer lost"
    assert label(ReturnStatus.RECEIVED) == "Received"
    assert tone(OrderStatus.RECEIVED) == "info"
    assert tone(LineStatus.OPEN) == "warning"
    assert tone(AlertStatus.OPEN) == "danger"


def test_every_job_has_a_name():
    assert {job.name for job in JOBS} <= NAMES.keys()


def test_an_event_is_a_sentence_with_its_facts_in_words():
    facts = {"reason": "unknown_sku", "skus": "A, B", "more": "3"}
    said = sentence("held", facts).striptags()
    assert said == "Held: Unknown SKU. A, B and 3 more"
    assert sentence("order_moved", {"status": "shipped"}) == "Became: Shipped"


def test_a_fact_that_is_missing_leaves_no_hole():
    assert sentence("held", {"reason": "unpaid"}) == "Held: Not paid"


def test_an_event_nobody_wrote_words_for_is_still_shown():
    assert sentence("moon_landed", {"by": "Ada"}) == "Moon landed. by: Ada"


def test_facts_with_percent_signs_do_no_harm():
    assert "5 %(x)s" in sentence("held", {"reason": "5 %(x)s"})
