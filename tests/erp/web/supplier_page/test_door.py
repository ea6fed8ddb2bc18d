"""Who comes in by a link, and what everybody else is told: all of them the same."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.page_links.links import LinkRules, renew_link, revoke_links
from erp.fulfilment.page_links.models import PageLink

GONE = "This link opens nothing"
RULES = LinkRules("http://localhost", timedelta(days=60))


def _revoke(desk, now):
    with desk.sessions.writing() as session:
        purchase = session.exec(select(PurchaseOrder)).one()
        revoke_links(session, purchase, now, by="ada")


def test_a_link_opens_one_purchase_order_without_a_login(desk):
    page = desk.get()
    assert page.status_code == 200
    assert "Purchase order PO-1" in page.text
    assert "S1-A" in page.text
    assert "12 Analytical Street" in page.text


def test_what_is_unknown_expired_or_revoked_is_told_alike(desk, clock, now):
    unknown = desk.browser.get("/p/" + "x" * 43)
    clock.move(days=61)
    expired = desk.get()
    clock.at = now
    _revoke(desk, now)
    revoked = desk.get()
    for each in (unknown, expired, revoked):
        assert each.status_code == 404
        assert GONE in each.text
        assert "PO-1" not in each.text
    bare = [
        re.sub(r"/p/[^\"?]*", "/p/…", each.text) for each in (unknown, expired, revoked)
    ]
    assert bare[0] == bare[1] == bare[2]


def test_no_command_works_through_a_link_that_opens_nothing(desk, now):
    token = desk.form_token()
    _revoke(desk, now)
    answer = desk.post("accept", csrf_token=token)
    assert answer.status_code == 404
    assert desk.purchase().status is PurchaseStatus.SENT


def test_a_renewed_link_opens_and_the_former_does_not(desk, now):
    with desk.sessions.writing() as session:
        purchase = session.exec(select(PurchaseOrder)).one()
        url = renew_link(session, purchase, RULES, now, by="ada")
    assert desk.get().status_code == 404
    assert desk.browser.get(url).status_code == 200


@pytest.mark.parametrize("status", [PurchaseStatus.QUEUED])
def test_what_was_not_handed_over_yet_is_not_shown(desk_of, status):
    desk = desk_of(status, sent_at=None, attempts=0)
    assert desk.get().status_code == 404


@pytest.mark.parametrize(
    "status",
    [
        PurchaseStatus.SENDING,
        PurchaseStatus.UNKNOWN,
        PurchaseStatus.NEEDS_ATTENTION,
    ],
)
def test_whoever_got_the_link_got_the_order_though_its_answer_was_lost(desk_of, status):
    desk = desk_of(status, sent_at=None)
    assert desk.act("accept").status_code == 303
    assert desk.purchase().status is PurchaseStatus.ACCEPTED


def test_looking_changes_nothing_but_when_it_was_opened_last(desk, clock):
    clock.move(hours=1)
    for path in ("", "/packing-slip", "/accept", "/reject", "/parcels", "/?a=b"):
        desk.get(path)
    assert desk.purchase().status is PurchaseStatus.SENT
    assert desk.purchase().acknowledged_at is None
    assert desk.timeline() == []
    with desk.sessions.reading() as session:
        assert session.exec(select(PageLink)).one().opened_at == clock.at


@pytest.mark.parametrize("act", ["accept", "reject", "parcels", "files"])
def test_the_address_of_a_command_leads_back_to_the_page(desk, act):
    answer = desk.get(f"/{act}")
    assert answer.status_code == 303
    assert answer.location == desk.url


@pytest.mark.parametrize("token", ["", "forged", "חתימה"])
def test_a_form_proves_that_the_page_made_it(desk, token):
    answer = desk.post("accept", csrf_token=token)
    assert answer.status_code == 403
    assert "no longer valid" in answer.text
    assert desk.purchase().status is PurchaseStatus.SENT


def test_no_cookie_is_set_and_none_is_needed(desk):
    page = desk.get()
    assert "Set-Cookie" not in page.headers
    assert "Set-Cookie" not in desk.act("accept").headers


def test_the_address_goes_nowhere_and_nobody_keeps_the_page(desk):
    for answer in (desk.get(), desk.get("/packing-slip"), desk.browser.get("/p/x")):
        headers = answer.headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "noindex" in headers["X-Robots-Tag"]
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'none'; style-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "connect-src 'none'" in policy


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing(desk):
    page = desk.get().text
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", page)
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_the_secret_stands_in_no_log(desk, caplog, monkeypatch):
    def broken(*_given):
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("erp.web.supplier_page.page.page_of", broken)
    answer = desk.get()
    assert answer.status_code == 500
    assert "our fault" in answer.text
    assert "a bug of ours" in caplog.text
    assert desk.url.rpartition("/")[2] not in caplog.text


class TestLimits:
    @pytest.fixture
    def settings_given(self):
        return {
            "ERP_SUPPLIER_PAGE_LINK_VISITS_PER_MINUTE": "3",
            "ERP_SUPPLIER_PAGE_ADDRESS_VISITS_PER_MINUTE": "5",
        }

    def test_a_link_that_is_opened_too_often_rests_for_a_minute(self, desk, clock):
        assert [desk.get().status_code for _ in range(4)] == [200, 200, 200, 429]
        again = desk.get()
        assert again.headers["Retry-After"] == "60"
        assert "Wait a minute" in again.text
        clock.move(minutes=1)
        assert desk.get().status_code == 200

    def test_guessing_links_ends_soon_whatever_they_open(self, desk):
        guesses = [desk.browser.get(f"/p/{n}").status_code for n in range(7)]
        assert guesses == [404] * 5 + [429] * 2
        assert desk.get().status_code == 429

    def test_another_address_is_not_held_up(self, desk):
        for number in range(6):
            desk.browser.get(f"/p/{number}")
        elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
        assert desk.get(environ_base=elsewhere).status_code == 200


@pytest.mark.parametrize("language", ["he", "ar"])
def test_the_page_speaks_the_suppliers_language(desk_of, language):
    desk = desk_of(language=language)
    assert f'<html lang="{language}" dir="rtl">' in desk.get().text
    english = desk.get("?language=en").text
    assert '<html lang="en" dir="ltr">' in english
    assert f"{desk.url}/accept?language=en" in english


def test_where_nobody_said_which_it_speaks_that_of_the_browser(desk):
    for wanted, html in (
        ("he-IL,he;q=0.9,en;q=0.8", "he"),
        ("ar-AE,ar;q=0.9,en;q=0.8", "ar"),
        ("fr,en;q=0.5", "en"),
    ):
        page = desk.get(headers={"Accept-Language": wanted}).text
        assert f'<html lang="{html}"' in page


@pytest.mark.parametrize("settings_given", [{"ERP_STORE_LANGUAGE": "he"}])
def test_without_one_it_speaks_the_stores(desk):
    assert '<html lang="he" dir="rtl">' in desk.get().text
