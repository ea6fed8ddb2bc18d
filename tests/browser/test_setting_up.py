"""A supplier whose interface is its own is set up, tried, saved, and delivers."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from erp.web.pages.suppliers.setup.filling import typed_of
from erp.web.pages.suppliers.setup.kinds import WAYS
from suppliers.sandbox.messages import SandboxStock, SandboxSupplier
from suppliers.sandbox.process import SandboxProcess
from suppliers.sandbox.remote import SandboxRemote
from tests.browser.conftest import Shop, SignIn
from tests.browser.hands import press, reload_until, told
from tests.browser.looking import faults
from tests.browser.selling import offer_something, send_an_order
from tests.suppliers.declared import ENVELOPE

SECRET = "hush-never-told-93"
DECLARED = WAYS["declared"].shape


@pytest.fixture(scope="module")
def wrapped(sandbox: SandboxProcess) -> str:
    with SandboxRemote(sandbox.url) as remote:
        habits = {"acknowledge_after": 1, "ship_after": 3, "deliver_after": 5}
        remote.add_suppliers([SandboxSupplier(code="WRAP", token=SECRET, **habits)])
        remote.set_stock("WRAP", [SandboxStock(sku="W-1", quantity=50)])
        return remote.base_url("WRAP", "declared/envelope")


def choose_kind(page: Page, kind: str) -> None:
    page.goto("/suppliers/new")
    page.get_by_label("Code").fill("WRAP")
    page.get_by_label("Name", exact=True).fill("Wrap & Co")
    page.get_by_label("Token").fill(SECRET)
    page.get_by_label("Kind").select_option(kind)


def open_all(page: Page) -> None:
    closed = page.locator("details.fold:not([open]) > summary")
    while closed.count():
        closed.first.click()


def declare(page: Page) -> None:
    """Whatever differs from what stands there is typed over."""
    assert DECLARED is not None
    for path, text in typed_of(DECLARED, ENVELOPE).items():
        field = page.locator(f'[name="{path}"]:not([type=hidden])')
        kind = field.get_attribute("type")
        if kind == "checkbox":
            field.set_checked(text == "yes")
        elif field.evaluate("each => each.tagName") == "SELECT":
            if field.input_value() != text:
                field.select_option(text)
        elif field.is_visible() and field.input_value() != text:
            field.fill(text)


def look(page: Page) -> list[object]:
    """What is wrong with the page, wide and on a phone, in both colours."""
    found = []
    for colours, size in (("light", (1280, 800)), ("dark", (390, 844))):
        page.emulate_media(color_scheme=colours)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        found += faults(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


def test_a_declared_supplier_is_set_up_from_nothing_and_delivers(
    owner: Page, shop: Shop, wrapped: str
) -> None:
    choose_kind(owner, "Any other JSON interface")
    owner.get_by_label("Start from").select_option(
        "Key in a header, pages, errors inside good answers"
    )
    press(owner, "Fill in")
    expect(owner.locator('[name="declared.auth.name"]')).to_have_value("X-Api-Key")
    expect(owner.get_by_label("Token")).to_have_value(SECRET)
    open_all(owner)
    assert look(owner) == []
    owner.get_by_label("Address", exact=True).fill(wrapped)
    owner.get_by_label("Its address may lie in our own network").check()

    press(owner, "Test the connection")
    trial = owner.locator("#trial")
    expect(trial).to_contain_text("It does not work yet")
    expect(trial).to_contain_text("fetch a real answer and compare")
    declare(owner)
    owner.get_by_label("The answer to").select_option("Stock list")
    press(owner, "Fetch a real answer")
    expect(owner.locator("#answers")).to_contain_text("It answered with status 200.")
    sku = owner.locator('#seen tr[data-place="declared.stock.sku"]').first
    expect(sku).to_contain_text("W-1")
    place = owner.locator('[name="declared.stock.quantity"]')
    place.fill("nowhere[")
    expect(owner.locator("#seen")).to_contain_text("no JMESPath expression")
    place.fill("article")
    expect(owner.locator("#seen .option-wrong")).to_contain_text("This is no count.")
    place.fill("on_hand")
    expect(owner.locator("#seen .option-wrong")).to_have_count(0)

    press(owner, "Test the connection")
    expect(trial).to_contain_text("It works")
    expect(trial.locator("tbody tr")).to_have_count(3)
    assert look(owner) == []
    press(owner, "Add the supplier")
    expect(told(owner)).to_contain_text("Supplier WRAP added.")

    offer_something(shop, "WRAP", "W", "W-1")
    owner.goto(send_an_order(shop, "5100", "W"))
    status = owner.locator(".page-head .badge").first
    reload_until(owner, lambda: status.inner_text() == "Delivered")
    expect(owner.locator("#purchases")).to_contain_text("WRAP")


def test_the_credential_stands_in_no_file_of_ours(shop: Shop) -> None:
    """After all that was done above with it."""
    data: Path = shop.filled.data
    files = [each for each in data.rglob("*") if each.is_file()]
    files += list(data.parent.glob("*.log"))
    assert any(each.suffix == ".log" for each in files)
    holding = [each.name for each in files if SECRET.encode() in each.read_bytes()]
    assert holding == []


@pytest.mark.parametrize("kind", ["CSV files", "BigBuy", "Printful"])
def test_the_form_of_every_kind_has_no_fault(owner: Page, kind: str) -> None:
    choose_kind(owner, kind)
    expect(owner.locator("#options")).to_be_visible()
    open_all(owner)
    press(owner, "Add the supplier")
    owner.wait_for_load_state()
    open_all(owner)
    expect(owner.locator(".is-invalid").first).to_be_attached()
    assert look(owner) == []


def test_the_form_speaks_hebrew(sign_in_as: SignIn) -> None:
    page = sign_in_as("reader")
    page.goto("/suppliers/new")
    page.locator("#field-kind").select_option("declared")
    expect(page.locator("#options")).to_be_visible()
    open_all(page)
    page.locator('button[value="preview"]').click()
    expect(page.locator("#seen li")).to_be_visible()
    assert look(page) == []


def test_a_supplier_is_set_up_without_scripts(sign_in_as: SignIn, wrapped: str) -> None:
    page = sign_in_as("owner", java_script_enabled=False)
    choose_kind(page, "Any other JSON interface")
    press(page, "Show its fields")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Wrap & Co")
    page.get_by_label("Its address may lie in our own network").check()
    page.get_by_label("Address", exact=True).fill(wrapped)
    page.get_by_label("Answer", exact=True).fill('{"items": [{"sku": "A"}]}')
    page.get_by_label("The answer to").select_option("Stock list")
    press(page, "Show how it is read")
    expect(page.locator("#seen")).to_contain_text("Stands there")
    press(page, "Test the connection")
    expect(page.locator("#trial")).to_contain_text("look at the credential")
    page.get_by_label("Token").fill("another")
    press(page, "Test the connection")
    expect(page.locator("#trial")).to_contain_text("fetch a real answer and compare")
    expect(page.locator("#hint-token")).to_contain_text("type it again")
