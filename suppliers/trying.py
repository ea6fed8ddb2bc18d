"""Questions that order nothing, to see whether a supplier's connection works."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from suppliers.contract import Follows, SupplierClient
from suppliers.dialects.email.sending import Outgoing
from suppliers.errors import Garbled, Rejected, ShutOut, SupplierError, Unavailable
from suppliers.overhearing import (
    Ear,
    Enough,
    Exchange,
    OverheardLines,
    Trouble,
    is_distrust,
)
from suppliers.registry import DIALECTS, Clock, Connection, Dialect

NOWHERE = "ERP-TEST-NO-SUCH-ORDER"  # a reference that no purchase order ever has
MOST_CALLS = 3  # for one question
FEW_ROWS = 5  # of a stock list
UNHEARD = frozenset({"email"})  # kinds that call over lines of their own
SIGN_IN_REFUSED = (401, 403)


class Question(StrEnum):
    LOOK_UP = "look_up"  # an order that cannot exist
    CHANGES = "changes"  # the first page of what changed
    STOCK = "stock"  # the head of the stock list


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one question; what could not be seen is None."""

    question: Question
    is_asked: bool = True  # False: this supplier never answers such a question
    is_reached: bool | None = None
    is_signed_in: bool | None = None
    is_understood: bool | None = None
    seconds: float = 0.0
    trouble: Trouble | None = None
    status: int | None = None  # of its last answer
    detail: str = ""
    count: int | None = None  # of what was read


@dataclass(frozen=True, slots=True)
class Sample:
    """A real answer; `status` is None if there was none."""

    status: int | None
    body: bytes
    is_whole: bool
    trouble: Trouble | None = None
    detail: str = ""


def try_connection(
    connection: Connection,
    clock: Clock,
    outgoing: Outgoing | None = None,
    dialects: Mapping[str, Dialect] = DIALECTS,
) -> tuple[Tried, ...]:
    """Ask all that can be asked; once it is out of reach, nothing more."""
    tried: list[Tried] = []
    ear = Ear(MOST_CALLS, is_deaf=connection.kind in UNHEARD)
    lines = OverheardLines(ear, outgoing)
    try:
        client = _opened(_headed(connection), clock, lines, dialects)
        for question in Question:
            tried.append(_try(client, question, ear))
            if not _goes_on(tried[-1]):
                break
        client.close()
    except (ValueError, Unavailable) as error:
        said = error.detail if isinstance(error, Unavailable) else str(error)
        first = Question.LOOK_UP
        return (Tried(first, trouble=Trouble.SETTINGS, detail=said),)
    finally:
        lines.close()
    return tuple(tried)


def fetch_sample(
    connection: Connection, clock: Clock, question: Question, reference: str
) -> Sample:
    """What it answers to one question, as it came. Raises nothing of its own."""
    ear = Ear(1)
    lines = OverheardLines(ear)
    detail = ""
    try:
        client = _opened(_headed(connection), clock, lines, DIALECTS)
        _ask(client, question, reference)
        client.close()
    except Enough:
        pass  # the first page is all that is looked at
    except SupplierError as error:
        detail = error.detail
    except ValueError as error:
        detail = str(error)
    finally:
        lines.close()
    if not ear.heard:
        return Sample(None, b"", True, Trouble.SETTINGS, detail)
    heard = ear.heard[0]
    status, trouble = heard.status, heard.trouble
    return Sample(status, bytes(heard.body), heard.is_whole, trouble, detail)


def _goes_on(tried: Tried) -> bool:
    """Whether another question may come to more."""
    is_lost = tried.is_reached is False or tried.is_signed_in is False
    return not is_lost and tried.trouble is not Trouble.SETTINGS


def _opened(
    connection: Connection,
    clock: Clock,
    lines: OverheardLines,
    dialects: Mapping[str, Dialect],
) -> SupplierClient:
    if connection.unusable:
        raise Unavailable(connection.code, connection.unusable)
    if connection.kind not in dialects:
        raise Unavailable(connection.code, "we do not speak its dialect")
    return dialects[connection.kind](connection, clock, lines)


