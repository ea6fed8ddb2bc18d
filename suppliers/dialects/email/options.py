"""What an operator declares of a supplier who works by mail."""

from datetime import time
from typing import Annotated, Literal, Self

import regex
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from config.languages import Language
from suppliers.contract import RejectReason, ReportedStatus
from suppliers.dialects.csvfeed.options import OrderFile
from suppliers.options import TimeZone

TRACKING = "tracking"
GROUPS = frozenset({TRACKING, "carrier", "reference", "sku", "quantity"})
LONGEST_PATTERN = 500
MINUTES = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


def _compiles(pattern: str) -> str:
    try:
        regex.compile(pattern)
    except (regex.error, OverflowError, RecursionError) as error:
        raise ValueError(f"it is no regular expression: {error}") from error
    return pattern


def _tracks(pattern: str) -> str:
    groups = set(regex.compile(pattern).groupindex)
    if TRACKING not in groups:
        raise ValueError("a group must be called tracking")
    if groups - GROUPS:
        raise ValueError(f"groups are called: {', '.join(sorted(GROUPS))}")
    if ("sku" in groups) != ("quantity" in groups):
        raise ValueError("the groups sku and quantity come together or not at all")
    return pattern


def _times(text: str) -> str:
    for each in text.split():
        if regex.match(MINUTES, each) is None:
            raise ValueError("times are written like 09:00 15:30")
    return text


Address = Annotated[
    str, StringConstraints(pattern=r"^[!-;=?A-~]+@[A-Za-z0-9.-]+$", max_length=250)
]
Sender = Annotated[  # an address, or everybody at a domain
    str, StringConstraints(pattern=r"^[!-;=?A-~]*@[A-Za-z0-9.-]+$", max_length=250)
]
Plain = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$", max_length=200)]
Pattern = Annotated[
    str, StringConstraints(max_length=LONGEST_PATTERN), AfterValidator(_compiles)
]


class Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mailbox(Declared):
    """Where replies arrive; its server is the supplier's address, imaps://host."""

    user: Annotated[Plain, StringConstraints(min_length=1)]
    folder: Annotated[Plain, StringConstraints(min_length=1)] = "INBOX"
    sent_folder: Plain = ""  # where the server keeps copies of what we send
    is_theirs_alone: bool = False  # all mails in the folder are this supplier's


class TrackingPattern(Declared):
    """How a supplier writes that a parcel is on its way."""

    pattern: Annotated[Pattern, AfterValidator(_tracks)]
    carrier: Plain = ""  # if the pattern has no group for it


class AnswerPattern(Declared):
    """Words by which a reply is a yes or a no."""

    pattern: Pattern
    status: Literal[
        ReportedStatus.ACCEPTED, ReportedStatus.REJECTED, ReportedStatus.CANCELLED
    ]
    reason: RejectReason | None = None


class Options(Declared):
    to: Annotated[tuple[Address, ...], Field(min_length=1, max_length=10)]
    reply_to: Annotated[str, StringConstraints(pattern=r"^$|^[!-~]+@[!-~]+$")] = ""
    senders: tuple[Sender, ...] = ()  # whose mails are theirs; none: those of `to`
    language: Language = Language.ENGLISH
    csv: OrderFile = OrderFile(encoding="utf-8-sig")  # as spreadsheets read it
    batch_at: Annotated[str, AfterValidator(_times)] = ""  # such as 09:00 15:30
    time_zone: TimeZone = "UTC"  # of these times
    mailbox: Mailbox | None = None
    tracking: tuple[TrackingPattern, ...] = ()
    usual_tracking: bool = True  # the numbers of UPS, USPS, FedEx, DHL and the posts
    whole_by_default: bool = True  # a parcel whose contents are not told holds the rest
    shipped_means: Literal["picked_up", "label_created"] = "picked_up"
    answers: tuple[AnswerPattern, ...] = ()

    @model_validator(mode="after")
    def replies_are_read_somewhere(self) -> Self:
        if self.mailbox is None and (self.tracking or self.answers):
            raise ValueError("patterns need a mailbox in which replies arrive")
        return self

    @property
    def batch_times(self) -> tuple[time, ...]:
        return tuple(sorted(time.fromisoformat(each) for each in self.batch_at.split()))
