"""`erp import` as a user types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from erp.cli import main

SUPPLIERS = "code,name,city,state,handling_days\nS1,Acme,Haifa,HA,2\n"
CATALOG = (
    "sku,title,category,weight_grams,supplier_code,supplier_sku,unit_cost,currency,"
    "quantity,lead_time_days\n"
    "A,Lamp,home,100,S1,S1-A,4.50,USD,10,3\n"
)


@pytest.fixture
def run(tmp_path: Path):
    def run(*words: str) -> Result:
        arguments = ["import", *words, "--data", str(tmp_path / "store")]
        return CliRunner().invoke(main, arguments)

    return run


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_second_import_changes_nothing_and_says_so(run, tmp_path: Path) -> None:
    file = written(tmp_path, "suppliers.csv", SUPPLIERS)
    assert "1 created" in run("suppliers", file).stdout
    again = run("suppliers", file)
    assert again.exit_code == 0
    assert "1 unchanged" in again.stdout
    assert "nothing was changed" in again.stdout


def test_a_bad_row_is_named_and_the_others_are_taken(run, tmp_path: Path) -> None:
    run("suppliers", written(tmp_path, "suppliers.csv", SUPPLIERS))
    bad = CATALOG + "B,Vase,home,100,S1,S1-B,-1,USD,10,3\n"
    result = run("catalog", written(tmp_path, "catalog.csv", bad))
    assert result.exit_code == 1
    assert "line 3, unit_cost" in result.stdout
    assert "1 created" in result.stdout
    assert "1 refused" in result.stdout


def test_a_wrong_file_is_refused_as_a_whole(run, tmp_path: Path) -> None:
    result = run("orders", written(tmp_path, "page.html", "<html>\n"))
    assert result.exit_code == 1
    assert "a web page, not CSV" in result.output


def test_a_slip_in_the_settings_is_told_before_anything_happens(
    run, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "erp.toml").write_text("[sotre]\n", encoding="utf-8")
    result = run("suppliers", written(tmp_path, "suppliers.csv", SUPPLIERS))
    assert "unknown table [sotre]" in result.output
    assert not (tmp_path / "store" / "erp.db").exists()


def test_rates_are_kept_by_day_and_a_bad_one_is_named(run, tmp_path: Path) -> None:
    rates = "base,currency,day,rate\nBRL,USD,2026-03-02,0.1934\nEUR,USD,soon,0\n"
    file = written(tmp_path, "rates.csv", rates)
    result = run("rates", file)
    assert "1 created" in result.stdout
    assert "line 3, day" in result.stdout
    assert "line 3, rate: must be what one unit of the base costs" in result.stdout
    assert "1 unchanged" in run("rates", file).stdout
