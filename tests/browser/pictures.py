"""Takes the README's picture: `.venv/bin/python -m tests.browser.pictures`.

It shows the home page of the demo, which a reader sees after the first command.
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from config.settings import load
from erp.demo.place import Place
from erp.demo.seeding import seed
from erp.demo.sign_in import kept
from suppliers.sandbox.process import start
from tests.chromium import NAMES, QUIET
from tests.running import serving

PICTURE = Path(__file__).parent / "pictures" / "home.png"
WIDE = {"width": 1280, "height": 770}


def main() -> None:
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="erp-picture-") as folder:
        place = Place(Path(folder) / "demo")
        place.begin()
        settings = load(place.data, {})
        with start(place.sandbox) as sandbox:
            seed(settings, sandbox.url, datetime.now(UTC), lambda _done, _of: None)
            take(place)
    sys.stdout.write(f"{PICTURE} ({PICTURE.stat().st_size // 1024} kB)\n")


def take(place: Place) -> None:
    """Sign in to the demo and look at its home page."""
    chromium = next(filter(None, map(shutil.which, NAMES)))
    with serving(place.data) as program, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=QUIET)
        page = browser.new_page(base_url=program.url, viewport=WIDE, locale="en-GB")
        sign_in(page, place)
        page.screenshot(path=PICTURE)
        browser.close()


def sign_in(page: Page, place: Place) -> None:
    owner = kept(place.sign_in)
    assert owner is not None
    page.goto("/sign-in")
    page.locator("#field-email").fill(owner.email)
    page.locator("#field-password").fill(owner.password)
    page.locator("#field-password").press("Enter")
    page.wait_for_url("/")


if __name__ == "__main__":
    main()
