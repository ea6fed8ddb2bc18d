"""For WSGI servers that make their own processes: `erp.wsgi:create()`."""

from pathlib import Path

from flask import Flask

from config.logging import set_up
from config.settings import load
from erp.bootstrap import assemble
from erp.web.app import create_app


def create(data: str | None = None) -> Flask:
    """The web application over its own parts; the scheduler runs in `erp worker`."""
    settings = load(Path(data) if data else None)
    set_up(settings.logging.level)
    return create_app(assemble(settings))
