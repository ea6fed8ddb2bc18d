"""An operator's day: what waits is found, looked at and decided."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from erp.fulfilment.models import Return
from tests.browser.conftest import Shop, SignIn
from tests.browser.hands import open_order, press, told
from tests.browser.looking import faults
from tests.filled_store import opened


def test_every_number_at_home_leads_to_its_rows(operator: Page) -> None:
    operator.goto("/")
    waiting = operator.get_by_role("link", name="Possible duplicate")
    expect(waiting).to_contain_text("1")

    waiting.click()

    expect(operator).to_have_url(re.compile("reason=possible_duplicate"))
    expect(operator.locator("tbody tr")).to_have_count(1)


def test_a_search_and_a_filter_are_kept_in_the_address(operator: Page) -> None:
    operator.goto("/orders")
    operator.get_by_label("Number, SKU, customer or e-mail").fill("ada40")
    operator.get_by_label("Held because").select_option("unpaid")
    expect(operator).to_have_url(re.compile("q=ada40.*reason=unpaid"))
    rows = operator.locator("tbody tr")
    expect(rows).to_have_count(3)
    names = rows.all_inner_texts()

    operator.reload()

    assert rows.all_inner_texts() == names
    expect(operator.get_by_label("Number, SKU, customer or e-mail")).to_have_value(
        "ada40"
    )
    operator.get_by_role("link", name="Clear").click()
    expect(operator).to_have_url(re.compile(r"/orders$"))


def test_many_orders_are_released_at_once_after_a_question(operator: Page) -> None:
    operator.goto("/orders?reason=fraud_risk")
    operator.get_by_label("Choose order #4002").focus()
    operator.keyboard.press("Space")
    operator.get_by_label("Choose order #4003").check()
    press(operator, "Release…")
    expect(operator.get_by_role("heading", level=1)).to_have_text("Release 2 orders?")
    assert faults(operator) == []

    press(operator, "Release them")

    expect(told(operator)).to_contain_text("2 orders released.")
    expect(operator).to_have_url(re.compile("reason=fraud_risk"))
    expect(operator.locator("tbody tr")).to_have_count(1)


def test_all_boxes_are_ticked_by_one_and_nothing_happens_on_second_thought(
    operator: Page,
) -> None:
    operator.goto("/orders?status=held")
    rows = operator.locator("tbody tr").count()
    operator.get_by_label("Choose all on this page").check()
    press(operator, "Cancel…")
    expect(operator.get_by_role("heading", level=1)).to_contain_text(f"{rows} orders")

    operator.get_by_role("link", name="Back, change nothing").click()

    expect(operator.locator("tbody tr")).to_have_count(rows)


def test_one_hold_is_released_and_the_other_stays(operator: Page) -> None:
    open_order(operator, "#4011")
    press(operator, "Release: High fraud risk")

    expect(told(operator)).to_contain_text("Released")
    holds = operator.locator("#holds")
    expect(holds).to_contain_text("Not paid")
    expect(holds).not_to_contain_text("High fraud risk")
    expect(operator.locator("#timeline")).to_contain_text("operator@shop.example")
    assert faults(operator) == []


def test_an_order_is_cancelled_by_keyboard_after_a_question(operator: Page) -> None:
    open_order(operator, "#4004")
    question = operator.locator("details.confirm")
    operator.get_by_text("Cancel the order").first.focus()
    operator.keyboard.press("Enter")
    expect(question.get_by_role("button")).to_be_visible()
    operator.keyboard.press("Escape")
    expect(question.get_by_role("button")).to_be_hidden()
    operator.keyboard.press("Enter")
    operator.keyboard.press("Tab")
    operator.keyboard.press("Enter")

    expect(told(operator)).to_contain_text("Cancelled")
    expect(operator.locator(".page-head .badge").first).to_have_text("Cancelled")
    expect(operator.locator("#holds")).to_have_count(0)


def test_a_lost_answer_is_settled_once_the_supplier_has_said_its_number(
    operator: Page,
) -> None:
    operator.goto("/purchases/PO-1")
    number = operator.locator("#decide").get_by_label("Their number")
    number.fill("  ")
    press(operator, "They have it")
    error = operator.locator("#error-supplier_reference")
    expect(error).to_contain_text("Type the supplier's own number")
    assert faults(operator) == []
    number.fill("SO-88/17")
    number.press("Enter")

    expect(told(operator)).to_contain_text("Noted: the supplier has it.")
    expect(operator.locator(".page-head")).to_contain_text("Sent")
    expect(operator.locator("main")).to_contain_text("SO-88/17")


def test_a_lost_answer_is_sent_again_once_the_supplier_has_said_no(
    operator: Page,
) -> None:
    operator.goto("/purchases?status=unknown")
    operator.get_by_role("link", name="PO-2").click()
    operator.get_by_text("Send again").first.click()
    expect(operator.locator("details.confirm")).to_contain_text("Ask them first")
    assert faults(operator) == []
    press(operator, "They do not have it: send again")

    expect(told(operator)).to_contain_text("Queued again.")
    expect(operator.locator(".page-head .badge").first).to_have_text("Queued")


def test_what_a_letter_says_is_entered_beside_it(operator: Page) -> None:
    operator.goto("/letters")
    operator.get_by_role("link", name="Re: two kites").click()
    operator.get_by_role("link", name="Enter what it says").click()
    said = operator.locator("#answer")
    expect(said.locator("pre")).to_contain_text("one kite can be sent")
    for each in said.locator("details.fold > summary").all():
        each.click()
    assert faults(operator) == []

    press(operator, "Enter the parcel")  # without a carrier the browser sends nothing
    said.get_by_label("Carrier", exact=True).fill("Post")
    said.get_by_label("Tracking number").fill("RR 123 GB")
    press(operator, "Enter the parcel")

    expect(told(operator)).to_contain_text("Noted, as the supplier said it.")
    expect(operator.locator("#parcels")).to_contain_text("RR 123 GB")
    expect(said.locator("pre")).to_contain_text("one kite can be sent")
    operator.get_by_role("link", name="Order #3002").click()
    timeline = operator.locator("#timeline")
    expect(timeline).to_contain_text("What S4 said of purchase order PO-3 was entered")
    expect(timeline).to_contain_text("operator@shop.example")


def test_a_return_goes_from_its_request_to_its_settlement(operator: Page) -> None:
    open_order(operator, "#2010")
    operator.get_by_text("Request a return", exact=True).click()
    operator.get_by_label("Units of B").fill("9")
    operator.locator("form", has_text="Units of B").evaluate(
        "each => each.noValidate = true"
    )
    press(operator, "Request the return")
    expect(operator.get_by_role("alert")).to_contain_text("no more than was shipped")
    expect(operator.get_by_label("Units of B")).to_have_value("9")
    assert faults(operator) == []
    operator.get_by_label("Units of B").fill("1")
    operator.get_by_label("Reason").select_option("damaged")
    operator.get_by_label("Note").fill("crushed on its way")
    press(operator, "Request the return")
    expect(told(operator)).to_contain_text("requested")

    press(operator, "Authorise")
    press(operator, "The goods are back")
    operator.get_by_label("Refund to the customer").fill("nineteen")
    press(operator, "Settle")
    expect(operator.locator("#error-refund")).to_contain_text("An amount such as")
    expect(operator.get_by_label("Refund to the customer")).to_have_value("nineteen")
    operator.get_by_label("Refund to the customer").fill("19.00")
    operator.get_by_label("Who bears the cost?").select_option("supplier")
    press(operator, "Settle")

    expect(told(operator)).to_contain_text("Settled.")
    expect(operator.locator(".page-head .badge").first).to_have_text("Settled")
    expect(operator.locator("main")).to_contain_text("$19.00")


def test_an_alert_is_acknowledged_snoozed_and_woken(operator: Page) -> None:
    operator.goto("/alerts")
    operator.get_by_role("link", name="Late hand-over rate").first.click()
    operator.get_by_text("As a table").click()
    expect(operator.get_by_role("table", name="Late hand-over rate")).to_be_visible()
    press(operator, "Acknowledge")
    expect(told(operator)).to_contain_text("no more reminders")
    operator.get_by_label("Snooze for").select_option("7")
    press(operator, "Snooze")
    expect(told(operator)).to_contain_text("Snoozed.")
    expect(operator.locator("#history")).to_contain_text("operator@shop.example")

    press(operator, "End the snooze")
    expect(told(operator)).to_contain_text("The snooze is over.")


def test_a_viewer_sees_no_buttons_and_may_not_do_what_they_do(
    sign_in_as: SignIn, shop: Shop
) -> None:
    page = sign_in_as("viewer")
    with opened(shop.filled.data) as erp, erp.sessions.reading() as session:
        made = session.exec(select(Return.reference).order_by(col(Return.id))).first()
    for address in (
        "/orders?status=held",
        "/purchases/PO-3",
        f"/returns/{made}",
        "/alerts/1",
        "/suppliers/S1",
        "/jobs",
    ):
        page.goto(address)
        buttons = page.locator("main form[method=post] button, main summary.btn")
        assert buttons.count() == 0, (address, buttons.all_inner_texts())

    body = page.locator("body").get_attribute("hx-headers") or ""
    token = re.findall(r'X-CSRF-Token": "([^"]+)', body)[0]
    forbidden = page.request.post(
        "/orders/1/cancel", form={"csrf_token": token}, max_redirects=0
    )
    forged = page.request.post("/orders/1/cancel", max_redirects=0)
    assert (forbidden.status, forged.status) == (403, 403)
    page.goto("/settings/accounts")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not allowed")
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/orders", "/purchases/PO-1"])
def test_nothing_is_shown_to_whoever_has_not_signed_in(shop: Shop, path: str) -> None:
    answer = httpx.get(f"{shop.url}{path}", trust_env=False)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")
