"""How the sandbox misbehaves when it is told to."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from flask import Response
from waitress.channel import ClientDisconnected

from suppliers.sandbox.answers import answer
from suppliers.sandbox.messages import Kind, On, Trouble, When

Take = Callable[[Trouble | None], Response]

SLOW_SECONDS = 1.0
HANG_SECONDS = 30.0  # longer than a patient client waits
NEVER_TAKEN = frozenset({Kind.RATE_LIMIT, Kind.REFUSE, Kind.DOWN, Kind.FALL_BACK})
ALWAYS_TAKEN = frozenset({Kind.SLOW, Kind.PART_ACCEPT, Kind.REJECT})
USUALLY_BEFORE = frozenset({Kind.FAIL})
STEERS_THE_PLAN = frozenset({Kind.PART_ACCEPT, Kind.REJECT})


@dataclass(slots=True)
class _Waiting:
    trouble: Trouble
    left: int | None
    until: datetime | None


@dataclass(slots=True)
class Mischief:
    """The troubles asked for and not yet made, oldest first; the made ones counted."""

    _waiting: list[_Waiting] = field(default_factory=list)
    _met: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, trouble: Trouble, now: datetime) -> int:
        lasts = trouble.kind is Kind.DOWN and trouble.seconds is not None
        until = now + timedelta(seconds=trouble.seconds or 0) if lasts else None
        with self._lock:
            left = None if lasts else trouble.times
            self._waiting.append(_Waiting(trouble, left, until))
            return len(self._waiting)

    def clear(self, supplier: str | None) -> int:
        """End one supplier's troubles, or everyone's."""
        with self._lock:
            self._waiting = [
                each
                for each in self._waiting
                if supplier is not None and each.trouble.supplier != supplier
            ]
            return len(self._waiting)

    def next(
        self, supplier: str, on: On, reference: str | None, now: datetime
    ) -> Trouble | None:
        """The trouble this call runs into, if any; it is used up by it."""
        if not self._waiting:
            return None
        with self._lock:
            self._waiting = [e for e in self._waiting if not _is_over(e, now)]
            for each in self._waiting:
                if _meets(each.trouble, supplier, on, reference):
                    if each.left is not None:
                        each.left -= 1
                    self._met[each.trouble.kind.value] += 1
                    return each.trouble
        return None

    def counted(self) -> tuple[int, dict[str, int]]:
        """How many troubles wait, and how many calls have run into each kind."""
        with self._lock:
            waiting = sum(each.left != 0 for each in self._waiting)
            return waiting, dict(self._met)


def meddle(trouble: Trouble | None, take: Take, now: datetime) -> Response:
    """Answer a call as this trouble has it; `take` does what was asked for."""
    if trouble is None or trouble.kind in STEERS_THE_PLAN:
        return take(trouble)
    if not is_taken(trouble):
        return _spoil(trouble, answer({}), now)
    if trouble.kind is Kind.SLOW and trouble.when is When.BEFORE:
        time.sleep(_seconds(trouble, SLOW_SECONDS))
        return take(None)
    return _spoil(trouble, take(None), now)


def is_taken(trouble: Trouble) -> bool:
    """Whether what was asked for is done all the same."""
    if trouble.kind in NEVER_TAKEN:
        return False
    if trouble.kind in ALWAYS_TAKEN:
        return True
    usual = When.BEFORE if trouble.kind in USUALLY_BEFORE else When.AFTER
    return (trouble.when or usual) is When.AFTER


def _is_over(each: _Waiting, now: datetime) -> bool:
    if each.until is not None:
        return now >= each.until
    return each.left is not None and each.left <= 0


def _meets(trouble: Trouble, supplier: str, on: On, reference: str | None) -> bool:
    meant = trouble.on or (On.ANY if trouble.kind is Kind.DOWN else On.SUBMIT)
    return (
        trouble.supplier in (None, supplier)
        and meant in (On.ANY, on)
        and trouble.reference in (None, reference)
    )


def _spoil(trouble: Trouble, right: Response, now: datetime) -> Response:
    match trouble.kind:
        case Kind.LOSE_ANSWER:
            return Response(_nothing(0.0))
        case Kind.HANG:
            return Response(_nothing(_seconds(trouble, HANG_SECONDS)))
        case Kind.SLOW:
            time.sleep(_seconds(trouble, SLOW_SECONDS))
            return right
        case Kind.GARBLE:
            return Response(right.get_data()[:-9] + b"\xff{", right.status_code)
        case Kind.REFUSE:
            return answer({"reason": trouble.reason, "note": "as told"}, 422)
        case Kind.SOFT_ERROR:
            return _soft_error(trouble)
        case _:
            return _turned_away(trouble, now)


def _soft_error(trouble: Trouble) -> Response:
    """All seems well but for what the body says."""
    words = {"code": trouble.status, "message": trouble.word or "Something went wrong"}
    if not trouble.is_raw:
        return answer(words)
    head = f"HTTP/1.0 {trouble.status} Internal Server Error\r\n"
    head += "Cache-Control: no-cache, private\r\nContent-Type:  application/json\r\n"
    return Response(f"{head}\r\n{json.dumps(words)}", 200, mimetype="application/json")


def _turned_away(trouble: Trouble, now: datetime) -> Response:
    statuses = {Kind.RATE_LIMIT: 429, Kind.DOWN: 503}
    response = answer({"note": "as told"}, statuses.get(trouble.kind, trouble.status))
    wait = trouble.retry_after
    if wait is None and trouble.kind is Kind.DOWN:
        wait = int(trouble.seconds or 1)
    if wait is not None:
        moment = now + timedelta(seconds=wait)
        said = format_datetime(moment, usegmt=True) if trouble.as_date else str(wait)
        response.headers["Retry-After"] = said
    return response


def _nothing(seconds: float) -> Iterator[bytes]:
    """Close the connection, after a while, without a byte of an answer."""
    time.sleep(seconds)
    raise ClientDisconnected
    yield b""  # a generator, so that the server meets this before it sends headers


def _seconds(trouble: Trouble, otherwise: float) -> float:
    return otherwise if trouble.seconds is None else trouble.seconds
