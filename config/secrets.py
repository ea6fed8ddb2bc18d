"""Credentials of suppliers and channels, encrypted at rest.

The key lies in the data folder, outside the database: a copy of the database alone
gives no credentials away. Fernet (AES-128-CBC with HMAC-SHA256) from `cryptography`.
"""

import os
import stat
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
    path = folder / "secret.key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR)
    except FileExistsError:
        return Secrets(path.read_bytes())
    key = Fernet.generate_key()
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    return Secrets(key)
