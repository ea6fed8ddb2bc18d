"""When orders that wait for each other leave together. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_BACK = 2  # a day whose clocks were put forward may lack the moment


def last_departure(times: Sequence[time], zone: str, now: datetime) -> datetime | None:
    """The latest of these times of day that has come, in their zone."""
    local = now.astimezone(ZoneInfo(zone))
    moments = (
        datetime.combine(local.date() - timedelta(days=back), each, ZoneInfo(zone))
        for back in range(DAYS_BACK)
        for each in times
    )
    passed = [moment.astimezone(UTC) for moment in moments]
    return max((moment for moment in passed if moment <= now), default=None)