def _headed(connection: Connection) -> Connection:
    """The same connection, but of its lists only the first page is asked for."""
    parts = dict(connection.options)
    for name in ("stock", "look_up"):
        part = parts.get(name)
        if connection.kind == "rest" and isinstance(part, dict):
            parts[name] = {k: v for k, v in part.items() if k != "paging"}
    return replace(connection, options=parts)


def _try(client: SupplierClient, question: Question, ear: Ear) -> Tried:
    if question is Question.CHANGES and client.follows is not Follows.CHANGES:
        return Tried(question, is_asked=False)
    count, error = None, None
    with ear.listening():
        try:
            count = _ask(client, question, NOWHERE)
        except Enough:
            pass  # what came so far could be read
        except SupplierError as caught:
            error = caught
    if not ear.heard:
        told = _told(question, error) if ear.is_deaf else _unasked(question, error)
        return replace(told, seconds=ear.seconds, count=count)
    heard = ear.heard[-1]
    tried = replace(_judged(question, heard, error), seconds=ear.seconds, count=count)
    if question is Question.LOOK_UP and count:
        return replace(
            tried,
            is_understood=False,
            trouble=Trouble.SHAPE,
            detail="it answered with an order that cannot exist",
        )
    return tried


def _ask(client: SupplierClient, question: Question, reference: str) -> int:
    """How many orders or rows came back."""
    match question:
        case Question.LOOK_UP:
            return 0 if client.look_up(reference) is None else 1
        case Question.CHANGES:
            return len(client.changes(None).reports)
        case Question.STOCK:
            rows: Iterator[object] = client.read_stock().rows
            return len(list(islice(rows, FEW_ROWS)))


def _unasked(question: Question, error: SupplierError | None) -> Tried:
    """Nothing went out: it answers no such question, or cannot be asked at all."""
    if error is None or isinstance(error, Rejected):
        return Tried(question, is_asked=False)
    return Tried(question, trouble=Trouble.SETTINGS, detail=error.detail)


def _told(question: Question, error: SupplierError | None) -> Tried:
    """What the outcome alone says of a call that nobody could overhear."""
    if isinstance(error, Rejected):
        return Tried(question, is_asked=False)
    if error is None:
        return Tried(question, is_reached=True, is_signed_in=True, is_understood=True)
    detail = error.detail
    if isinstance(error, ShutOut):
        return Tried(
            question,
            is_reached=True,
            is_signed_in=False,
            trouble=Trouble.SIGN_IN,
            detail=detail,
        )
    if isinstance(error, Garbled):
        return Tried(
            question,
            is_reached=True,
            is_signed_in=True,
            is_understood=False,
            trouble=Trouble.SHAPE,
            detail=detail,
        )
    trouble = Trouble.SECURITY if is_distrust(error) else Trouble.CONNECTION
    return Tried(question, is_reached=False, trouble=trouble, detail=detail)


def _judged(question: Question, heard: Exchange, error: SupplierError | None) -> Tried:
    is_reached = None if heard.trouble is Trouble.SETTINGS else heard.status is not None
    shut_out = isinstance(error, ShutOut) or heard.status in SIGN_IN_REFUSED
    trouble = None if error is None else heard.trouble or _trouble_in(heard, shut_out)
    return Tried(
        question,
        is_reached=is_reached,
        is_signed_in=not shut_out if is_reached else None,
        is_understood=error is None if is_reached and not shut_out else None,
        status=heard.status,
        trouble=trouble,
        detail="" if error is None else error.detail,
    )


def _trouble_in(heard: Exchange, shut_out: bool) -> Trouble:
    status = heard.status or 0
    kinds: tuple[tuple[bool, Trouble], ...] = (
        (shut_out, Trouble.SIGN_IN),
        (status == 429, Trouble.THROTTLED),
        (300 <= status < 400, Trouble.ELSEWHERE),
        (status >= 500, Trouble.BROKEN),
    )
    return next((kind for is_so, kind in kinds if is_so), Trouble.SHAPE)
