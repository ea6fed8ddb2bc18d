"""Who signs in to the demo: an owner with a password made for this folder alone."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from erp.demo.place import write_private

EMAIL = "owner@demo.example"
NAME = "Demo Owner"
PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class SignIn:
    email: str
    password: str


def new_sign_in() -> SignIn:
    return SignIn(EMAIL, secrets.token_urlsafe(PASSWORD_BYTES))


def keep(path: Path, sign_in: SignIn) -> None:
    """Write it where only this user can read it."""
    write_private(path, f"e-mail: {sign_in.email}\npassword: {sign_in.password}\n")


def kept(path: Path) -> SignIn | None:
    """What was written; None if the file was removed."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    told = dict(line.split(": ", 1) for line in lines if ": " in line)
    return SignIn(told.get("e-mail", EMAIL), told.get("password", ""))
