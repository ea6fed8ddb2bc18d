"""Files for spreadsheets are read back as they were written."""

import csv
import io
from decimal import Decimal

from erp.channels.csv_export import csv_lines


def test_a_file_is_read_back_whole():
    rows = [[number, 'say "hi", then\nleave', None] for number in range(3)]
    rows.append([Decimal("-5.00"), True, "x"])
    text = "".join(csv_lines(["n", "words", "more"], rows))
    read = list(csv.reader(io.StringIO(text.removeprefix("\N{BYTE ORDER MARK}"))))
    assert read[0] == ["n", "words", "more"]
    assert read[1] == ["0", 'say "hi", then\nleave', ""]
    assert read[-1] == ["-5.00", "yes", "x"]
