"""How the pages look to this browser: light or dark, and the language."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from config.languages import LANGUAGES
from erp.accounts.models import Account
from erp.web.frame.context import erp, public, signed_in
from erp.web.frame.security import safe_path
from erp.web.frame.sessions import cookie, set_cookie

blueprint = Blueprint("preferences", __name__, url_prefix="/preferences")

THEMES = ("auto", "light", "dark")
YEAR_SECONDS = 31_536_000


def theme() -> str:
    """The browser's choice; `auto` follows the system."""
    wanted = cookie("theme")
    return wanted if wanted in THEMES else "auto"


@blueprint.post("")
@public
def save() -> Response:
    answer = redirect(safe_path(request.form.get("next", "/")), 303)
    for name, choices in (("theme", THEMES), ("language", tuple(LANGUAGES))):
        wanted = request.form.get(name, "")
        if wanted in choices:
            set_cookie(answer, name, wanted, max_age=YEAR_SECONDS)
    _save_language(request.form.get("language", ""))
    return answer


def _save_language(wanted: str) -> None:
    """Whoever is signed in meets the language again elsewhere, and in mails."""
    who = signed_in()
    if who is None or wanted not in LANGUAGES:
        return
    with erp().sessions.writing() as db:
        db.get_one(Account, who.account_id).language = wanted
