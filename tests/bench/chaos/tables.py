"""What a chaos run has come to, in words and tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.chaos.audit import Ended, Fate, Verdict

COLUMNS = (Fate.ONCE, Fate.WAITS_THERE, Fate.WAITS, Fate.TWICE, Fate.LOST)
HEAD = (
    *("supplier", "duplicates", "purchase orders", "calls"),
    *(each.value for each in COLUMNS),
)


@dataclass(frozen=True)
class Report:
    """A run and its verdict."""

    database: str
    processes: int
    seed: int
    seconds: float
    kills: int
    idle_kills: int  # of them, while no call was seen to be under way
    falls: int
    troubles: Mapping[str, int]
    repeats: int  # by the supplier that pulls
    failed_jobs: Sequence[str]
    verdict: Verdict

    def __str__(self) -> str:
        return "\n".join([*self._head(), "", *self._table(), "", *self._faults()])

    def _head(self) -> Iterator[str]:
        found = self.verdict
        orders = sum(len(each.fates) for each in found.ended)
        yield (
            f"{self.database}, {self.processes} of our processes: {orders} purchase "
            f"orders, {self.kills} kills, seed {self.seed}, {self.seconds:.0f} s"
        )
        yield (
            f"- {found.attempts} attempts, {found.cut_off} of them cut off by a kill; "
            f"{self.idle_kills} kills while no call was seen under way"
        )
        met = ", ".join(f"{kind} {n}" for kind, n in sorted(self.troubles.items()))
        yield f"- troubles that calls ran into: {met}"
        yield (
            f"- {self.falls} kills of suppliers' servers; {self.repeats} "
            "acknowledgements that the pulling supplier repeated"
        )
        yield f"- runs of jobs that failed: {len(self.failed_jobs)}"
        yield from (f"    {each[:200]}" for each in self.failed_jobs)

    def _table(self) -> Iterator[str]:
        yield _row(HEAD)
        yield _row(["---", "---", *["--:"] * (len(HEAD) - 2)])
        for each in self.verdict.ended:
            yield _row([each.trader.way, each.duplicates.value, *_counts([each])])
        yield _row(["all", "", *_counts(self.verdict.ended)])

    def _faults(self) -> Iterator[str]:
        faults = self.verdict.faults
        yield f"{len(faults)} faults" if faults else "No fault."
        yield from (f"- {each}" for each in faults)


def _counts(ended: Sequence[Ended]) -> list[str]:
    figures = [
        sum(len(each.fates) for each in ended),
        sum(each.calls for each in ended),
        *(sum(each.count(fate) for each in ended) for fate in COLUMNS),
    ]
    return [f"{figure:,}" for figure in figures]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
