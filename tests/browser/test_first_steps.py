"""The first run of a fresh store, and the way in and out."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.hands import press
from tests.browser.looking import faults, listen
from tests.filled_store import PASSWORD, Filled
from tests.running import serving


@pytest.fixture(scope="module")
def fresh_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("fresh") / "data") as program:
        yield program.url


def test_a_fresh_store_is_set_up_and_says_what_to_do_next(
    fresh_url: str, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = listen(open_context(base_url=fresh_url).new_page())
    page.goto("/orders")
    page.wait_for_url("**/setup")
    assert faults(page) == []
    page.get_by_label("Name").fill("Noa")
    page.get_by_label("E-mail address").fill("noa@shop.example")
    page.get_by_label("Password").fill("aaaaaaaaaaaa")
    press(page, "Create the account")
    expect(page.locator("#error-password")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Noa")
    assert faults(page) == []
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    expect(page.locator("#first-steps")).to_be_visible()
    wrong = {}
    for name in ("orders", "purchases", "returns", "suppliers", "products", "alerts"):
        page.goto(f"/{name}")
        expect(page.locator(".empty")).to_be_visible()
        wrong[name] = faults(page)
    assert not any(wrong.values()), wrong
    page.goto("/setup")
    assert page.locator("#field-code, #field-name").count() == 0


def test_a_wrong_password_is_refused_in_words_and_the_address_is_kept(
    open_context: Callable[..., BrowserContext],
) -> None:
    page = listen(open_context().new_page())
    page.goto("/orders?status=held")
    page.wait_for_url("**/sign-in?next=**")
    page.get_by_label("E-mail address").fill(Filled.email("viewer"))
    page.get_by_label("Password").fill("wrong password")
    press(page, "Sign in")
    expect(page.get_by_role("alert")).to_contain_text("is not right")
    expect(page.get_by_label("E-mail address")).to_have_value(Filled.email("viewer"))
    assert faults(page) == []

    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")

    expect(page).to_have_url(re.compile(r"/orders\?status=held$"))


def test_who_signs_out_is_out_for_good(sign_in_as: SignIn) -> None:
    page = sign_in_as("viewer")
    page.get_by_label("Account: Viewer").click()
    press(page, "Sign out")
    page.wait_for_url("**/sign-in")

    page.goto("/orders")
    page.wait_for_url("**/sign-in?next=**")
    page.go_back()
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_everything_is_reached_by_keyboard(operator: Page) -> None:
    operator.goto("/orders")
    operator.keyboard.press("Tab")
    skip = operator.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    operator.keyboard.press("Enter")
    expect(operator.locator("main")).to_be_focused()


def test_the_menu_of_a_phone_opens_and_closes(sign_in_as: SignIn) -> None:
    page = sign_in_as("operator", viewport={"width": 390, "height": 844})
    menu = page.get_by_role("dialog", name="Menu")
    press(page, "Open the menu")
    expect(menu.get_by_role("link", name="Orders", exact=True)).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)

    press(page, "Open the menu")
    menu.get_by_role("link", name="Orders", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
