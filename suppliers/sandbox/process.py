"""A sandbox in a process of its own, started and ended by its handle."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

CODE = Path(__file__).parents[2]  # where `suppliers` is found without installing
PATIENCE_SECONDS = 10.0  # for a process that was asked to end


@dataclass(frozen=True, slots=True)
class SandboxProcess:
    """A running sandbox. As a context manager it ends with the block."""

    url: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def stop(self) -> None:
        """Ask it to end, and insist if it does not."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._bury()

    def kill(self) -> None:
        """End it at once, in the middle of whatever it is doing."""
        self.process.kill()
        self._bury()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _bury(self) -> None:
        self.process.wait()
        _let_go(self.process)


def start(folder: Path, port: int = 0) -> SandboxProcess:
    """Start a sandbox with its books in this folder; returns once it listens.

    It ends with this process, however this process ends.
    """
    command = [sys.executable, "-m", "suppliers.sandbox", str(folder.resolve())]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--until-stdin-closes"],
        cwd=CODE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline().split()
    if len(said) != 2:
        process.kill()
        process.wait()
        _let_go(process)
        raise OSError(f"the sandbox did not start in {folder}")
    return SandboxProcess(said[1], process)


def _let_go(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
