"""A running `erp serve` with a filled store, its suppliers, and people at it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from suppliers.sandbox.process import SandboxProcess, start
from tests.browser.looking import listen
from tests.filled_store import PASSWORD, Filled, fill
from tests.running import QUICKLY, serving

PATIENCE_MS = 20_000  # for what another process does in its own time
SignIn = Callable[..., Page]


@dataclass(frozen=True)
class Shop:
    """The store as it stands on disk, and where it is served."""

    filled: Filled
    url: str


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    filled = fill(tmp_path_factory.mktemp("shop"))
    with serving(filled.data, **QUICKLY) as program:
        yield Shop(filled, program.url)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with start(tmp_path_factory.mktemp("sandbox")) as process:
        yield process


@pytest.fixture(scope="module")
def open_context(
    browser: Browser, browser_context_args: dict[str, Any], shop: Shop
) -> Iterator[Callable[..., BrowserContext]]:
    """`open_context(color_scheme="dark")` is a browser of its own."""
    contexts = []

    def make(**given: Any) -> BrowserContext:
        wanted = {"base_url": shop.url, "reduced_motion": "reduce"} | given
        context = browser.new_context(**(browser_context_args | wanted))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def sign_in_as(open_context: Callable[..., BrowserContext]) -> SignIn:
    """`sign_in_as("operator")` is a page where that person is signed in, at home."""

    def sign_in(who: str, **look: Any) -> Page:
        page = listen(open_context(**look).new_page())
        page.goto("/sign-in")
        page.locator("#field-email").fill(Filled.email(who))
        page.locator("#field-password").fill(PASSWORD)
        page.locator("#field-password").press("Enter")
        page.wait_for_url("/")
        return page

    return sign_in


@pytest.fixture(scope="module")
def operator(sign_in_as: SignIn) -> Page:
    return sign_in_as("operator")


@pytest.fixture(scope="module")
def owner(sign_in_as: SignIn) -> Page:
    return sign_in_as("owner")
