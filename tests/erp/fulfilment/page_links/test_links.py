"""A link opens one purchase order, as long as it should, and is stored as a hash."""

from datetime import timedelta

import pytest
from sqlmodel import select

from erp.accounts.models import AuditEntry
from erp.fulfilment.page_links.links import (
    LinkRules,
    find_link,
    hash_of,
    links_of,
    make_links,
    mark_opened,
    renew_link,
    revoke_links,
)
from erp.fulfilment.page_links.models import PageLink
from tests.factories import NOW, make_order, make_purchase_order, make_supplier

RULES = LinkRules("https://shop.example/", timedelta(days=60))


@pytest.fixture
def session(sessions):
    with sessions.writing() as session:
        yield session


@pytest.fixture
def purchase(session):
    supplier = make_supplier(session, "S1", options={"language": "he"})
    return make_purchase_order(session, make_order(session), supplier)


def _made(session, purchase) -> str:
    """The secret of a new link."""
    url = make_links(session, [purchase.id], RULES, NOW, by="system")[purchase.id]
    return url.removeprefix("https://shop.example/p/")


def test_a_link_opens_its_purchase_order_and_names_its_supplier(session, purchase):
    found = find_link(session, _made(session, purchase), NOW)
    assert (found.purchase_order_id, found.reference) == (
        purchase.id,
        purchase.reference,
    )
    assert (found.supplier_code, found.language) == ("S1", "he")


def test_only_the_hash_of_a_secret_of_256_bits_is_kept(session, purchase):
    secret = _made(session, purchase)
    row = session.exec(select(PageLink)).one()
    assert len(secret) == 43
    assert row.secret_hash == hash_of(secret)
    assert secret not in str(row.model_dump())
    assert _made(session, purchase) != secret


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "\udcff", "ח" * 43])
def test_what_was_never_made_opens_nothing(session, purchase, secret):
    _made(session, purchase)
    assert find_link(session, secret, NOW) is None


def test_a_link_expires(session, purchase):
    secret = _made(session, purchase)
    assert find_link(session, secret, NOW + timedelta(days=59))
    assert find_link(session, secret, NOW + timedelta(days=60)) is None


def test_each_attempt_has_a_link_and_all_of_them_open(session, purchase):
    first, second = _made(session, purchase), _made(session, purchase)
    assert find_link(session, first, NOW)
    assert find_link(session, second, NOW)


def test_revoking_ends_every_link_once(session, purchase):
    first, second = _made(session, purchase), _made(session, purchase)
    revoke_links(session, purchase, NOW, by="ada")
    revoke_links(session, purchase, NOW + timedelta(hours=1), by="bob")
    assert find_link(session, first, NOW) is None
    assert find_link(session, second, NOW) is None
    assert {each.revoked_at for each in links_of(session, purchase.id)} == {NOW}
    audited = session.exec(select(AuditEntry.actor, AuditEntry.action)).all()
    assert audited == [("ada", "page_links_revoked")]


def test_a_renewed_link_takes_the_place_of_the_others(session, purchase):
    former = _made(session, purchase)
    url = renew_link(session, purchase, RULES, NOW, by="ada")
    assert find_link(session, former, NOW) is None
    assert find_link(session, url.rpartition("/")[2], NOW)


def test_it_is_remembered_when_it_was_opened_last(session, purchase):
    link = find_link(session, _made(session, purchase), NOW)
    mark_opened(session, link, NOW + timedelta(hours=2))
    (row,) = links_of(session, purchase.id)
    session.refresh(row)
    assert row.opened_at == NOW + timedelta(hours=2)
