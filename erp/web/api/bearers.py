"""Who calls: the token a request shows, and what it may do."""

import logging
from datetime import datetime

from flask import Response, g, request
from sqlalchemy.exc import OperationalError

from erp.accounts.models import Scope
from erp.accounts.tokens import Bearer, bearer_of, is_due_for_touch, touch
from erp.web.api.problems import problem
from erp.web.frame.context import erp
from erp.web.frame.security import SAFE

log = logging.getLogger(__name__)

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="erp"'}


def admit_store() -> Response | None:
    """For the store's own programs; a supplier's token has no business here."""
    return _admit(for_suppliers=False)


def admit_supplier() -> Response | None:
    """For one supplier's programs; the store's tokens have no business here."""
    return _admit(for_suppliers=True)


def _admit(*, for_suppliers: bool) -> Response | None:
    """Every call shows a token; a read-only one may not change anything."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    now = erp().clock()
    with erp().sessions.reading() as db:
        bearer = bearer_of(db, secret.strip()) if kind.lower() == "bearer" else None
    if bearer is None:
        answer = problem(401, "send a valid token: Authorization: Bearer erp_…")
        answer.headers.update(CHALLENGE)
        return answer
    if (bearer.supplier_id is not None) is not for_suppliers:
        theirs = "the store's own" if for_suppliers else "a supplier's"
        return problem(403, f"this token is {theirs}: it opens another API")
    if bearer.scope is not Scope.WRITE and request.method not in SAFE:
        return problem(403, "this token may only read")
    if is_due_for_touch(bearer, now):
        _touch(bearer, now)
    g.bearer = bearer
    return None


def _touch(bearer: Bearer, now: datetime) -> None:
    """Whoever only reads is not kept from it by a database that cannot be written."""
    try:
        with erp().sessions.writing() as db:
            touch(db, bearer, now)
    except OperationalError as error:
        log.warning("token's use not noted: %s", error.orig)
