"""Has the past of a new demo made up, by another process, beside running suppliers."""

import subprocess
import sys
from pathlib import Path

from config.options import Settings
from erp.demo.past import Progress
from erp.demo.place import Place
from suppliers.sandbox.process import SandboxProcess, start

CODE = Path(__file__).parents[2]  # where `erp` is found without installing


class NotFilled(Exception):
    """The past could not be made up; what went wrong was said on stderr."""


def fill(settings: Settings, days: int, tell: Progress) -> SandboxProcess:
    """Fill the data folder; its suppliers go on running, for the store to meet them.

    Raises NotFilled if that fails; then the next start begins anew.
    """
    sandbox = start(Place(settings.data).sandbox)
    try:
        _live_through(settings, sandbox.url, days, tell)
    except BaseException:
        sandbox.stop()
        raise
    return sandbox


def _live_through(
    settings: Settings, sandbox_url: str, days: int, tell: Progress
) -> None:
    told = [str(settings.data), str(settings.server.port), sandbox_url, str(days)]
    with subprocess.Popen(
        [sys.executable, "-m", "erp.demo", *told],
        cwd=CODE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                done, total = line.split()
                tell(int(done), int(total))
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise NotFilled(f"the demo was not filled, status {process.returncode}")
