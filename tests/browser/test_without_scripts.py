"""The day's work goes on in a browser that runs no script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.hands import open_order, press, told


@pytest.fixture(scope="module")
def plain(sign_in_as: SignIn) -> Page:
    return sign_in_as("operator", java_script_enabled=False)


def test_orders_are_filtered_and_decided_without_scripts(plain: Page) -> None:
    plain.get_by_role("link", name="Orders", exact=True).click()
    plain.get_by_label("Held because").select_option("too_old")
    press(plain, "Show")
    expect(plain).to_have_url(re.compile("reason=too_old"))
    plain.get_by_label("Choose order #4007").check()
    press(plain, "Release…")
    press(plain, "Release them")
    expect(told(plain)).to_contain_text("1 order released.")

    open_order(plain, "#4005")
    plain.get_by_text("Cancel the order").first.click()
    plain.locator("details.confirm button").click()
    expect(told(plain)).to_contain_text("Cancelled")


def test_a_phone_without_scripts_has_its_menu(sign_in_as: SignIn) -> None:
    phone = {"width": 390, "height": 844}
    page = sign_in_as("operator", java_script_enabled=False, viewport=phone)
    page.get_by_role("link", name="Alerts", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open alerts")
    page.get_by_label("Account: Operator").click()
    press(page, "Sign out")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
