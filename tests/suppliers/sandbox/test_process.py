"""A sandbox in a process of its own leaves nothing behind."""

import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.conftest import ROOT

PATIENCE_SECONDS = 30.0
STARTS_ONE = (
    "import sys, time; from pathlib import Path;"
    "from suppliers.sandbox.process import start;"
    "print(start(Path(sys.argv[1])).url, flush=True); time.sleep(600)"
)


def test_it_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    url = owner.stdout.readline().strip()
    assert is_there(url)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    until = time.monotonic() + PATIENCE_SECONDS
    while is_there(url) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_there(url)


def is_there(url: str) -> bool:
    try:
        return httpx.get(f"{url}/control/health", timeout=5).is_success
    except httpx.TransportError:
        return False
