"""What was typed into a form of the page, and what is wrong with it.

Nothing that was typed is lost: the page shows it again, with words beside the field.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from erp.fulfilment.page_links.sheet import PageItem
from erp.web.frame.words import _

LONGEST_NUMBER = 120
LONGEST_NAME = 80
LONGEST_NOTE = 1000
FURTHEST = timedelta(days=366)  # a later day is a slip of the finger
END_OF_DAY = time(23, 59)
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Today:
    """The moment, and the store's time zone, in which days are meant."""

    now: datetime
    zone: ZoneInfo

    @property
    def day(self) -> date:
        return self.now.astimezone(self.zone).date()

    def at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """One form: what was typed, and by field what is wrong with it."""

    given: MultiDict[str, str]
    today: Today
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, longest: int, *, required: str = "") -> str:
        """A line as it was typed; `required` says what is missing if there is none."""
        typed = " ".join(self.given.get(name, "").split())
        if len(typed) > longest:
            self.errors[name] = _("At most %(count)s characters.", count=longest)
        elif required and not typed:
            self.errors[name] = required
        return typed

    def note(self, name: str = "note") -> str:
        """Several lines as they were typed."""
        typed = self.given.get(name, "").strip()
        if len(typed) > LONGEST_NOTE:
            words = _("At most %(count)s characters.", count=LONGEST_NOTE)
            self.errors[name] = words
        return typed

    def coming_day(self, name: str) -> datetime | None:
        """The end of a day from today on; None if none was given."""
        day = self._day(name)
        if day is None:
            return None
        if not self.today.day <= day <= self.today.day + FURTHEST:
            self.errors[name] = _("A day from today on, within a year.")
        return self.today.at(day, END_OF_DAY)

    def past_day(self, name: str, since: datetime | None) -> datetime | None:
        """A moment of a day up to today, not before `since`; None if none was given.

        Today is now, to the minute: what is posted twice is the same.
        """
        day = self._day(name)
        if day is None:
            return None
        first = since.astimezone(self.today.zone).date() if since else day
        if not first <= day <= self.today.day:
            self.errors[name] = _("A day up to today, and not before the order.")
        moment = self.today.at(day, NOON)
        if day == self.today.day:
            moment = self.today.now.replace(second=0, microsecond=0)
        return max(moment, since) if since else moment

    def units(self, items: Iterable[PageItem]) -> dict[str, int]:
        """Units by the supplier's SKU; `units-0` belongs to the first item."""
        found = {}
        for number, item in enumerate(items):
            typed = self.given.get(f"units-{number}", "").strip()
            is_number = typed.isascii() and typed.isdigit() and len(typed) < 7
            if typed and not is_number:
                self.errors[f"units-{number}"] = _("A number, such as 2.")
            found[item.supplier_sku] = int(typed) if is_number else 0
        return found

    def at_most(self, items: Iterable[PageItem], limits: dict[str, int]) -> None:
        """Say beside the field where more units were typed than there are."""
        for number, item in enumerate(items):
            most, name = limits[item.supplier_sku], f"units-{number}"
            typed = self.given.get(name, "").strip()
            if name not in self.errors and typed and int(typed) > most:
                self.errors[name] = _("At most %(count)s.", count=most)

    def _day(self, name: str) -> date | None:
        typed = self.given.get(name, "").strip()
        if not typed:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self.errors[name] = _("A day, such as 2026-03-31.")
            return None
