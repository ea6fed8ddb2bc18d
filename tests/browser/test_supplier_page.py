"""A supplier with a phone, a link from a mail, and a browser that runs no script."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select

from config.languages import LANGUAGES
from erp.fulfilment.decisions import cancel_purchase
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.page_links.links import LinkRules, make_links
from tests.browser.conftest import Shop, SignIn
from tests.browser.hands import press
from tests.browser.looking import faults, listen
from tests.factories import make_contact, make_order, make_purchase_order, make_supplier
from tests.filled_store import opened

P = PurchaseStatus
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
LINES = (("A", 2, 1900), ("B", 1, 2400))
CUSTOMER = {
    "name": "שרה כהן",
    "address1": "Herzl 12",
    "city": "תל אביב",
    "postal_code": "6688101",
    "country": "IL",
}
_numbers = count(1)
Make = Callable[..., str]


@pytest.fixture(scope="module")
def link_to(shop: Shop) -> Make:
    """`link_to(status=…, language="he")` is the address in a supplier's mail."""

    def make(
        status: PurchaseStatus = P.SENT, language: str = "", is_cancelling: bool = False
    ) -> str:
        now = datetime.now(UTC)
        reference = f"PAGE-{next(_numbers)}"
        rules = LinkRules(shop.url, timedelta(days=60))
        with opened(shop.filled.data) as erp, erp.sessions.writing() as session:
            options = {"language": language} if language else {}
            supplier = make_supplier(
                session, f"P{language}", name="Blue Harbour", options=options
            )
            contact = make_contact(session, **CUSTOMER)
            order = make_order(session, LINES, next_step=None, contact=contact)
            given = {"reference": reference, "sent_at": now, "attempts": 1}
            if status is not P.SENT:
                given |= {"acknowledged_at": now, "ship_by": now + timedelta(days=2)}
            purchase = make_purchase_order(session, order, supplier, status, **given)
            if is_cancelling:
                cancel_purchase(session, purchase, now, by="ada")
            return make_links(session, [purchase.id], rules, now, by="x")[purchase.id]

    return make


@pytest.fixture(scope="module")
def phone(open_context: Callable[..., BrowserContext]) -> Page:
    context = open_context(java_script_enabled=False, viewport=PHONE, has_touch=True)
    return context.new_page()


def _open(page: Page, summary: str) -> None:
    page.locator("summary", has_text=summary).click()


def test_it_is_accepted_packed_in_two_parcels_and_shipped(
    phone: Page, link_to: Make
) -> None:
    phone.goto(link_to())
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Purchase order")
    phone.locator("#accept-supplier_reference").fill("BH-2077")
    press(phone, "Accept all of it")
    expect(phone.get_by_role("status")).to_contain_text("acceptance was noted")

    phone.locator("#parcel-units-0").fill("1")
    phone.locator("#parcel-units-1").fill("0")
    phone.locator("#parcel-carrier").fill("UPS")
    phone.locator("#parcel-tracking_number").fill("1Z999AA10123456784")
    press(phone, "Save the parcel")
    expect(phone.get_by_role("status")).to_contain_text("the parcel was noted")
    _open(phone, "Enter a parcel")
    expect(phone.locator("#parcel-units-0")).to_have_value("1")
    phone.locator("#parcel-carrier").fill("DHL")
    phone.locator("#parcel-tracking_number").fill("JD014600003SE")
    press(phone, "Save the parcel")

    expect(phone.locator(".lead")).to_contain_text("Shipped")
    expect(phone.locator("article h3")).to_have_count(2)
    expect(phone.get_by_text("Enter a parcel")).to_have_count(0)


def test_what_was_typed_stays_beside_what_is_wrong(phone: Page, link_to: Make) -> None:
    phone.goto(link_to(P.ACCEPTED))
    phone.locator("#parcel-units-0").fill("7")
    phone.locator("#parcel-carrier").fill("DHL")
    phone.locator("#parcel-tracking_number").fill("JD1")
    press(phone, "Save the parcel")
    expect(phone.locator("#parcel-units-0")).to_have_value("7")
    expect(phone.locator("#parcel-units-0-error")).to_have_text("At most 2.")
    expect(phone.locator("#parcel-tracking_number")).to_have_value("JD1")


def test_it_is_rejected_after_a_question(phone: Page, link_to: Make) -> None:
    phone.goto(link_to())
    _open(phone, "Nothing of it can be delivered")
    phone.locator("#reject-reason").select_option("inventory_out_of_stock")
    phone.locator("#reject-note").fill("Back in May")
    press(phone, "Reject it…")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Reject the whole")
    phone.get_by_role("link", name="No, go back").click()
    expect(phone.get_by_text("Can you deliver this?")).to_be_visible()

    _open(phone, "Nothing of it can be delivered")
    phone.locator("#reject-reason").select_option("inventory_out_of_stock")
    press(phone, "Reject it…")
    press(phone, "Yes, reject it")

    expect(phone.locator(".lead")).to_contain_text("Rejected")
    expect(phone.get_by_text("Herzl 12")).to_have_count(0)


