"""Credentials of suppliers and channels, encrypted at rest.

The key lies in the data folder, outside the database: a copy of the database alone
gives no credentials away. Fernet (AES-128-CBC with HMAC-SHA256) from `cryptography`.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


class SecretsError(ValueError):
    """A stored credential cannot be opened with this folder's key."""


class Secrets:
    """Seals and opens short texts with one key."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again. Raises SecretsError if another key sealed it."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SecretsError(
                "this credential was sealed with another key: restore secret.key in "
                "the data folder, or enter the credential again"
            ) from error


def secrets_in(folder: Path) -> Secrets:
    """The secrets of a data folder; first use makes a key only the owner can read."""
    return Secrets(kept_in(folder / "secret.key", Fernet.generate_key))


def kept_in(path: Path, make: Callable[[], bytes]) -> bytes:
    """What a file holds that only its owner can read; the first to ask makes it.

    It is there whole or not at all: half a key would lock its owner out for good, and
    half a code would let others in.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (path.exists() and path.stat().st_size):
        _write(path, make())
    return path.read_bytes()


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and not path.stat().st_size:  # somebody was interrupted
            part.replace(path)
        else:
            _put_first(part, path)
    finally:
        part.unlink(missing_ok=True)


def _put_first(part: Path, path: Path) -> None:
    """Of two that come at the same time, the first one's stays."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        part.replace(path)
