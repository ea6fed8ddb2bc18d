"""The fixtures themselves: a real server, a real browser, and no silent skips."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[1]


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@pytest.mark.parametrize("attempt", ["first", "second"])
def test_every_test_gets_an_empty_postgresql_database(postgres_url, attempt):
    with connect(postgres_url) as connection:
        connection.execute("CREATE TABLE seen (id int)")
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert tables == (1,)


def test_a_database_can_be_copied_from_a_prepared_one(postgres):
    with postgres.database() as prepared:
        with connect(prepared) as connection:
            connection.execute("CREATE TABLE seen AS SELECT 7 AS id")
        with (
            postgres.database(prepared.rpartition("/")[2]) as copy,
            connect(copy) as connection,
        ):
            assert connection.execute("SELECT id FROM seen").fetchall() == [(7,)]


def test_a_test_on_both_databases_runs_on_either(database_url):
    assert database_url.startswith(("sqlite:///", "postgresql+psycopg://"))


def test_the_browser_shows_a_page(page: Page):
    page.set_content("<h1>Orders</h1>")
    expect(page.get_by_role("heading")).to_have_text("Orders")


@pytest.mark.parametrize(
    ("variable", "outcome"),
    [("", "1 skipped"), ("1", "1 failed")],
    ids=["allowed", "forbidden"],
)
def test_a_skip_fails_only_where_none_is_allowed(tmp_path, variable, outcome):
    test = tmp_path / "test_one.py"
    test.write_text("import pytest\ndef test_one():\n    pytest.skip('no tool')\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.no_skips", "-c", os.devnull]
    environment = {**os.environ, "TESTS_NO_SKIP": variable}
    run = subprocess.run(
        [*command, str(test)],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in run.stdout
    assert "no tool" in run.stdout or outcome == "1 skipped"
