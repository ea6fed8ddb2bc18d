"""What a human decides about a report set aside: try it again, or let it go."""

from datetime import datetime

from sqlmodel import Session

from config.database import Sessions
from erp.accounts import audit
from erp.fulfilment.forwarding.caller import NOT_APPLICABLE
from erp.fulfilment.set_aside.keeping import reason_of
from erp.fulfilment.set_aside.models import SetAsideReport, Standing
from erp.fulfilment.set_aside.writing import read
from erp.fulfilment.tracking.reports import apply_told


def try_again(
    sessions: Sessions, report_id: int, now: datetime, *, by: str
) -> Standing:
    """Apply it as if it were told now; what stands of it then.

    Where it still cannot be applied it waits on, and why is kept. What was decided
    meanwhile stays as it is.
    """
    try:
        with sessions.writing() as session:
            row = _locked(session, report_id)
            if row.standing is Standing.WAITING:
                _decide(session, row, Standing.APPLIED, now, by)
                apply_told(session, [(row.supplier_id, read(row.report))], now)
            return row.standing
    except NOT_APPLICABLE as error:
        with sessions.writing() as session:
            row = _locked(session, report_id)
            if row.standing is Standing.WAITING:
                row.why = reason_of(error)
            return row.standing


def dismiss(session: Session, report_id: int, now: datetime, *, by: str) -> None:
    """A human has seen to it; it is kept, and nobody is asked about it again."""
    row = _locked(session, report_id)
    if row.standing is Standing.WAITING:
        _decide(session, row, Standing.DISMISSED, now, by)


def _locked(session: Session, report_id: int) -> SetAsideReport:
    return session.get_one(
        SetAsideReport, report_id, with_for_update=True, populate_existing=True
    )


def _decide(
    session: Session, row: SetAsideReport, standing: Standing, now: datetime, by: str
) -> None:
    row.standing, row.decided_at, row.decided_by = standing, now, by
    action = f"report_{standing.value}"
    audit.note(session, now, actor=by, action=action, subject=row.reference)
