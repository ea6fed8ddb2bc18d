"""What people type about an account, checked; each fault stands beside its field."""

import re
from dataclasses import dataclass, field

from flask import request

from erp.accounts.passwords import LONGEST, SHORTEST, PasswordFault, judge
from erp.web.frame.words import _

LOOKS_LIKE_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+|[^@\s]+@localhost")
LONGEST_NAME = 120
LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class AccountForm:
    """The fields as typed, and what is wrong with them by field."""

    name: str
    email: str
    password: str
    errors: dict[str, str] = field(default_factory=dict)


def read_account() -> AccountForm:
    """The name, e-mail address and password of a posted form."""
    form = AccountForm(
        name=request.form.get("name", "").strip(),
        email=request.form.get("email", "").strip().lower(),
        password=request.form.get("password", ""),
    )
    if not form.name or len(form.name) > LONGEST_NAME:
        form.errors["name"] = _("Enter a name.")
    if len(form.email) > LONGEST_EMAIL or not LOOKS_LIKE_EMAIL.fullmatch(form.email):
        form.errors["email"] = _("Enter an e-mail address such as ada@example.com.")
    fault = judge(form.password, email=form.email)
    if fault:
        form.errors["password"] = password_words(fault)
    return form


def password_words(fault: PasswordFault) -> str:
    """Why a new password is refused, and what would do."""
    match fault:
        case PasswordFault.TOO_SHORT:
            return _("Use at least %(count)s characters.", count=SHORTEST)
        case PasswordFault.TOO_LONG:
            return _("Use at most %(count)s characters.", count=LONGEST)
        case PasswordFault.TOO_SIMPLE:
            return _("This is too easy to guess. Try a few words in a row.")
