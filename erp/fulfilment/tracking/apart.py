"""Takes the reports of one answer one by one, where together they cannot be applied.

One that breaks a rule of ours is set aside for a human, and holds no other back.
"""

import logging
from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from config.database import Sessions
from erp.fulfilment.forwarding.caller import NOT_APPLICABLE, Clock
from erp.fulfilment.set_aside.keeping import set_aside
from erp.fulfilment.tracking.asking import Answer, LookedUp, Poll
from erp.fulfilment.tracking.looked_up import note_presence
from erp.fulfilment.tracking.reports import apply_told
from suppliers.contract import ChangePage, PurchaseReport
from suppliers.errors import Garbled
from suppliers.models import Supplier

log = logging.getLogger(__name__)


def take_apart(
    sessions: Sessions, poll: Poll, answer: ChangePage | LookedUp, clock: Clock
) -> tuple[int, Answer]:
    """How many purchase orders were reported, and the rest of what was heard.

    A page goes on without what was set aside; what is looked up is asked again.
    """
    applied, unfit = 0, []
    for report in answer.reports:
        try:
            with sessions.writing() as session:
                told = [(poll.connection.supplier_id, report)]
                applied += apply_told(session, told, clock())
                if isinstance(answer, LookedUp):
                    note_presence(session, [report.reference])
        except NOT_APPLICABLE as error:
            unfit.append(unfit_for_us(poll, error))
            _set_aside(sessions, poll, report, error, clock)
    rest = replace(answer, reports=())
    if isinstance(rest, LookedUp):
        rest = replace(rest, failures=(*unfit, *rest.failures))
    return applied, rest


def unfit_for_us(poll: Poll, error: Exception) -> Garbled:
    """It was heard, and breaks a rule of ours: the same as if it made no sense."""
    log.error("not applied supplier=%s", poll.connection.code, exc_info=error)
    return Garbled(poll.connection.code, f"cannot be applied: {error}")


def _set_aside(
    sessions: Sessions,
    poll: Poll,
    report: PurchaseReport,
    error: Exception,
    clock: Clock,
) -> None:
    try:
        with sessions.writing() as session:
            set_aside(session, _teller(session, poll), report, error, clock())
    except IntegrityError:  # another process has just set the same one aside
        log.info("set aside elsewhere supplier=%s", poll.connection.code)


def _teller(session: Session, poll: Poll) -> Supplier:
    query = select(Supplier).where(col(Supplier.id) == poll.connection.supplier_id)
    return session.exec(query).one()
