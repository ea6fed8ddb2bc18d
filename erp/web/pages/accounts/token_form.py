"""A new token as it is asked for, of the store or of a supplier."""

from flask import abort, request

from erp.accounts.models import Scope
from erp.web.frame.words import _

LONGEST_NAME = 80


def typed() -> tuple[str, Scope, dict[str, str]]:
    """Its name and scope, and what is wrong with them by field."""
    name = request.form.get("name", "").strip()
    try:
        scope = Scope(request.form.get("scope", ""))
    except ValueError:
        abort(400)
    if not 0 < len(name) <= LONGEST_NAME:
        return name, scope, {"name": _("Name the program that will use it.")}
    return name, scope, {}
