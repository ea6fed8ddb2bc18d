"""A folder that cannot be replayed is refused with file, line and column."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from erp.cli import main
from erp.replay.errors import ReplayError
from erp.replay.folder import read_folder
from tests.erp.replay.conftest import FILES


def test_a_whole_folder_is_read(folder: Path) -> None:
    recorded = read_folder(folder)
    assert [order.name for order in recorded.orders] == ["#1"]
    assert recorded.orders[0].lines[0].supplier == "S1"
    assert recorded.sold == {"#1"}
    assert (recorded.currency, recorded.country) == ("USD", "NG")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ReplayError, match=f"has no file {name}"):
        read_folder(folder)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("suppliers.csv", "code"),
        ("catalog.csv", "unit_cost"),
        ("orders_shopify.csv", "Lineitem sku"),
        ("outcomes.csv", "ship_by"),
    ],
)
def test_a_missing_column_is_named_with_its_file(
    folder: Path, name: str, column: str
) -> None:
    (folder / name).write_text(FILES[name].replace(column, "other", 1), "utf-8")
    with pytest.raises(ReplayError) as raised:
        read_folder(folder)
    assert f"{name} line 1: missing columns: {column}" in str(raised.value)


@pytest.mark.parametrize(
    ("name", "good", "bad", "complaint"),
    [
        ("suppliers.csv", ",3\n", ",soon\n", "suppliers.csv line 2, handling_days"),
        ("catalog.csv", "4.00", "4.00.", "catalog.csv line 2, unit_cost"),
        ("catalog.csv", ",S1,", ",S9,", "catalog.csv line 2, supplier_code"),
        ("orders_shopify.csv", "12.00", "11.00", "orders_shopify.csv line 2, Total"),
        ("outcomes.csv", "\n#1", "\n#9", "line 2, order_name: #9 is not in orders"),
        ("outcomes.csv", "#1,S1", "#1,S9", "supplier_code: S9 is not in suppliers"),
    ],
    ids=["days", "cost", "offer of nobody", "sum", "order of nobody", "supplier"],
)
def test_a_bad_value_is_named_with_file_line_and_column(
    folder: Path, name: str, good: str, bad: str, complaint: str
) -> None:
    assert good in FILES[name]
    (folder / name).write_text(FILES[name].replace(good, bad, 1), "utf-8")
    with pytest.raises(ReplayError) as raised:
        read_folder(folder)
    assert complaint in str(raised.value)


def test_nothing_is_stored_of_a_folder_that_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "outcomes.csv").unlink()
    data = tmp_path / "data"
    done = CliRunner().invoke(main, ["replay", str(folder), "--data", str(data)])
    assert done.exit_code == 1
    assert "has no file outcomes.csv" in done.output
    assert not data.exists()
