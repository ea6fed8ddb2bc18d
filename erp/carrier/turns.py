"""One run of a step at a time in a process."""

import threading
from collections.abc import Callable
from itertools import count


class Turns:
    """Whoever comes while a step runs leaves word, and it is run once more.

    A thousand jobs for the same step are so a few runs of it: a step does all that is
    due. Should the process die in a run, its job is another's, who does all of it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[str] = set()
        self._again: set[str] = set()

    def take(self, step: str, run: Callable[[int], None]) -> None:
        """Run, or leave word to the one who does; `run` is told how often it was."""
        if not self._begin(step):
            return
        try:
            for times in count():
                run(times)
                if self._is_over(step):
                    return
        except BaseException:
            self._forget(step)
            raise

    def _begin(self, step: str) -> bool:
        with self._lock:
            if step in self._running:
                self._again.add(step)
                return False
            self._running.add(step)
            return True

    def _is_over(self, step: str) -> bool:
        with self._lock:
            if step in self._again:
                self._again.discard(step)
                return False
            self._running.discard(step)
            return True

    def _forget(self, step: str) -> None:
        with self._lock:
            self._running.discard(step)
            self._again.discard(step)
