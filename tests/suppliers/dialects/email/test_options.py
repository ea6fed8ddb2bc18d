"""What is declared wrongly is refused where it is typed, not when it is needed."""

from datetime import time

import pytest

from suppliers.dialects.email.options import Options
from suppliers.options import fitting

TO = ["orders@acme.test"]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "to"),
        ({"to": []}, "to"),
        ({"to": ["not an address"]}, "to.0"),
        ({"to": ["a@b.test\r\nBcc: x@y.test"]}, "to.0"),
        ({"to": TO, "language": "xx"}, "language"),
        ({"to": TO, "batch_at": "25:00"}, "batch_at"),
        ({"to": TO, "time_zone": "Mars/Base"}, "time_zone"),
        ({"to": TO, "mailbox": {}}, "mailbox.user"),
        ({"to": TO, "mailbox": {"user": "a\r\nb"}}, "mailbox.user"),
        ({"to": TO, "tracking": [{"pattern": "("}]}, "tracking.0.pattern"),
        ({"to": TO, "tracking": [{"pattern": "x"}]}, "tracking.0.pattern"),
        (
            {"to": TO, "tracking": [{"pattern": "(?P<tracking>x)(?P<odd>y)"}]},
            "tracking.0.pattern",
        ),
        (
            {"to": TO, "tracking": [{"pattern": "(?P<tracking>x)(?P<sku>y)"}]},
            "tracking.0.pattern",
        ),
        ({"to": TO, "answers": [{"pattern": "x", "status": "accepted"}]}, "options"),
        ({"to": TO, "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_named(options, field):
    with pytest.raises(ValueError, match=rf"(^|; ){field}: "):
        fitting(Options, options)


def test_an_address_is_enough():
    options = fitting(Options, {"to": TO})

    assert options.batch_times == ()
    assert options.mailbox is None


def test_batch_times_are_sorted():
    options = fitting(Options, {"to": TO, "batch_at": "15:30 09:00"})

    assert options.batch_times == (time(9), time(15, 30))
