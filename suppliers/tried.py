"""What one question to a supplier came to, judged by what was heard on its line."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from suppliers.errors import Garbled, RateLimited, Rejected, ShutOut, SupplierError
from suppliers.overhearing import Exchange, Trouble, is_distrust

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
    patience: timedelta | None = None  # for which it asked
    free_at: datetime | None = None  # what it allows was used up until then


def unasked(question: Question, error: SupplierError | None) -> Tried:
    """Nothing went out: it answers no such question, or cannot be asked at all."""
    if error is None or isinstance(error, Rejected):
        return Tried(question, is_asked=False)
    return Tried(question, trouble=Trouble.SETTINGS, detail=error.detail)


def told(question: Question, error: SupplierError | None) -> Tried:
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


def judged(question: Question, heard: Exchange, error: SupplierError | None) -> Tried:
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
        patience=patience_of(error),
    )


def patience_of(error: SupplierError | None) -> timedelta | None:
    return error.retry_after if isinstance(error, RateLimited) else None


def _trouble_in(heard: Exchange, shut_out: bool) -> Trouble:
    status = heard.status or 0
    kinds: tuple[tuple[bool, Trouble], ...] = (
        (shut_out, Trouble.SIGN_IN),
        (status == 429, Trouble.THROTTLED),
        (300 <= status < 400, Trouble.ELSEWHERE),
        (status >= 500, Trouble.BROKEN),
    )
    return next((kind for is_so, kind in kinds if is_so), Trouble.SHAPE)
