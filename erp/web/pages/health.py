"""How the program does, for whoever watches over the process."""

import logging

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from erp.jobs.runner import health
from erp.web.frame.context import erp, public

log = logging.getLogger(__name__)
blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def show() -> Response:
    """200 while the database answers and a scheduler ticks, else 503."""
    try:
        with erp().sessions.reading() as db:
            state = health(db, erp().clock())
    except SQLAlchemyError:
        log.exception("database does not answer")
        return _answer(database=False, scheduler=False, failing_jobs=[])
    return _answer(
        database=True, scheduler=state.is_ticking, failing_jobs=list(state.failing)
    )


def _answer(*, database: bool, scheduler: bool, failing_jobs: list[str]) -> Response:
    is_well = database and scheduler
    answer = jsonify(
        status="ok" if is_well else "failing",
        database=database,
        scheduler=scheduler,
        failing_jobs=failing_jobs,
    )
    answer.status_code = 200 if is_well else 503
    return answer
