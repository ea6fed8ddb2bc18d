"""A call with an Idempotency-Key: done once, and its first answer given again."""

import re
from collections.abc import Callable
from datetime import datetime

from flask import Response, request
from sqlmodel import Session

from erp.accounts.idempotency import (
    Answered,
    Claim,
    ClaimLost,
    InFlight,
    OtherRequest,
    claim,
    fingerprint,
    record,
    release,
)
from erp.accounts.tokens import Bearer
from erp.web.api.problems import problem
from erp.web.frame.context import erp

KEY = re.compile(r"[!-~]{1,255}")  # visible ASCII, as the column is long
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body get the first answer again, for a week.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "pattern": "^[!-~]+$",
    },
}

# What to do with a body; it keeps its answer with `keep`, in its own transaction.
Work = Callable[[bytes, Claim | None, datetime], Response]
Answer = Callable[[int, bytes], Response]  # a status and what was said, said again


def done_once(bearer: Bearer, work: Work, answer: Answer) -> Response:
    """Do what a JSON request asks for; with a key, only the first time."""
    if request.mimetype != "application/json":
        return problem(415, "send application/json")
    key = request.headers.get("Idempotency-Key")
    body = request.get_data(cache=False)
    now = erp().clock()
    if key is None:
        return work(body, None, now)
    if not KEY.fullmatch(key):
        return problem(400, "Idempotency-Key must be 1 to 255 visible ASCII characters")
    seen = fingerprint(request.method, request.path, body)
    match claim(erp().sessions, bearer.token_id, key, seen, now):
        case Claim() as mine:
            return _work_once(work, body, mine, now)
        case Answered(status, said):
            again = answer(status, said)
            again.headers["Idempotent-Replay"] = "true"
            return again
        case OtherRequest():
            return problem(422, "this Idempotency-Key belongs to another request")
        case InFlight(until):
            return _busy(until, now)


def keep(db: Session, mine: Claim | None, status: int, answer: bytes) -> None:
    """Keep an answer for its key, if there is one, with the work it tells of."""
    if mine is not None:
        record(db, mine, status, answer)


def kept_refusal(refusal: Response, mine: Claim | None) -> Response:
    """A refusal is an answer, too: the same key gets it again."""
    if mine is not None:
        with erp().sessions.writing() as db:
            record(db, mine, refusal.status_code, refusal.get_data())
    return refusal


def _work_once(work: Work, body: bytes, mine: Claim, now: datetime) -> Response:
    try:
        return work(body, mine, now)
    except ClaimLost:
        return _busy(now, now)
    except Exception:
        with erp().sessions.writing() as db:
            release(db, mine)
        raise


def _busy(until: datetime, now: datetime) -> Response:
    answer = problem(409, "a request with this key is being worked on; ask again")
    seconds = max(int((until - now).total_seconds()), 1)
    answer.headers["Retry-After"] = str(seconds)
    return answer
