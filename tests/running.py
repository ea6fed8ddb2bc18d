"""`erp serve` and its like as an operator starts them; each ends by its own handle."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import ROOT

ERP = (sys.executable, "-m", "erp.command")
PATIENCE_SECONDS = 60.0  # a loaded machine; nothing here is measured
PAUSE_SECONDS = 0.05
# A store that does at once what it does in seconds or minutes otherwise.
QUICKLY = {
    "ERP_JOBS_CHECK_ORDERS": "1",
    "ERP_JOBS_ROUTE_ORDERS": "1",
    "ERP_JOBS_FORWARD_PURCHASES": "1",
    "ERP_JOBS_RECONCILE_PURCHASES": "1",
    "ERP_JOBS_CANCEL_PURCHASES": "1",
    "ERP_JOBS_TRACK_PURCHASES": "1",
    "ERP_JOBS_SEND_MAIL": "1",
    "ERP_TRACKING_POLL_SECONDS": "1",
}


@dataclass(frozen=True)
class Program:
    """A running `erp …`, where it answers, and the file with what it said of itself."""

    process: subprocess.Popen[str]
    first_words: str
    log: Path

    @property
    def url(self) -> str:
        return self.first_words.split()[-1]

    def logged(self) -> str:
        return self.log.read_text("utf-8")

    def client(self, **given: Any) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, trust_env=False, timeout=PATIENCE_SECONDS, **given
        )

    def end(self) -> int:
        """Ask it to end and wait; its exit status."""
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE_SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()


@contextmanager
def erp(
    command: str,
    data: Path,
    *arguments: str,
    before: Callable[[], None] | None = None,
    by: Sequence[str] = ERP,
    name: str = "",
    **environment: str,
) -> Iterator[Program]:
    """`erp COMMAND --data DATA …`, from its first words until the block ends.

    `before` runs in the new process, before anything of ours does; `name` tells two of
    a kind apart.
    """
    log = data.parent / f"{data.name}-{name or command}.log"
    with log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            [*by, command, "--data", str(data), *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            preexec_fn=before,
        )
    assert process.stdout is not None
    program = Program(process, process.stdout.readline().strip(), log)
    try:
        assert program.first_words, program.logged()
        yield program
    finally:
        program.end()


@contextmanager
def serving(
    data: Path, before: Callable[[], None] | None = None, **environment: str
) -> Iterator[Program]:
    """`erp serve` on a free port, once it says that it is well."""
    with erp("serve", data, "--port", "0", before=before, **environment) as program:
        with program.client() as client:
            until(lambda: client.get("/healthz").status_code == 200, program.logged)
        yield program


def until(is_so: Callable[[], Any], told: Callable[[], Any] = str) -> None:
    """Wait, within bounds, until another process has come so far."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < ends, f"waited too long. {told()}"
        time.sleep(PAUSE_SECONDS)
