"""Passwords: what is accepted, and argon2id hashes of them."""

from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 256  # hashing has a cost; nobody types more

# OWASP's smallest memory, so that eight sign-ins at once stay small; three passes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=19456, parallelism=1)
# One at a time, in a thread of its own: the C library keeps the 19 MiB of a hash for
# each thread that ever made one, and a flood of sign-ins takes one core, not all.
_TURNS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2")
# Checked when no such account exists, so that both cases take as long.
_NOBODY = (
    "$argon2id$v=19$m=19456,t=3,p=1$Coe4ubxA7vNndHh4VcRhTw$"
    "m2w2dGcV0b8RiJdE7Tfo0FFjIIYUzw9J8+h08EI6mCw"
)


class PasswordFault(StrEnum):
    """Why a new password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_SIMPLE = "too_simple"


def judge(password: str, *, email: str = "") -> PasswordFault | None:
    """What is wrong with a new password; None if it will do."""
    if len(password) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST:
        return PasswordFault.TOO_LONG
    name = email.partition("@")[0].lower()
    few = len(set(password)) < 5
    if few or password.lower() in {email.lower(), name * 2, name * 3}:
        return PasswordFault.TOO_SIMPLE
    return None


def hashed(password: str) -> str:
    """The argon2id hash to store, with its salt and cost."""
    return _TURNS.submit(_HASHER.hash, password).result()


def matches(password_hash: str | None, password: str) -> bool:
    """True if this password was hashed; no hash takes as long, and fails."""
    if len(password) > LONGEST:
        password = ""
    try:
        _TURNS.submit(_HASHER.verify, password_hash or _NOBODY, password).result()
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_dated(password_hash: str) -> bool:
    """True if the hash was made at another cost and should be made anew."""
    return _HASHER.check_needs_rehash(password_hash)
