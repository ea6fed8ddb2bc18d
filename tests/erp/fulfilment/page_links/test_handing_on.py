"""The link goes out with the purchase order, to suppliers who are handed one."""

import random
import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlmodel import col, select

from config.database import Sessions
from config.secrets import Secrets
from erp.fulfilment.forwarding.caller import Caller
from erp.fulfilment.forwarding.sending import forward_due
from erp.fulfilment.page_links.links import LinkRules, find_link
from erp.fulfilment.page_links.models import PageLink
from suppliers.registry import Clients
from tests.erp.fulfilment.trade import RULES
from tests.factories import NOW, make_order, make_purchase_order, make_supplier
from tests.suppliers.post_office import outgoing

PAGES = LinkRules("https://shop.example", timedelta(days=60))
LINK = re.compile(r"https://shop\.example/p/([\w-]{43})")


@pytest.fixture
def caller(tmp_path: Path):
    clients = Clients(lambda: NOW, outgoing=outgoing(tmp_path))
    yield Caller(
        clients=clients,
        secrets=Secrets(Fernet.generate_key()),
        clock=lambda: NOW,
        rules=RULES,
        threads=1,
        call_seconds=5.0,
        pages=PAGES,
        chance=random.random,
    )
    clients.close()


def _queue(sessions: Sessions, kind: str, **given: object) -> None:
    with sessions.writing() as session:
        supplier = make_supplier(session, "S1", kind=kind, **given)
        make_purchase_order(session, make_order(session), supplier, reference="PO-1")


def _links(sessions: Sessions) -> list[PageLink]:
    with sessions.reading() as session:
        return list(session.exec(select(PageLink).order_by(col(PageLink.id))))


def test_the_mail_holds_a_link_that_opens_the_purchase_order(
    sessions, caller, tmp_path
):
    options = {"to": ["orders@supplier.example"], "language": "he"}
    _queue(sessions, "email", options=options)

    forward_due(sessions, caller)

    (letter,) = (tmp_path / "outbox").glob("*.eml")
    message = message_from_bytes(letter.read_bytes(), policy=default)
    body = message.get_body(("plain",)).get_content()
    secret = LINK.search(body)[1]
    with sessions.reading() as session:
        found = find_link(session, secret, NOW)
    assert (found.reference, found.language) == ("PO-1", "he")
    assert [each.made_by for each in _links(sessions)] == ["system"]


def test_a_supplier_that_is_not_handed_one_has_none(sessions, caller):
    _queue(sessions, "portal")
    forward_due(sessions, caller)
    assert _links(sessions) == []
