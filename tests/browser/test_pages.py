"""Every page: no barrier, no script error, nothing hangs out, in every look."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, url_for
from playwright.sync_api import BrowserContext, Page, Response
from sqlmodel import col, select

from config.database import Sessions
from config.languages import LANGUAGES
from erp.alerts.models import Alert, Delivery
from erp.fulfilment.invoicing.models import SupplierInvoice
from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.models import Return
from erp.orders.models import Order
from erp.web.app import create_app
from tests.browser.conftest import Shop, SignIn
from tests.browser.looking import faults, listen
from tests.filled_store import opened

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# Each language in both colours and both sizes, in four of the eight ways they combine;
# Arabic, which runs as Hebrew does, in one, and only the first example of each page.
LOOKS = (("light", WIDE), ("dark", PHONE))
OTHER_LOOKS = (("dark", WIDE), ("light", PHONE))
NARROW_LOOK = (("light", PHONE),)
NOT_PAGES = {  # answers to programs, what a page loads, and what needs no account
    *("static", "assets.file", "health.show", "api_document.openapi"),
    "supplier_api_document.openapi",
    "supplier_links.file",
    *("invoices.export", "invoices.file", "orders.export", "letters.export"),
    *("outbox.as_page", "setup.show", "sign_in.show"),
}
# Programs' addresses, and the page that test_supplier_page.py looks at.
ELSEWHERE = ("api.", "supplier_api.", "supplier_page.")
# Other faces of a page than the first.
MORE = (
    "/orders?status=held&q=ada&sort=oldest",
    "/orders?q=nothing+at+all",
    "/purchases?status=unknown&late=now",
    "/alerts?show=past",
    "/returns?status=requested",
    "/invoices?status=differs",
    "/invoices/new?purchase=PO-6",
    "/letters?unread=yes",
    "/letters?q=nothing+at+all",
    "/no-such-page",
)


def _all(sessions: Sessions, column: object) -> list[str]:
    with sessions.reading() as session:
        return [str(each) for each in session.exec(select(column))]


def _one_of_each(sessions: Sessions) -> dict[str, list[str]]:
    """A route's parameter -> what it may be."""
    with sessions.reading() as session:
        held = select(Order.id).where(col(Order.name).in_(["#4011", "#2001", "#3010"]))
        orders = [str(each) for each in session.exec(held)]
    return {
        "orders.show": orders,
        "purchases.show": ["PO-1", "PO-3", "PO-5", "PO-10"],
        "returns.show": _all(sessions, Return.reference),
        "alerts.show": _all(sessions, Alert.id)[:1],
        "letters.show": _all(sessions, SupplierLetter.id),
        "outbox.show": _all(sessions, Delivery.id)[:2],
        "suppliers.show": ["S1", "S3", "S4"],
        "suppliers.edit": ["S1"],
        "supplier_clock.edit": ["S1"],
        "supplier_tokens.index": ["S1", "S2"],
        "supplier_notices.index": ["S1", "S2"],
        "scorecards.show": ["S1", "S4"],
        "invoices.show": _all(sessions, SupplierInvoice.id),
        "products.show": ["A", "X"],
        "jobs.show": ["sync_stock"],
        "accounts.edit": ["2"],
    }


def _addresses(app: Flask, sessions: Sessions) -> Iterator[tuple[str, list[str]]]:
    examples = _one_of_each(sessions)
    for rule in app.url_map.iter_rules():
        is_page = "GET" in (rule.methods or ()) and rule.endpoint not in NOT_PAGES
        if not is_page or rule.endpoint.startswith(ELSEWHERE):
            continue
        if not rule.arguments:
            yield rule.endpoint, [rule.rule]
            continue
        (name,) = rule.arguments
        assert rule.endpoint in examples, f"name an example of {rule.rule}"
        values = examples[rule.endpoint]
        yield rule.endpoint, [url_for(rule.endpoint, **{name: v}) for v in values]
    yield "", list(MORE)


@pytest.fixture(scope="module")
def addresses(shop: Shop) -> dict[str, list[str]]:
    """Every page there is, by the routes themselves; some have several examples."""
    with opened(shop.filled.data) as erp:
        app = create_app(erp)
        with app.test_request_context():
            return dict(_addresses(app, erp.sessions))


def _look_through(page: Page, addresses: list[str], looks: tuple) -> dict[str, object]:
    wrong = {}
    for address in addresses:
        answer = page.goto(address)
        for colours, size in looks:
            page.emulate_media(color_scheme=colours)
            page.set_viewport_size(size)
            if found := [*_status(answer, address), *faults(page)]:
                wrong[f"{address} {colours} {size['width']}"] = found
    return wrong


def _status(answer: Response | None, address: str) -> list[object]:
    assert answer is not None
    wanted = 404 if address == "/no-such-page" else 200
    return [] if answer.status == wanted else [answer.status]


@pytest.mark.parametrize(
    ("who", "language", "direction", "looks", "most"),
    [
        ("owner", "en", "ltr", LOOKS, None),
        ("reader", "he", "rtl", OTHER_LOOKS, None),
        ("partner", "ar", "rtl", NARROW_LOOK, 1),
    ],
    ids=["English", "Hebrew", "Arabic"],
)
def test_no_page_has_a_fault(
    sign_in_as: SignIn,
    addresses: dict[str, list[str]],
    who: str,
    language: str,
    direction: str,
    looks: tuple,
    most: int | None,
) -> None:
    page = sign_in_as(who)
    html = page.locator("html")
    assert html.get_attribute("dir") == direction
    assert html.get_attribute("lang") == language

    wanted = [each for found in addresses.values() for each in found[:most]]
    assert _look_through(page, wanted, looks) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_in_has_no_fault_either(
    open_context: Callable[..., BrowserContext], shop: Shop, language: str
) -> None:
    context = open_context()
    context.add_cookies([{"name": "erp_language", "value": language, "url": shop.url}])
    page = listen(context.new_page())
    assert _look_through(page, ["/sign-in"], LOOKS + OTHER_LOOKS) == {}
    assert page.locator("html").get_attribute("lang") == language


def test_what_is_looked_for_would_be_found(sign_in_as: SignIn) -> None:
    page = sign_in_as("owner")
    assert faults(page) == []

    page.evaluate("""document.querySelector("main").insertAdjacentHTML(
        "beforeend", "<img src='/static/icon.svg' width='3000' onerror='1'>")""")
    page.evaluate("console.error('something broke')")

    found = str(faults(page))
    for each in ("image-alt", "scrolls sideways", "something broke", "script-src"):
        assert each in found
