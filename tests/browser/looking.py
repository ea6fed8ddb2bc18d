"""What is looked for on every page: barriers, script errors, and what hangs out."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

_AXE = Axe().axe_script
# Long tables repeat themselves: their first rows speak for the others.
_RUN = """axe.run(
    {exclude: ["tbody tr:nth-child(n+13)"]},
    {resultTypes: ["violations"], preload: false}
).then(found => found.violations.map(
    each => [each.id, each.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]))"""
_HANGS_OUT = """[...document.querySelectorAll("main *")]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1
        || each.getBoundingClientRect().left < -1)
    .filter(each => !each.closest(".table-region, pre, svg, .visually-hidden"))
    .slice(0, 3).map(each => each.outerHTML.slice(0, 150))"""
_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_troubles: dict[Page, list[str]] = {}


def listen(page: Page) -> Page:
    """Note from now on whatever the browser complains about."""
    noted = _troubles.setdefault(page, [])

    def hear(message: ConsoleMessage) -> None:
        is_ours = "Failed to load resource" not in message.text  # a 4xx we asked for
        if message.type in ("error", "warning") and is_ours:
            noted.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: noted.append(str(error)))
    return page


def faults(page: Page) -> list[Any]:
    """Everything wrong with the page as it stands."""
    found: list[Any] = [*_troubles[page]]
    _troubles[page].clear()
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_AXE)
    found += page.evaluate(_RUN)
    if page.evaluate(_WIDER):
        found.append(["scrolls sideways", page.evaluate(_HANGS_OUT)])
    return found
