"""How an answer says no, whatever its status. Pure."""

from dataclasses import dataclass

from suppliers.contract import RejectReason
from suppliers.dialects.declared import values
from suppliers.dialects.declared.calls import Absent
from suppliers.dialects.declared.declaration import ANY_OTHER, Declaration
from suppliers.dialects.declared.expressions import Json, Unreadable, Wrong, shown
from suppliers.errors import printable


@dataclass(frozen=True, slots=True)
class Failure:
    """A no: for good if it has a reason, for now if it is retryable, else unclear."""

    code: str
    note: str = ""
    reason: RejectReason | None = None
    is_retryable: bool = False
    is_conflict: bool = False

    @property
    def words(self) -> str:
        said = self.reason.value if self.reason else "it failed"
        return f"{said}: {self.note}" if self.note else said


def failure_in(declaration: Declaration, status: int, data: Json) -> Failure | None:
    """What an answer refuses; None if it does not. Raises Unreadable."""
    part = declaration.failure
    if status < 300 and (
        part is None or part.when is None or not part.when.holds(data, "failure.when")
    ):
        return None
    code = note = ""
    if part is not None:
        found = part.code.find(data, "failure.code")
        code = "" if found is None else _word(found, "failure.code")
        note = _note(part.note.find(data, "failure.note") if part.note else None)
    return Failure(
        code,
        note,
        reason=_reason(declaration, code),
        is_retryable=part is not None and code in part.retryable,
        is_conflict=_is_conflict(declaration, status, code),
    )


def is_absent(absent: Absent | None, status: int, data: Json, reference: str) -> bool:
    """Whether the answer says that there is no order under our reference."""
    if absent is None or status != absent.status:
        return False
    if not absent.when.holds(data, "absent.when"):
        return False
    if absent.reference is None:
        return True
    found = absent.reference.find(data, "absent.reference")
    return found is not None and _word(found, "absent.reference") == reference


def _reason(declaration: Declaration, code: str) -> RejectReason | None:
    """A code has a reason if it is mapped; `*` stands for whatever else is said."""
    part = declaration.failure
    if part is None or not code or code in part.retryable:
        return None
    return part.reasons.get(code) or part.reasons.get(ANY_OTHER)


def _is_conflict(declaration: Declaration, status: int, code: str) -> bool:
    said = declaration.duplicates
    if said.status is None and not said.codes:
        return False
    return (said.status in (None, status)) and (not said.codes or code in said.codes)


def _word(found: Json, place: str) -> str:
    try:
        return values.word(found)
    except ValueError as error:
        raise Unreadable(Wrong(place, str(error), shown(found))) from error


def _note(found: Json) -> str:
    return printable(found) if isinstance(found, str) else ""