def test_a_part_is_accepted_after_a_question(phone: Page, link_to: Make) -> None:
    phone.goto(link_to())
    _open(phone, "Only a part can be delivered")
    phone.locator("#accept_part-units-0").fill("1")
    press(phone, "Accept this part…")
    press(phone, "Yes, only this part")
    expect(phone.locator(".lead")).to_contain_text("Partly accepted")
    expect(phone.locator("main")).to_contain_text("accepted: 1")


@pytest.mark.parametrize(("language", "cancelled"), [("he", "בוטלה"), ("ar", "ملغى")])
def test_a_wish_to_cancel_is_answered_from_right_to_left(
    phone: Page, link_to: Make, language: str, cancelled: str
) -> None:
    phone.goto(link_to(language=language, is_cancelling=True))
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    phone.locator("button[name=answer][value=yes]").click()
    phone.locator("button.danger").click()
    expect(phone.locator(".lead")).to_contain_text(cancelled)


def test_an_invoice_is_attached(phone: Page, link_to: Make) -> None:
    phone.goto(link_to(P.ACCEPTED))
    _open(phone, "Attach a file")
    bill = {"name": "bill 7.pdf", "mimeType": "application/pdf"}
    phone.locator("#file-file").set_input_files(bill | {"buffer": b"%PDF-1.7\n"})
    press(phone, "Attach it")
    expect(phone.locator("main")).to_contain_text("bill 7.pdf")


def test_a_link_made_by_hand_is_shown_once_and_opens(
    sign_in_as: SignIn, phone: Page, link_to: Make, shop: Shop
) -> None:
    link_to()
    with opened(shop.filled.data) as erp, erp.sessions.reading() as session:
        query = select(PurchaseOrder.reference).order_by(PurchaseOrder.id.desc())
        reference = session.exec(query).first()
    operator = sign_in_as("operator")
    operator.goto(f"/purchases/{reference}")
    operator.get_by_text("Replace the link").first.click()
    operator.locator("#supplier-page .confirm-panel button").first.click()
    link = operator.locator("#supplier-page .secret").inner_text()
    path = re.fullmatch(r"https?://[\w.:]+(/p/[\w-]{43})", link)[1]
    assert faults(operator) == []

    assert phone.goto(path).status == 200

    operator.reload()
    expect(operator.locator("#supplier-page .secret")).to_have_count(0)
    expect(operator.locator("#supplier-page")).to_contain_text("A link opens")


@pytest.fixture(scope="module")
def looker(open_context: Callable[..., BrowserContext]) -> Page:
    return listen(open_context().new_page())


STATES = {
    "waiting": {},
    "accepted": {"status": P.ACCEPTED},
    "to be cancelled": {"is_cancelling": True},
    "rejected": {"status": P.REJECTED},
    "delivered": {"status": P.DELIVERED},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_no_state_of_the_page_has_a_fault(
    looker: Page, link_to: Make, state: dict, language: str
) -> None:
    link = link_to(language=language, **state)
    found = {}
    for path in ("", "/packing-slip", "/reject"):
        looker.goto(link + path)
        for summary in looker.locator("summary").all():
            summary.click()
        for colours in ("light", "dark"):
            for size in (PHONE, WIDE):
                looker.emulate_media(color_scheme=colours)
                looker.set_viewport_size(size)
                if wrong := faults(looker):
                    found[f"{path} {colours} {size['width']}"] = wrong
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_and_closed_doors_have_no_fault(
    looker: Page, link_to: Make, shop: Shop, language: str
) -> None:
    looker.goto(link_to(language=language))
    looker.locator("summary").nth(1).click()
    looker.locator("#reject-reason").select_option("other")
    looker.locator("form[action$=reject] button").click()
    assert faults(looker) == []
    looker.goto(f"{shop.url}/p/nothing?language={language}")
    assert faults(looker) == []


def test_a_printed_slip_is_the_slip_alone(phone: Page, link_to: Make) -> None:
    phone.goto(link_to(P.ACCEPTED) + "/packing-slip")
    expect(phone.get_by_text("Print this page")).to_be_visible()
    phone.emulate_media(media="print")
    expect(phone.get_by_text("Print this page")).to_be_hidden()
    expect(phone.locator(".bar")).to_be_hidden()
    expect(phone.locator(".slip")).to_contain_text("שרה כהן")
    phone.emulate_media(media="screen")
