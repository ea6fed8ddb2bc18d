"""Moments as suppliers write them."""

import re
from abc import abstractmethod
from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from suppliers.dialects.declared.expressions import Json
from suppliers.options import TimeZone

DAY = re.compile("[0-9]{4}-?[0-9]{2}-?[0-9]{2}")
HOURS = ("%H", "%I", "%c", "%X")  # the parts of a form that name a time of day


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @abstractmethod
    def read(self, found: Json) -> datetime:
        """The moment that is written there. Raises ValueError."""

    def is_day(self, found: Json) -> bool:
        """Whether it names a day rather than a moment."""
        return False

    def due(self, found: Json) -> datetime:
        """The moment as a promise: one for a day is kept until the day ends."""
        moment = self.read(found)
        if not self.is_day(found):
            return moment
        return moment.replace(hour=23, minute=59, second=59)


class Iso(Form):
    """ISO 8601; a moment without an offset is meant in this zone, if there is one."""

    kind: Literal["iso"] = "iso"
    zone: TimeZone | None = None

    def read(self, found: Json) -> datetime:
        if not isinstance(found, str):
            raise ValueError("is no ISO moment")
        try:
            moment = datetime.fromisoformat(found)
        except ValueError as error:
            raise ValueError("is no ISO moment") from error
        if moment.tzinfo is None and self.zone is None:
            raise ValueError("has no offset, and no time zone is declared")
        return moment if moment.tzinfo else _placed(moment, self.zone or "UTC")

    def is_day(self, found: Json) -> bool:
        return isinstance(found, str) and bool(DAY.fullmatch(found))


class Counted(Form):
    """Seconds or milliseconds since 1970, as a number or as its digits."""

    kind: Literal["epoch_seconds", "epoch_milliseconds"]

    def read(self, found: Json) -> datetime:
        if isinstance(found, bool) or not isinstance(found, int | float | str):
            raise ValueError("is no number of seconds")
        scale = 1 if self.kind == "epoch_seconds" else 1000
        try:
            return datetime.fromtimestamp(float(found) / scale, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise ValueError("is no number of seconds since 1970") from error


class Written(Form):
    """A text in a form of `strptime`, in a time zone unless the form has an offset."""

    kind: Literal["format"]
    form: Annotated[str, Field(min_length=2, max_length=100)]
    zone: TimeZone = "UTC"

    def read(self, found: Json) -> datetime:
        if not isinstance(found, str):
            raise ValueError("is no text")
        try:
            moment = datetime.strptime(found, self.form)  # noqa: DTZ007  # placed below
        except ValueError as error:
            raise ValueError(f"is not written like {self.form}") from error
        return moment if moment.tzinfo else _placed(moment, self.zone)

    def is_day(self, found: Json) -> bool:
        return not any(part in self.form for part in HOURS)


Moments = Annotated[Iso | Counted | Written, Field(discriminator="kind")]


def _placed(moment: datetime, zone: str) -> datetime:
    return moment.replace(tzinfo=ZoneInfo(zone))
