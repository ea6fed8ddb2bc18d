"""Owners let programs and people in, and connect suppliers."""

import re

import httpx
from playwright.sync_api import Page, expect

from suppliers.sandbox.messages import SandboxStock, SandboxSupplier
from suppliers.sandbox.process import SandboxProcess
from suppliers.sandbox.remote import SandboxRemote
from tests.browser.conftest import Shop, SignIn
from tests.browser.hands import press, reload_until, told
from tests.browser.looking import faults
from tests.browser.selling import offer_something, send_an_order


def get_orders(shop: Shop, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{shop.url}/api/v1/orders"
    return httpx.get(url, headers=headers, trust_env=False).status_code


def connect(page: Page, base_url: str) -> None:
    """A supplier is added by its form: wrong at first, and nothing typed is lost."""
    page.goto("/suppliers/new")
    page.get_by_label("Code").fill("QUICK")
    page.get_by_label("Name").fill("Quick & Co")
    page.get_by_label("Address", exact=True).fill("ftp://quick.example")
    page.get_by_label("Token").fill("secret")
    page.get_by_label("Its address may lie in our own network").check()
    press(page, "Add the supplier")
    error = page.locator("#error-base_url")
    expect(error).to_contain_text("begins with http:// or https://")
    expect(page.get_by_label("Name")).to_have_value("Quick & Co")
    assert faults(page) == []
    page.get_by_label("Address", exact=True).fill(base_url)
    page.get_by_label("Token").fill("secret")
    press(page, "Add the supplier")
    expect(told(page)).to_contain_text("Supplier QUICK added.")


def test_a_token_is_shown_once_works_and_is_shut_out(owner: Page, shop: Shop) -> None:
    owner.goto("/settings/tokens")
    owner.get_by_label("Name").fill("Till")
    press(owner, "Create the token")
    token = owner.locator(".secret").inner_text()
    assert faults(owner) == []
    assert get_orders(shop, token) == 200
    assert get_orders(shop, f"{token}x") == 401
    owner.goto("/settings/tokens")
    expect(owner.locator("main")).not_to_contain_text(token)

    row = owner.get_by_role("row", name="Till")
    row.locator("summary").click()
    expect(row).to_contain_text("This cannot be undone.")
    row.get_by_role("button", name="Revoke").click()

    expect(row).to_contain_text("Revoked")
    assert get_orders(shop, token) == 401
    owner.goto("/settings/audit")
    expect(owner.locator("tbody")).to_contain_text(token[:12])


def test_a_new_colleague_is_let_in_and_out(owner: Page, sign_in_as: SignIn) -> None:
    owner.goto("/settings/accounts")
    owner.get_by_label("Name").fill("Dana Levi")
    owner.get_by_label("E-mail address").fill("dana@shop.example")
    owner.get_by_label("Password").fill("short")
    form = owner.locator("form", has=owner.get_by_label("E-mail address"))
    form.evaluate("each => each.noValidate = true")
    form.get_by_role("button").click()
    expect(owner.locator("#error-password")).to_be_visible()
    expect(owner.get_by_label("Name")).to_have_value("Dana Levi")
    assert faults(owner) == []
    owner.get_by_label("Password").fill("seven green parcels")
    form.get_by_role("button").click()
    expect(owner.get_by_role("row", name="Dana Levi")).to_contain_text("Active")

    theirs = sign_in_as("dana")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Today")
    row = owner.get_by_role("row", name="Dana Levi")
    row.locator("summary").click()
    row.get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("Disabled")

    theirs.goto("/orders")
    expect(theirs).to_have_url(re.compile("/sign-in"))


def test_a_job_runs_when_asked(operator: Page) -> None:
    operator.goto("/jobs/retry_held")
    runs = operator.locator("tbody tr")
    before = runs.count()
    press(operator, "Run now")
    expect(told(operator)).not_to_be_empty()
    operator.goto("/jobs/retry_held")

    reload_until(operator, lambda: runs.count() > before)
    reload_until(operator, lambda: "Done" in runs.first.inner_text())


def test_language_and_colours_are_chosen_and_kept(sign_in_as: SignIn) -> None:
    page = sign_in_as("operator", color_scheme="light")
    html = page.locator("html")
    page.get_by_label("Colours").click()
    press(page, "Dark")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    page.goto("/orders?status=held")
    page.get_by_label("Language").click()
    press(page, "עברית")

    expect(html).to_have_attribute("dir", "rtl")
    expect(html).to_have_attribute("lang", "he")
    expect(page).to_have_url(re.compile("status=held"))
    page.goto("/")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Today")
    assert faults(page) == []
    page.locator("details.menu summary").first.click()
    press(page, "English")
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")


def test_a_supplier_is_connected_and_delivers_before_our_eyes(
    owner: Page, shop: Shop, sandbox: SandboxProcess
) -> None:
    with SandboxRemote(sandbox.url) as remote:
        habits = {"acknowledge_after": 1, "ship_after": 3, "deliver_after": 5}
        remote.add_suppliers([SandboxSupplier(code="QUICK", token="secret", **habits)])
        remote.set_stock("QUICK", [SandboxStock(sku="Q-F", quantity=50)])
        base_url = remote.base_url("QUICK")
    connect(owner, base_url)
    offer_something(shop, "QUICK", "Q", "Q-F")
    address = send_an_order(shop, "5000", "Q")

    owner.goto(address)
    status = owner.locator(".page-head .badge").first
    assert status.inner_text() != "Delivered"
    reload_until(owner, lambda: status.inner_text() == "Delivered")

    for part in ("#decision", "#purchases"):
        expect(owner.locator(part)).to_contain_text("QUICK")
    for word in ("routed", "sent", "accepted", "shipped", "delivered"):
        expect(owner.locator("#timeline")).to_contain_text(word, ignore_case=True)
    assert faults(owner) == []
    owner.goto("/suppliers/QUICK")
    expect(owner.locator("#purchases")).to_contain_text("#5000")
    expect(owner.locator("main")).not_to_contain_text("secret")
