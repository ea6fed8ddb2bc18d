"""Where the pages are served, and where links to them lead."""

from dataclasses import replace

import pytest

from config.settings import load
from erp.cli.serving import at_port


@pytest.fixture
def settings(tmp_path):
    return load(tmp_path, {})


def test_links_follow_the_port_that_is_asked_for(settings):
    served = at_port(settings, 8651)
    assert served.server.port == 8651
    assert served.store.base_url == "http://127.0.0.1:8651"


@pytest.mark.parametrize("port", [None, 0, 8651])
def test_an_address_of_the_owners_own_stays(settings, port):
    store = replace(settings.store, base_url="https://erp.shop.example")
    served = at_port(replace(settings, store=store), port)
    assert served.store.base_url == "https://erp.shop.example"


def test_without_a_port_all_stays(settings):
    assert at_port(settings, None) == settings
