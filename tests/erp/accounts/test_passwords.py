"""Passwords: what is accepted, and hashes that cost as much for nobody's account."""

import pytest
from argon2 import extract_parameters

from erp.accounts import passwords
from erp.accounts.passwords import PasswordFault, hashed, is_dated, judge, matches


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("elevenchars", PasswordFault.TOO_SHORT),
        ("twelve chars", None),
        ("סיסמה בעברית ארוכה", None),
        ("ababababababab", PasswordFault.TOO_SIMPLE),
        ("ada.lovelace@example.com", PasswordFault.TOO_SIMPLE),
        ("x" * 256 + "yzabc", PasswordFault.TOO_LONG),
    ],
)
def test_a_new_password_is_judged(password, fault):
    assert judge(password, email="ada.lovelace@example.com") is fault


def test_only_the_right_password_matches():
    kept = hashed("four words in a row")
    assert kept.startswith("$argon2id$")
    assert matches(kept, "four words in a row")
    assert not matches(kept, "four words in a raw")
    assert not matches("!", "four words in a row")
    assert not matches(None, "four words in a row")


def test_two_hashes_of_one_password_differ():
    assert hashed("four words in a row") != hashed("four words in a row")


def test_an_unknown_account_costs_as_much_as_a_known_one():
    known = extract_parameters(hashed("four words in a row"))
    unknown = extract_parameters(passwords._NOBODY)
    assert (known.time_cost, known.memory_cost, known.parallelism) == (
        unknown.time_cost,
        unknown.memory_cost,
        unknown.parallelism,
    )
    assert not is_dated(passwords._NOBODY)


def test_an_enormous_password_is_not_hashed():
    assert not matches(hashed("four words in a row"), "x" * 1_000_000)
