"""What suppliers did with each order, as it was recorded, and as a script to act.

Pure, but for reading the file. An outcome is one purchase order: (order, supplier).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from erp.channels.reading import BadRow, Problem, Row, open_table
from erp.replay.errors import ReplayError
from suppliers.sandbox.messages import Script

MOMENTS = (
    "acknowledged_at",
    "ship_by",
    "shipped_at",
    "delivered_at",
    "promised_delivery_at",
)
COLUMNS = ("order_name", "supplier_code", *MOMENTS, "status")
UNUSED = ("review_score",)
CANCELLED = frozenset({"canceled", "cancelled", "unavailable"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One purchase order's fate; a moment that is None was never recorded."""

    line: int  # of the file
    order_name: str
    supplier: str
    status: str
    acknowledged_at: datetime | None
    ship_by: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    promised_delivery_at: datetime | None

    @property
    def key(self) -> tuple[str, str]:
        return self.supplier, self.order_name

    @property
    def is_cancelled(self) -> bool:
        return self.status in CANCELLED

    @property
    def cancelled_at(self) -> datetime | None:
        """When the supplier cancels it.

        The record does not say. It happens at the first moment recorded after the
        acknowledgement, in place of whatever else was recorded for that moment: a
        cancelled purchase order is never handed over.
        """
        if not self.is_cancelled:
            return None
        known = (self.shipped_at, self.ship_by, self.delivered_at)
        moments = [at for at in (*known, self.promised_delivery_at) if at is not None]
        after = [at for at in moments if self._is_answered_before(at)]
        return min(after, default=self.acknowledged_at)

    @property
    def news(self) -> tuple[datetime, ...]:
        """The moments at which the supplier has something to tell."""
        acts: tuple[datetime | None, ...] = (self.shipped_at, self.delivered_at)
        if self.is_cancelled:
            acts = (self.cancelled_at,)
        return tuple(at for at in (self.acknowledged_at, *acts) if at is not None)

    def script(self) -> Script:
        """The same, for a supplier in the sandbox to act out."""
        return Script(
            supplier=self.supplier,
            order_name=self.order_name,
            acknowledged_at=self.acknowledged_at,
            ship_by=self.ship_by,
            shipped_at=None if self.is_cancelled else self.shipped_at,
            delivered_at=None if self.is_cancelled else self.delivered_at,
            deliver_by=self.promised_delivery_at,
            cancelled_at=self.cancelled_at,
        )

    def _is_answered_before(self, at: datetime) -> bool:
        return self.acknowledged_at is None or at > self.acknowledged_at


def read_outcomes(path: Path) -> tuple[Outcome, ...]:
    """Every outcome of a file, in its order.

    Raises UnreadableFileError or ReplayError, with the line and the column.
    """
    found: dict[tuple[str, str], Outcome] = {}
    with open_table(path, COLUMNS, UNUSED) as table:
        for row in table:
            if isinstance(row, BadRow):
                raise ReplayError(f"{path} {row.problem}")
            outcome = _outcome(path, row)
            known = found.setdefault(outcome.key, outcome)
            if known is not outcome:
                what = f"{outcome.order_name} at {outcome.supplier}"
                raise _wrong(
                    path,
                    row,
                    "order_name",
                    f"{what} stands in line {known.line} already",
                )
    return tuple(found.values())


def _outcome(path: Path, row: Row) -> Outcome:
    for column in ("order_name", "supplier_code", "status"):
        if not row[column].strip():
            raise _wrong(path, row, column, "is empty")
    return Outcome(
        line=row.line,
        order_name=row["order_name"].strip(),
        supplier=row["supplier_code"].strip(),
        status=row["status"].strip().lower(),
        **{column: _moment(path, row, column) for column in MOMENTS},
    )


def _moment(path: Path, row: Row, column: str) -> datetime | None:
    """A moment as in `2016-10-04 14:46:48 +0000`; None for an empty cell."""
    text = row[column].strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d)", "", text))
    except ValueError as error:
        raise _wrong(path, row, column, f"{text!r} is no moment") from error
    if moment.tzinfo is None:
        raise _wrong(path, row, column, f"{text!r} lacks its offset, such as +0000")
    return moment.astimezone(UTC)


def _wrong(path: Path, row: Row, column: str, what: str) -> ReplayError:
    return ReplayError(f"{path} {Problem(row.line, column, what)}")
