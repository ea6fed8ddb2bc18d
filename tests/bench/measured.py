"""A measured figure: its rounds, its floor of the same run, and whether it holds."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measured:
    """What one figure came to. `floor` is the least the same work could cost."""

    name: str
    unit: str
    rounds: Sequence[float]
    limit: float | None = None
    floor: Sequence[float] = ()
    more_is_better: bool = False
    notes: Sequence[str] = field(default=())

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        share = self.limit / self.median if self.more_is_better else self.at_limit
        if share <= 1:
            return "reached"
        return f"**missed by {100 * (share - 1):.0f} %**"

    @property
    def at_limit(self) -> float:
        return self.median / (self.limit or 1)

    @property
    def ratio(self) -> str:
        if not self.floor:
            return ""
        floor = statistics.median(self.floor)
        times = floor / self.median if self.more_is_better else self.median / floor
        return f"{times:.1f}"


HEAD = "| figure | limit | median | lowest - highest | rounds | floor | times floor | |"


def table(found: Sequence[Measured]) -> str:
    """The figures as a table, with what is to be said about each below."""
    rows = [HEAD, "|---|--:|--:|--:|--:|--:|--:|---|", *map(_row, found)]
    notes = [f"- {each.name}: {note}" for each in found for note in each.notes]
    return "\n".join([*rows, "", *notes]).rstrip()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _row(each: Measured) -> str:
    cells = (
        each.name,
        "" if each.limit is None else _said(each.limit, each.unit),
        _said(each.median, each.unit),
        f"{_number(min(each.rounds))} - {_number(max(each.rounds))}",
        str(len(each.rounds)),
        _said(statistics.median(each.floor), each.unit) if each.floor else "",
        each.ratio,
        each.verdict,
    )
    return f"| {' | '.join(cells)} |"


def _said(value: float, unit: str) -> str:
    return f"{_number(value)} {unit}"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
