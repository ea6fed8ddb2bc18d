"""How long a start takes, and how much memory it holds."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measured import Measured
from tests.bench.processes import ROOT, compiled, erp, first_answer

ROUNDS = 7
SIGN_IN = "/sign-in"  # leads to the set-up while there is no account
LIBRARIES = (
    "import apscheduler.schedulers.background, argon2, click, cryptography.fernet, "
    "flask_babel, flask_openapi3, httpx, sqlmodel, waitress"
)


def measure(folder: Path) -> Iterator[Measured]:
    environment = compiled(folder / "bytecode")
    fresh = [_start(folder / f"fresh-{n}", environment) for n in range(3)]
    pairs = [
        (_start(folder / "fresh-0", environment), _libraries(environment))
        for _ in range(ROUNDS)
    ]
    again, floor = zip(*pairs, strict=True)
    uncompiled = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/nowhere"}
    slow = [_start(folder / "fresh-0", uncompiled) for _ in range(3)]
    yield Measured(
        "cold start to the first page",
        "s",
        [seconds for seconds, _, _ in again],
        limit=1.5,
        floor=floor,
        notes=["a new process over an existing schema; floor: importing the libraries"],
    )
    yield Measured(
        "its processor time", "s", [cpu for _, cpu, _ in again], notes=["of the above"]
    )
    yield Measured(
        "first start of all",
        "s",
        [seconds for seconds, _, _ in fresh[1:]],
        notes=["makes the schema and the keys"],
    )
    yield Measured(
        "cold start without bytecode",
        "s",
        [seconds for seconds, _, _ in slow],
        notes=["Python told to keep none (PYTHONDONTWRITEBYTECODE): it compiles all"],
    )
    yield Measured(
        "memory after the first page", "MB", [mb for _, _, mb in again], limit=150
    )


def _start(data: Path, environment: dict[str, str]) -> tuple[float, float, float]:
    """(seconds to the first page, processor seconds, resident MB)."""
    began = time.perf_counter()
    with erp(
        "serve", "--data", str(data), "--port", "0", environment=environment
    ) as it:
        seconds = first_answer(it, SIGN_IN, began)
        return seconds, it.cpu_seconds(), it.memory_mb()


def _libraries(environment: dict[str, str]) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-c", LIBRARIES]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)
    return time.perf_counter() - began
