"""Every way to contradict oneself has words on the page."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from erp.fulfilment.answering import contradictions
from erp.fulfilment.answering.contradictions import Contradiction
from erp.web.supplier_page.contradictions import OTHERWISE, in_words

FACTS = {"sku": "S1-A", "dossier.purchase.status.value": "rejected"}
ELSEWHERE = "S1-A is not in this purchase order"  # the page names no other SKU


def _said() -> Iterator[str]:
    """What the module raises, with something in place of its facts."""
    for node in ast.walk(ast.parse(Path(contradictions.__file__).read_text("utf-8"))):
        is_call = isinstance(node, ast.Call) and ast.unparse(node.func)
        if is_call == "Contradiction":
            yield _filled(node.args[0])


def _filled(words: ast.expr) -> str:
    if isinstance(words, ast.Constant):
        return str(words.value)
    assert isinstance(words, ast.JoinedStr)
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else _fact(part)
        for part in words.values
    )


def _fact(part: ast.expr) -> str:
    assert isinstance(part, ast.FormattedValue)
    name = ast.unparse(part.value)
    if name.endswith("status.value"):
        return "rejected"
    return FACTS.get(name, "2")


@pytest.mark.parametrize("words", sorted(set(_said()) - {ELSEWHERE}))
def test_a_contradiction_has_words_of_its_own(app, words):
    with app.test_request_context():
        assert in_words(Contradiction(words)) != OTHERWISE, words


def test_one_nobody_foresaw_is_still_told(app):
    with app.test_request_context():
        assert in_words(Contradiction("the moon is full")) == OTHERWISE
