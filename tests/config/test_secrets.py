"""Credentials are sealed with a key that lies outside the database."""

import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from config.secrets import Secrets, SecretsError, secrets_in


def test_what_was_sealed_can_be_opened_and_does_not_show(tmp_path: Path) -> None:
    secrets = secrets_in(tmp_path)
    sealed = secrets.seal("token-123")
    assert "token-123" not in sealed
    assert secrets_in(tmp_path).open(sealed) == "token-123"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_only_the_owner_may_read_the_key(tmp_path: Path) -> None:
    secrets_in(tmp_path)
    mode = stat.S_IMODE((tmp_path / "secret.key").stat().st_mode)
    assert mode & 0o077 == 0


def test_a_key_whose_writing_was_interrupted_is_made_anew(tmp_path: Path) -> None:
    """As when the disk is full at the first start."""
    (tmp_path / "secret.key").touch()
    sealed = secrets_in(tmp_path).seal("token-123")
    assert secrets_in(tmp_path).open(sealed) == "token-123"


def test_of_many_that_come_first_at_once_all_get_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        all_of_them = list(pool.map(secrets_in, [tmp_path] * 8))
    sealed = all_of_them[0].seal("token-123")
    assert {each.open(sealed) for each in all_of_them} == {"token-123"}
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_another_key_opens_nothing_and_says_how_to_mend_it(tmp_path: Path) -> None:
    sealed = secrets_in(tmp_path).seal("token-123")
    other = Secrets(Fernet.generate_key())
    with pytest.raises(SecretsError, match=r"restore secret\.key"):
        other.open(sealed)
