"""What an import did, counted, with what was wrong and where."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from erp.channels.reading import Problem

MOST_KEPT = 1_000  # problems of one import kept in full; the others are counted
OnProgress = Callable[[int, int | None], None]  # rows done, rows in all


def silent(_rows_done: int, _rows_total: int | None) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Report:
    what: str  # suppliers, offers or orders
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, verdict: str) -> None:
        """One more `created`, `updated`, `unchanged` or `refused`."""
        setattr(self, verdict, getattr(self, verdict) + 1)

    def refuse(self, problems: Iterable[Problem]) -> None:
        """One more refused, for these reasons."""
        self.refused += 1
        self.complain(problems)

    def complain(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.problem_count += 1
            if len(self.problems) < MOST_KEPT:
                self.problems.append(problem)

    @property
    def changed_nothing(self) -> bool:
        return self.created == self.updated == 0

    def in_words(self, seconds: float) -> str:
        """One line: 2,949 orders created, … in 3,048 rows and 1.2 s."""
        counts = (
            f"{self.created:,} created, {self.updated:,} updated, "
            f"{self.unchanged:,} unchanged, {self.refused:,} refused"
        )
        source = f"from {self.rows:,} rows in {seconds:.1f} s"
        nothing = "; nothing was changed" if self.changed_nothing else ""
        return f"{self.what}: {counts}, {source}{nothing}"
