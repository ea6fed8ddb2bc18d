"""A call that tells us something: read, done once, answered in its own transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from flask import Response, abort, g
from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from erp.accounts.idempotency import Claim
from erp.fulfilment.answering.answers import Answer
from erp.fulfilment.answering.contradictions import Contradiction
from erp.fulfilment.answering.listing import find
from erp.fulfilment.answering.taking import take
from erp.web.api.once import done_once, keep, kept_refusal
from erp.web.api.problems import TYPE, ProblemError, problem, problem_of
from erp.web.frame.context import erp
from erp.web.supplier_api.answers import state_of

NO_SUCH = "you have no such purchase order"
H = TypeVar("H", bound=BaseModel)
Act = Callable[[Session, H, datetime], BaseModel]


class Unfit(ValueError):
    """A body whose fields fit, and whose meaning does not; says where."""

    def __init__(self, pointer: str, words: str) -> None:
        super().__init__(words)
        self.errors = [ProblemError(pointer=pointer, detail=words)]


def hear(model: type[H], act: Act[H]) -> Response:
    """Do what a body asks for, and keep the answer with it.

    `act` may raise Unfit (422) or Contradiction (409): then nothing of it stands.
    """

    def work(body: bytes, mine: Claim | None, now: datetime) -> Response:
        try:
            heard = model.model_validate_json(body)
            with erp().sessions.writing() as db:
                said = act(db, heard, now).model_dump_json().encode()
                keep(db, mine, 200, said)
        except (ValidationError, Unfit, Contradiction) as error:
            return kept_refusal(_refusal(error), mine)
        return _answer(200, said)

    return done_once(g.bearer, work, _answer)


def hear_of(
    reference: str, model: type[H], read: Callable[[H, datetime], Answer]
) -> Response:
    """Take an answer to one purchase order; told is where it stands then."""
    supplier_id: int = g.bearer.supplier_id

    def act(db: Session, heard: H, now: datetime) -> BaseModel:
        if take(db, supplier_id, reference, read(heard, now), now) is None:
            abort(404, NO_SUCH)
        handed = find(db, supplier_id, reference)
        assert handed is not None
        return state_of(handed)

    return hear(model, act)


def _refusal(error: ValidationError | Unfit | Contradiction) -> Response:
    if isinstance(error, Contradiction):
        return problem(409, str(error))
    if isinstance(error, Unfit):
        return problem(422, str(error), error.errors)
    first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return problem(400, f"the body is not JSON: {first['msg']}")
    return problem_of(error)


def _answer(status: int, said: bytes) -> Response:
    kind = TYPE if status >= 400 else "application/json"
    return Response(said, status, content_type=kind)
