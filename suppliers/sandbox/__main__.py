"""`python -m suppliers.sandbox FOLDER --port PORT` runs a sandbox."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from suppliers.sandbox.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox", description="Run a supplier.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--until-stdin-closes", action="store_true")
    told = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if told.until_stdin_closes:
        threading.Thread(target=_end_with_whoever_started_it, daemon=True).start()
    serve(told.folder, told.port, told.host)


def _end_with_whoever_started_it() -> None:
    """Whatever ends that process, even a kill, closes its end of our stdin."""
    while os.read(0, 1):  # not sys.stdin: its lock would stop us from ending
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
