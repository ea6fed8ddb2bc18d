"""What a customer typed must not run when somebody opens the file."""

import pytest

from config.spreadsheets import safe_text

DANGEROUS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1"]  # noqa: RUF001 - a wide sign is meant


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_becomes_text(text):
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ada", "#1001", "1e5", "a=b"])
def test_plain_texts_stay_as_they_are(text):
    assert safe_text(text) == text
