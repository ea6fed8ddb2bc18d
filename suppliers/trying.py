"""Questions that order nothing, to see whether a supplier's connection works."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from suppliers.contract import Follows, SupplierClient
from suppliers.dialects.email.sending import Outgoing
from suppliers.errors import SupplierError, Unavailable
from suppliers.overhearing import (
    Ear,
    Enough,
    OverheardLines,
    Trouble,
)
from suppliers.registry import DIALECTS, Clock, Connection, Dialect
from suppliers.tried import Question, Tried, judged, patience_of, told, unasked

NOWHERE = "ERP-TEST-NO-SUCH-ORDER"  # a reference that no purchase order ever has
MOST_CALLS = 3  # for one question
FEW_ROWS = 5  # of a stock list
UNHEARD = frozenset({"email"})  # kinds that call over lines of their own
Permit = Callable[[], datetime | None]  # takes a call; else from when on one is free


@dataclass(frozen=True, slots=True)
class Sample:
    """A real answer; `status` is None if there was none."""

    status: int | None
    body: bytes
    is_whole: bool
    trouble: Trouble | None = None
    detail: str = ""
    patience: timedelta | None = None


def always() -> datetime | None:
    """A permit for those whose calls nobody counts."""
    return None


def try_connection(
    connection: Connection,
    clock: Clock,
    outgoing: Outgoing | None = None,
    dialects: Mapping[str, Dialect] = DIALECTS,
    permit: Permit = always,
) -> tuple[Tried, ...]:
    """Ask all that can be asked; once it is out of reach, nothing more."""
    tried: list[Tried] = []
    ear = Ear(MOST_CALLS, is_deaf=connection.kind in UNHEARD)
    lines = OverheardLines(ear, outgoing)
    try:
        client = _opened(_headed(connection), clock, lines, dialects)
        for question in Question:
            tried.append(_try(client, question, ear, permit))
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
    detail, patience = "", None
    try:
        client = _opened(_headed(connection), clock, lines, DIALECTS)
        _ask(client, question, reference)
        client.close()
    except Enough:
        pass  # the first page is all that is looked at
    except SupplierError as error:
        detail, patience = error.detail, patience_of(error)
    except ValueError as error:
        detail = str(error)
    finally:
        lines.close()
    if not ear.heard:
        return Sample(None, b"", True, Trouble.SETTINGS, detail)
    heard = ear.heard[0]
    status, trouble = heard.status, heard.trouble
    body = bytes(heard.body)
    return Sample(status, body, heard.is_whole, trouble, detail, patience)


def _goes_on(tried: Tried) -> bool:
    """Whether another question may come to more."""
    is_lost = tried.is_reached is False or tried.is_signed_in is False
    ends = (Trouble.SETTINGS, Trouble.ALLOWANCE, Trouble.THROTTLED)
    return not is_lost and tried.trouble not in ends


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


def _try(client: SupplierClient, question: Question, ear: Ear, permit: Permit) -> Tried:
    if question is Question.CHANGES and client.follows is not Follows.CHANGES:
        return Tried(question, is_asked=False)
    free_at = permit()
    if free_at is not None:
        return Tried(question, trouble=Trouble.ALLOWANCE, free_at=free_at)
    count, error = None, None
    with ear.listening():
        try:
            count = _ask(client, question, NOWHERE)
        except Enough:
            pass  # what came so far could be read
        except SupplierError as caught:
            error = caught
    if not ear.heard:
        seen = told(question, error) if ear.is_deaf else unasked(question, error)
        return replace(seen, seconds=ear.seconds, count=count)
    heard = ear.heard[-1]
    tried = replace(judged(question, heard, error), seconds=ear.seconds, count=count)
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
