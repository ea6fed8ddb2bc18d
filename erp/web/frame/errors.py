"""Errors: a page with plain words, or problem+json where a program is asking."""

import logging

from flask import Flask, Response, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from erp.web.api.problems import problem
from erp.web.frame.security import Forged
from erp.web.frame.words import _

log = logging.getLogger(__name__)

FOR_PROGRAMS = ("/api/", "/supplier/")
# What SQLite calls a full or broken disk, and a database that others keep busy.
OUT_OF_ORDER = (
    *("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_BUSY"),
    *("SQLITE_CANTOPEN", "SQLITE_READONLY"),
)


def set_up(app: Flask) -> None:
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(Forged, show_forged)
    app.register_error_handler(OperationalError, show_out_of_order)
    app.register_error_handler(Exception, show_failure)


def show(error: HTTPException) -> Response:
    """The answer to a request that cannot be served."""
    return _answer(error.code or 500, error)


def show_forged(_error: Forged) -> Response:
    return _page(403, _("This form is no longer valid"), _forged_words())


def show_out_of_order(error: OperationalError) -> Response:
    """The database cannot be used just now: nothing of the request was kept."""
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None and not name.startswith(OUT_OF_ORDER):
        return show_failure(error)
    log.error("no database path=%s: %s", request.path, error.orig)
    if request.path.startswith(FOR_PROGRAMS):
        words = "the database could not be written or read; nothing was kept"
        return problem(503, words)
    return _page(503, *_words(503))


def show_failure(error: Exception) -> Response:
    """A bug of ours; the log has the details, the reader an apology."""
    log.error("failed method=%s path=%s", request.method, request.path, exc_info=error)
    return _answer(500, None)


def _answer(status: int, error: HTTPException | None) -> Response:
    if request.path.startswith(FOR_PROGRAMS):
        answer = problem(status, (error.description if error else "") or "")
    else:
        answer = _page(status, *_words(status))
    if error is not None:
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
                answer.headers[name] = value
    return answer


def _page(status: int, title: str, words: str) -> Response:
    page = render_template("error.html", status=status, title=title, words=words)
    return Response(page, status)


def _forged_words() -> str:
    return _(
        "For your safety nothing was changed: the form did not carry the proof that "
        "one of our pages made it. This happens after signing in or out in another "
        "tab. Go back, reload the page and try again."
    )


def _words(status: int) -> tuple[str, str]:
    match status:
        case 403:
            return (
                _("Not allowed"),
                _("Your role does not allow this. An owner can change your role."),
            )
        case 404:
            return (
                _("Not found"),
                _("There is no such page, or it is gone. Check the address."),
            )
        case 405:
            return _("Not possible"), _("This address cannot be used in this way.")
        case 413:
            return _("Too large"), _("What was sent is larger than the limit.")
        case code if code < 500:
            return _("Not understood"), _("The request could not be understood.")
    return (
        _("Something went wrong"),
        _("It is our fault and has been logged. Nothing was half done: try again."),
    )
