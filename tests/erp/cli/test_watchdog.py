"""A program whose scheduler is dead ends, so that whoever watches starts it anew."""

import subprocess
import sys

import pytest

from erp.cli.serving import DIED
from tests.conftest import ROOT

LONGEST_SECONDS = 30
# The first heartbeat is a real one, the second never comes back.
HUNG = """
import threading
from erp import worker

worker.HEARTBEAT_SECONDS, worker.LONGEST_SILENCE = 1, 2.0
beat = worker.Worker._beat


def hang(self):
    worker.Worker._beat = lambda self: threading.Event().wait()
    beat(self)


worker.Worker._beat = hang
from erp.command import main

main()
"""


@pytest.mark.parametrize("command", [["worker"], ["serve", "--port", "0"]])
def test_a_heart_that_hangs_ends_the_program(tmp_path, command):
    ended = subprocess.run(
        [sys.executable, "-c", HUNG, *command, "--data", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
    )

    assert ended.returncode == DIED, ended.stderr
    assert "scheduler's thread is dead" in ended.stderr
