"""What a customer typed must not run when somebody opens the file."""

import csv
import io

import pytest

from erp.channels.csv_export import CHUNK_ROWS, csv_pieces, safe_cell

DANGEROUS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "|cmd", "＝1"]  # noqa: RUF001 - a wide sign is meant


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_becomes_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ada", "#1001", "-5.00", "+3", "1e5", "a=b"])
def test_plain_texts_and_numbers_stay_as_they_are(text):
    assert safe_cell(text) == text


def test_a_long_file_is_read_back_whole():
    rows = [[str(number), 'say "hi", then\nleave'] for number in range(CHUNK_ROWS + 1)]
    pieces = list(csv_pieces(["n", "words"], rows))
    text = "".join(pieces).removeprefix("\N{BYTE ORDER MARK}")
    assert len(pieces) == 2
    assert list(csv.reader(io.StringIO(text))) == [["n", "words"], *rows]
