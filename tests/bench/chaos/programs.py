"""Our processes, killed without a word and started again."""

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.bench.processes import ERP, PATIENCE, ROOT, NotHere, Running

LAST_WORDS = 3_000  # characters of a log


class Programs:
    """`erp serve` and any number of `erp worker`, by name."""

    def __init__(
        self, data: Path, port: int, workers: int, environment: Mapping[str, str]
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {**os.environ, **environment}
        self._logs = data.parent
        at = ("--data", str(data))
        self._commands = {"serve": ("serve", *at, "--port", str(port))}
        for number in range(workers):
            self._commands[f"worker-{number + 1}"] = ("worker", *at)
        self._running: dict[str, Running] = {}

    @property
    def names(self) -> list[str]:
        return list(self._commands)

    def start(self, name: str) -> None:
        """Returns with its first words."""
        began = time.perf_counter()
        with self._log(name).open("a", encoding="utf-8") as stderr:
            process = subprocess.Popen(
                [*ERP, *self._commands[name]],
                cwd=ROOT,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        assert process.stdout is not None
        self._running[name] = Running(process, self.url, 0.0)
        said = process.stdout.readline()
        assert said, f"{name} did not start: {self.last_words(name)}"
        self._running[name].listened_after = time.perf_counter() - began

    def kill(self, name: str) -> None:
        self._running[name].process.kill()
        self._bury(name)

    def end(self) -> None:
        """Ask all to end; they are gone afterwards."""
        for running in self._running.values():
            running.process.terminate()
        for name in list(self._running):
            try:
                self._running[name].process.wait(PATIENCE)
            finally:
                self.kill(name)

    def worked(self, name: str) -> float:
        """Seconds of processor time so far; by the clock where nobody tells them."""
        try:
            return self._running[name].cpu_seconds()
        except NotHere:
            return time.monotonic()

    def check(self) -> None:
        """None may have ended by itself."""
        for name, running in self._running.items():
            ended = running.process.poll()
            assert ended is None, f"{name}: {ended}. {self.last_words(name)}"

    def failed_jobs(self) -> list[str]:
        """What their logs say of them; the store forgets old runs."""
        lines = (
            line
            for name in self._commands
            for line in self._log(name).read_text("utf-8").splitlines()
        )
        return [line for line in lines if "job failed" in line]

    def last_words(self, name: str) -> str:
        return self._log(name).read_text("utf-8")[-LAST_WORDS:]

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _bury(self, name: str) -> None:
        running = self._running.pop(name)
        running.process.wait()
        assert running.process.stdout is not None
        running.process.stdout.close()
