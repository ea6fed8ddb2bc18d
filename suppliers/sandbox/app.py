"""The sandbox as a WSGI application."""

from collections.abc import Callable

from flask import Flask

from suppliers.sandbox import api, control, pages
from suppliers.sandbox.books import Books
from suppliers.sandbox.clock import SandboxClock
from suppliers.sandbox.desk import Desk
from suppliers.sandbox.wires import bigbuy, csvfeed, envelope, flat, printful

LARGEST_REQUEST_BYTES = 64 * 1024 * 1024  # a script for tens of thousands of orders


def create_app(
    books: Books,
    clock: SandboxClock,
    *,
    restart: Callable[[float], None] | None = None,
) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    app.extensions["sandbox"] = Desk(books, clock, restart)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(control.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(csvfeed.blueprint)
    app.register_blueprint(printful.blueprint)
    app.register_blueprint(bigbuy.blueprint)
    app.register_blueprint(envelope.blueprint)
    app.register_blueprint(flat.blueprint)
    return app
