"""A supplier's clocks and what becomes of what it lets down, as a person sets them."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from erp.accounts.audit import note
from suppliers.models import Reroute, Supplier


@dataclass(frozen=True, slots=True)
class ClockTerms:
    """Columns of a supplier, judged: `clock_of` takes them."""

    acknowledge_days: int
    handling_days: int
    cut_off: str
    time_zone: str
    workdays: str
    calendar: str
    closed_days: str
    reroute: Reroute | None


def change_clock(
    session: Session, supplier: Supplier, terms: ClockTerms, now: datetime, *, by: str
) -> None:
    """What is due already stays due; what comes from now on is counted anew."""
    changed = [
        name
        for name, value in asdict(terms).items()
        if getattr(supplier, name) != value
    ]
    for name in changed:
        setattr(supplier, name, getattr(terms, name))
    detail = ", ".join(changed)
    about = {"action": "supplier_changed", "subject": supplier.code, "detail": detail}
    note(session, now, actor=by, **about)
