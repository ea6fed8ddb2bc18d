"""One line per event on standard error: moment, level, where, event and its facts."""

import logging
import sys


def set_up(level: str) -> None:
    """Log to standard error at a level; the chatter of libraries stays at WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)-7s %(name)s %(message)s")
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "httpcore", "apscheduler", "waitress.queue", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
