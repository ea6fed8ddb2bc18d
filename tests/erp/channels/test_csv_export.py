"""What a customer typed must not run when somebody opens the file."""

import csv
import io
from decimal import Decimal

import pytest

from erp.channels.csv_export import csv_lines, safe_text

DANGEROUS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1"]  # noqa: RUF001 - a wide sign is meant


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_becomes_text(text):
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ada", "#1001", "1e5", "a=b"])
def test_plain_texts_stay_as_they_are(text):
    assert safe_text(text) == text


def test_a_file_is_read_back_whole():
    rows = [[number, 'say "hi", then\nleave', None] for number in range(3)]
    rows.append([Decimal("-5.00"), True, "x"])
    text = "".join(csv_lines(["n", "words", "more"], rows))
    read = list(csv.reader(io.StringIO(text.removeprefix("\N{BYTE ORDER MARK}"))))
    assert read[0] == ["n", "words", "more"]
    assert read[1] == ["0", 'say "hi", then\nleave', ""]
    assert read[-1] == ["-5.00", "yes", "x"]
