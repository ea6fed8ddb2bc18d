"""What people do on pages, and what the page then tells them."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.running import until


def told(page: Page) -> Locator:
    """What the page says of the last command."""
    return page.locator("#messages")


def open_order(page: Page, name: str) -> None:
    page.goto(f"/orders?q={name.replace('#', '%23')}")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def press(page: Page, name: str | re.Pattern[str], **given: Any) -> None:
    page.get_by_role("button", name=name, **given).click()


def reload_until(page: Page, is_so: Callable[[], bool]) -> None:
    """What another process does in its own time is seen by looking again."""
    until(lambda: is_so() or not page.reload())
