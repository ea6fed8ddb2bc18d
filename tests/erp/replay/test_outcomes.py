"""Recorded outcomes become scripts that the sandbox can act out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from erp.replay.errors import ReplayError
from erp.replay.outcomes import Outcome, read_outcomes

HEADER = (
    "order_name,supplier_code,acknowledged_at,ship_by,shipped_at,delivered_at,"
    "promised_delivery_at,status,review_score"
)


def day(number: int) -> datetime:
    return datetime(2017, 3, number, 12, tzinfo=UTC)


def an_outcome(status: str = "delivered", **moments: datetime | None) -> Outcome:
    usual = {
        "acknowledged_at": day(1),
        "ship_by": day(4),
        "shipped_at": day(2),
        "delivered_at": day(9),
        "promised_delivery_at": day(20),
    }
    return Outcome(
        line=2, order_name="#1", supplier="S1", status=status, **(usual | moments)
    )


def read(folder: Path, *lines: str) -> tuple[Outcome, ...]:
    path = folder / "outcomes.csv"
    path.write_text("\n".join((HEADER, *lines)), encoding="utf-8")
    return read_outcomes(path)


def test_a_script_says_when_everything_happens() -> None:
    script = an_outcome().script()
    assert (script.acknowledged_at, script.shipped_at) == (day(1), day(2))
    assert (script.delivered_at, script.deliver_by) == (day(9), day(20))
    assert script.cancelled_at is None


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ({"shipped_at": None, "delivered_at": None}, day(4)),
        ({}, day(2)),
        ({"shipped_at": day(1), "delivered_at": None}, day(4)),
    ],
    ids=["ship-by passes", "instead of shipping", "not before it was acknowledged"],
)
@pytest.mark.parametrize("status", ["canceled", "unavailable"])
def test_a_supplier_cancels_at_the_first_moment_after_its_acknowledgement(
    status: str, moments: dict[str, datetime | None], expected: datetime
) -> None:
    script = an_outcome(status, **moments).script()
    assert script.cancelled_at == expected
    assert (script.shipped_at, script.delivered_at) == (None, None)


def test_a_cancellation_of_which_nothing_else_is_known_comes_with_the_answer() -> None:
    unknown = dict.fromkeys(
        ("ship_by", "shipped_at", "delivered_at", "promised_delivery_at")
    )
    assert an_outcome("canceled", **unknown).cancelled_at == day(1)


def test_news_of_a_cancelled_purchase_order_are_its_answer_and_its_end() -> None:
    assert an_outcome("canceled").news == (day(1), day(2))
    assert an_outcome().news == (day(1), day(2), day(9))


def test_moments_are_read_with_their_offset(tmp_path: Path) -> None:
    (found,) = read(
        tmp_path,
        "#1,S1,2017-03-01 12:00:00 +0000,2017-03-04 09:00:00 -0300,,,,Shipped,5",
    )
    assert found.acknowledged_at == day(1)
    assert found.ship_by == day(4)
    assert found.shipped_at is None
    assert found.status == "shipped"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("#1,S1,yesterday,,,,,shipped,", "line 2, acknowledged_at: 'yesterday'"),
        ("#1,S1,2017-03-01 12:00:00,,,,,shipped,", "line 2, acknowledged_at"),
        ("#1,,,,,,,shipped,", "line 2, supplier_code: is empty"),
        ("#1,S1", "line 2: has 2 columns instead of 9"),
    ],
    ids=["no moment", "no offset", "no supplier", "cut off"],
)
def test_a_bad_row_is_named_with_its_column(
    tmp_path: Path, line: str, complaint: str
) -> None:
    with pytest.raises(ReplayError) as raised:
        read(tmp_path, line)
    assert complaint in str(raised.value)


def test_two_outcomes_of_one_purchase_order_contradict_each_other(
    tmp_path: Path,
) -> None:
    with pytest.raises(ReplayError, match=r"line 3, order_name: .* line 2 already"):
        read(tmp_path, "#1,S1,,,,,,shipped,", "#1,S1,,,,,,delivered,")
