"""The sandbox's clock: the real one, or one that is moved by hand and stands still."""

from collections.abc import Callable
from datetime import datetime

from suppliers.sandbox.books import Books, stamp


class SandboxClock:
    """Call it for the moment; a moved clock is kept in the books over a restart."""

    def __init__(self, books: Books, real: Callable[[], datetime]) -> None:
        self._books = books
        self._real = real
        with books.reading() as connection:
            row = connection.execute(
                "SELECT value FROM meta WHERE name = 'clock'"
            ).fetchone()
        self._moved = None if row is None else datetime.fromisoformat(row[0])

    def __call__(self) -> datetime:
        moved = self._moved  # once: another thread may set it free
        return self._real() if moved is None else moved

    @property
    def is_moved(self) -> bool:
        return self._moved is not None

    def move(self, now: datetime | None) -> None:
        """Stand still at this moment; None lets it run again."""
        with self._books.writing() as connection:
            connection.execute("DELETE FROM meta WHERE name = 'clock'")
            if now is not None:
                connection.execute(
                    "INSERT INTO meta VALUES ('clock', ?)", (stamp(now),)
                )
        self._moved = now
