"""What every view may ask for: the application's parts, and who is behind a request."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort, current_app, g

from erp.accounts.models import Role
from erp.accounts.sign_in import SignedIn
from erp.bootstrap import Erp

View = TypeVar("View", bound=Callable[..., Any])
RANK = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.OWNER: 2}


def erp() -> Erp:
    """The parts the application was put together from."""
    found: Erp = current_app.extensions["erp"]
    return found


def signed_in() -> SignedIn | None:
    """Who is signed in; None on the pages that ask for it."""
    found: SignedIn | None = g.get("signed_in")
    return found


def account() -> SignedIn:
    """Who is signed in; only for views behind the sign-in, which most are."""
    found = signed_in()
    if found is None:
        abort(401)
    return found


def may(role: Role) -> bool:
    """True if whoever is signed in has at least this role."""
    found = signed_in()
    return found is not None and RANK[found.role] >= RANK[role]


def public(view: View) -> View:
    """A view that needs no sign-in."""
    view.is_public = True  # type: ignore[attr-defined]  # a mark on the function
    return view


def require(role: Role) -> Callable[[View], View]:
    """A view for this role or a higher one.

    Without it a page is for everybody signed in, and a form POST for operators.
    """

    def mark(view: View) -> View:
        view.required_role = role  # type: ignore[attr-defined]  # a mark, too
        return view

    return mark
