"""Settings are typed, and a slip of the pen is an error, never a default."""

from pathlib import Path

import pytest

from config.settings import SettingsError, load


def test_the_defaults_are_a_sqlite_store_in_the_data_folder(tmp_path: Path) -> None:
    settings = load(tmp_path, {})
    assert settings.database_url == f"sqlite:///{tmp_path / 'erp.db'}"
    assert settings.outbox == tmp_path / "outbox"


def test_the_folder_s_own_file_is_laid_over_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "erp.toml").write_text('[store]\nname = "Ours"\n', encoding="utf-8")
    settings = load(tmp_path, {})
    assert settings.store.name == "Ours"
    assert settings.store.currency == "USD"


def test_the_environment_is_laid_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "erp.toml").write_text("[server]\nport = 1\n", encoding="utf-8")
    environment = {
        "ERP_SERVER_PORT": "2",
        "ERP_SERVER_SECURE_COOKIES": "true",
        "ERP_DATABASE_URL": "postgresql://db/erp",
        "ERP_SUPPLIER_PAGE_VALID_DAYS": "7",
        "PATH": "/bin",
    }
    settings = load(tmp_path, environment)
    assert settings.server.port == 2
    assert settings.server.secure_cookies is True
    assert settings.database_url == "postgresql://db/erp"
    assert settings.supplier_page.valid_days == 7


def test_the_data_folder_comes_from_the_environment_if_not_given(
    tmp_path: Path,
) -> None:
    assert load(None, {"ERP_DATA": str(tmp_path)}).data == tmp_path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[sotre]\n", r"unknown table \[sotre\]"),
        ("[store]\nnmae = 'x'\n", r"unknown key 'nmae' in \[store\]; known: base_url"),
        ("[server]\nport = 'x'\n", r"\[server\] port must be int, not 'x'"),
        ("[server]\nport = true\n", r"\[server\] port must be int, not True"),
        ("[store]\nlanguage = 'xx'\n", r"\[store\] language must be one of"),
        ("[store\n", "not valid TOML"),
        ("store = 1\n", r"unknown table \[store\]"),
        ("[forwarding]\nlease_seconds = 1\n", "three times call_timeout_seconds"),
    ],
    ids=[
        "table",
        "key",
        "type",
        "bool for a number",
        "choice",
        "syntax",
        "no table",
        "lease",
    ],
)
def test_a_slip_names_the_place_and_what_is_wrong(
    tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "erp.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [("ERP_SERVER_PORT", "x"), ("ERP_STORE_NMAE", "x"), ("ERP_NOTHING", "x")],
)
def test_a_slip_in_the_environment_is_told_too(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError):
        load(tmp_path, {name: value})


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        load(tmp_path, {"ERP_CONFIG": str(tmp_path / "none.toml")})


@pytest.mark.parametrize("days", ["4", "-1", "29"])
def test_data_is_not_taken_away_too_early_by_a_slip_of_the_finger(tmp_path, days):
    with pytest.raises(SettingsError, match=f"contact_days must be 0.*not {days}"):
        load(tmp_path, {"ERP_PRIVACY_CONTACT_DAYS": days})


@pytest.mark.parametrize("days", ["0", "30", "4000"])
def test_data_may_be_kept_for_good_or_for_a_while(tmp_path, days):
    kept = load(tmp_path, {"ERP_PRIVACY_CONTACT_DAYS": days}).privacy.contact_days
    assert kept == int(days)
