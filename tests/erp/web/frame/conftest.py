"""The languages that the program is translated to, one after the other."""

from collections.abc import Iterator
from io import BytesIO
from types import SimpleNamespace

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g

from config.languages import Language
from tests.erp.web.frame.told import PACKAGE

FOLDER = PACKAGE / "web" / "translations"


@pytest.fixture(scope="module", params=[each for each in Language if each != "en"])
def language(request: pytest.FixtureRequest) -> Language:
    """Each language but the one that the program is written in."""
    return request.param


@pytest.fixture(scope="module")
def catalogue(language: Language) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=language)


@pytest.fixture(scope="module")
def translations(catalogue: Catalog) -> Translations:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@pytest.fixture
def said_in(
    app: Flask, language: Language, translations: Translations
) -> Iterator[Language]:
    """The language that a page speaks while the test runs."""
    with app.test_request_context():
        g.signed_in = SimpleNamespace(language=language)
        g.catalogue = translations
        yield language
