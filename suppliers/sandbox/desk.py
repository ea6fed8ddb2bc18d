"""What every page of one sandbox shares."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app

from suppliers.sandbox.books import Books
from suppliers.sandbox.clock import SandboxClock
from suppliers.sandbox.mischief import Mischief


@dataclass(frozen=True, slots=True)
class Desk:
    books: Books
    clock: SandboxClock
    restart: Callable[[float], None] | None = None  # only a server can
    mischief: Mischief = field(default_factory=Mischief)


def desk() -> Desk:
    """The desk of the sandbox that answers this request."""
    found = current_app.extensions["sandbox"]
    assert isinstance(found, Desk)
    return found
