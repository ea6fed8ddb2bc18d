"""`python -m suppliers.sandbox FOLDER --port PORT` runs a sandbox."""

import argparse
import signal
import sys
from pathlib import Path

from suppliers.sandbox.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox", description="Run a supplier.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    told = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve(told.folder, told.port, told.host)


if __name__ == "__main__":
    main()
