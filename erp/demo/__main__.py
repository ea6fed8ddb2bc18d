"""`python -m erp.demo FOLDER PORT SANDBOX DAYS`: the past, made up and lived through.

In a process of its own, so that the store which opens afterwards has a small memory.
Says on stdout how far it is.
"""

import sys
from pathlib import Path

from config.logging import set_up
from config.settings import load
from erp.bootstrap import utc_now
from erp.demo.address import at_port
from erp.demo.seeding import seed


def main(folder: str, port: str, sandbox_url: str, days: str) -> None:
    settings = at_port(load(Path(folder)), int(port))
    set_up(settings.logging.level)
    seed(settings, sandbox_url, utc_now(), tell, days=int(days))


def tell(done: int, total: int) -> None:
    sys.stdout.write(f"{done} {total}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
