"""What the tests of a supplier's connection type, press and read."""

import re

from tests.erp.web.pages.suppliers.test_supplier_setup import fields
from tests.suppliers import declared

SECRET = "hush/hush+never told"


def typed_for(remote, **changed):
    """The form of the sandbox's supplier S9."""
    base_url = remote.base_url("S9", "declared/envelope")
    own = {"token": SECRET, "base_url": base_url, "allow_private": "yes"}
    return fields("declared", declared.ENVELOPE, **(own | changed))


def tried(browser, path="/suppliers/new", **typed):
    """The part of the page that shows a trial."""
    answer = browser.submit(path, **typed, do="test")
    assert answer.status_code == 200
    assert SECRET not in answer.text
    return answer.text.partition('id="trial"')[2].partition('id="options"')[0]


def rows_of(trial):
    """Whether it was reached, signed in and understood, by question."""
    rows = re.findall(r'<tr data-question="(\w+)">(.*?)</tr>', trial, re.S)
    answers = {}
    for question, row in rows:
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        answers[question] = tuple(cells[:3])
    return answers


def fetched(browser, remote, call, path="/suppliers/new", **changed):
    """The part of the page that shows a real answer."""
    typed = typed_for(remote, do="fetch", sample_call=call, **changed)
    answer = browser.submit(path, **typed)
    assert answer.status_code == 200
    assert SECRET not in answer.text
    return answer.text.partition('id="answers"')[2]
