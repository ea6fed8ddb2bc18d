"""A small run of `python3 dev.py bench chaos`: every kind of supplier, all at once."""

from pathlib import Path

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus
from tests.bench.chaos.audit import Fate, fate_of
from tests.bench.chaos.running import run
from tests.bench.chaos.stage import Scale

SMALL = Scale(
    purchase_orders=60,
    kills=4,
    falls=1,
    places=2,
    gathered=False,
    patience=180.0,
)
S = PurchaseStatus


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_whatever_is_killed_no_order_is_lost_and_none_is_sent_twice(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if database != "sqlite" else ""

    report = run(tmp_path, SMALL, url)

    assert report.processes == (3 if url else 1)
    assert sum(len(each.fates) for each in report.verdict.ended) == 60
    assert report.idle_kills < SMALL.kills, "no kill hit while a call was under way"
    assert report.verdict.faults == [], str(report)
    assert report.failed_jobs == [], str(report)


@pytest.mark.parametrize(
    ("times", "status", "can_tell", "fate"),
    [
        (1, S.ACCEPTED, True, Fate.ONCE),
        (2, S.ACCEPTED, True, Fate.TWICE),
        (2, S.UNKNOWN, False, Fate.TWICE),
        (0, S.SENT, False, Fate.LOST),
        (0, S.REJECTED, True, Fate.LOST),
        (1, S.REJECTED, True, Fate.DISOWNED),
        (1, S.QUEUED, True, Fate.DISOWNED),
        (0, S.UNKNOWN, False, Fate.WAITS),
        (1, S.NEEDS_ATTENTION, False, Fate.WAITS_THERE),
        (1, S.NEEDS_ATTENTION, True, Fate.STUCK),
    ],
)
def test_the_audit_tells_what_was_promised_from_what_was_not(
    times: int, status: PurchaseStatus, can_tell: bool, fate: Fate
) -> None:
    assert fate_of(times, status, can_tell=can_tell) is fate
