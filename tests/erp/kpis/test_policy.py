from decimal import Decimal

import pytest

from config.settings import SettingsError
from erp.kpis.models import Kpi, ScopeKind
from erp.kpis.policy import load_policy


def test_every_kpi_has_a_rule_by_default(tmp_path):
    policy = load_policy(tmp_path)

    assert set(policy) == set(Kpi)
    assert policy[Kpi.GROSS_MARGIN].is_floor
    assert not policy[Kpi.LATE_HAND_OVER].is_floor


def test_a_file_in_the_data_folder_changes_only_what_it_names(tmp_path):
    before = load_policy(tmp_path)[Kpi.RETURN_RATE]
    (tmp_path / "kpis.toml").write_text(
        '[return_rate]\nwarning_percent = 9.5\nscopes = ["overall"]\n'
    )

    after = load_policy(tmp_path)[Kpi.RETURN_RATE]

    assert after.warning_percent == Decimal("9.5")
    assert after.scopes == (ScopeKind.OVERALL,)
    assert after.window_days == before.window_days


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[return_rate]\nwarn = 3\n", "unknown key 'warn'"),
        ("[refund_rate]\nwindow_days = 3\n", r"unknown table \[refund_rate\]"),
        ("return_rate = 3\n", r"unknown table \[return_rate\]"),
        ("[return_rate]\nwindow_days = '3'\n", "must be a number"),
        ("[return_rate]\nwindow_days = true\n", "must be a number"),
        ("[return_rate]\nwindow_days = 3.5\n", "must be a whole number"),
        ("[return_rate]\nwindow_days = 0\n", "must be at least 1"),
        ("[return_rate]\nwarning_percent = -1\n", "zero or more"),
        ("[return_rate]\nwarning_percent = nan\n", "zero or more"),
        ("[return_rate]\nwarning_percent = 2\n", "the limits must hold clear"),
        ("[gross_margin]\nclear_percent = 2\n", "the limits must hold critical"),
        ("[gross_margin]\nconfidence_percent = 90\n", "0 for money"),
        ("[return_rate]\nconfidence_percent = 100\n", "below 100"),
        ("[return_rate]\nscopes = ['shop']\n", "'shop' is not a valid"),
        ("[return_rate]\nscopes = 'overall'\n", "must be a list"),
        ("[return_rate\n", "not valid TOML"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_place(tmp_path, text, says):
    (tmp_path / "kpis.toml").write_text(text)

    with pytest.raises(SettingsError, match=says):
        load_policy(tmp_path)
