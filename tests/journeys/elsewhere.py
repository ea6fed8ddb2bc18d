"""The real `erp` command on a machine whose clock is wrong.

python -m tests.journeys.elsewhere SECONDS worker --data FOLDER
"""

import sys
from datetime import datetime, timedelta, tzinfo
from typing import Self

from apscheduler.executors import base as executors
from apscheduler.schedulers import base as schedulers
from apscheduler.triggers import interval

from erp import bootstrap
from erp.command import main

ASK = (bootstrap, schedulers, executors, interval)  # whoever asks what time it is


def run(seconds: str, *command: str) -> None:
    off = timedelta(seconds=float(seconds))

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + off

    for module in ASK:
        module.datetime = Wrong
    sys.argv = ["erp", *command]
    main()


if __name__ == "__main__":
    run(*sys.argv[1:])
