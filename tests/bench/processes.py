"""Our processes, watched from outside: processor time and memory by /proc."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds for a start or an end; far beyond what is measured
ERP = (sys.executable, "-m", "erp.command")
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class NotHere(Exception):
    """What a figure needs and this machine has not, in words."""


@dataclass
class Running:
    """A process of ours and where it listens."""

    process: subprocess.Popen[str]
    url: str
    listened_after: float  # seconds from its start

    def cpu_seconds(self) -> float:
        """Processor time so far, user and system."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self) -> float:
        """Resident memory."""
        for line in self._proc("status").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise NotHere("the memory of a process cannot be read here")

    def _proc(self, name: str) -> str:
        path = Path(f"/proc/{self.process.pid}/{name}")
        if not path.exists():
            raise NotHere("there is no /proc here: processor time cannot be read")
        return path.read_text("utf-8")


@contextmanager
def erp(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """`erp …` from its start until it says where it listens, ended afterwards."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [*ERP, *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        after = time.perf_counter() - began
        if "http" not in said:
            raise NotHere(f"`erp {' '.join(arguments)}` did not start: {said!r}")
        yield Running(process, said.split()[-1].strip(), after)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def first_answer(running: Running, path: str, began: float) -> float:
    """Seconds from `began` until this page was answered."""
    address = f"{running.url}{path}"
    answer = httpx.get(address, timeout=PATIENCE, follow_redirects=True)
    answer.raise_for_status()
    return time.perf_counter() - began


def compiled(folder: Path) -> dict[str, str]:
    """An environment in which modules are compiled once, as an installer does it."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder)}
