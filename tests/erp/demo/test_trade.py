"""The made-up past: the same for a day, believable, and in the files' layout."""

import csv
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from erp.channels.reading import open_table
from erp.channels.shopify_columns import IGNORED, READ_IF_THERE, REQUIRED
from erp.demo.files import write_all
from erp.demo.oddities import in_sequence, oddities
from erp.demo.shelf import SUPPLIERS, products
from erp.demo.trade import SLIPPING, SLIPS_FOR, fates, past_sales
from erp.replay.folder import read_folder

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_day_has_one_past() -> None:
    sold = products()
    assert products() == sold
    assert past_sales(sold, NOW) == past_sales(sold, NOW)
    assert past_sales(sold, NOW) != past_sales(sold, NOW - timedelta(days=1))


def test_the_shelf_is_small_and_some_products_have_a_choice() -> None:
    sold = products()
    offers = Counter(len(product.offers) for product in sold)
    assert 55 <= len(sold) <= 65
    assert offers[2] >= 10
    assert offers[3] >= 2
    assert {o.supplier for p in sold for o in p.offers} == {s.code for s in SUPPLIERS}
    assert len({supplier.country for supplier in SUPPLIERS}) == 3


def test_customers_write_in_several_scripts() -> None:
    names = " ".join(sale.customer.name for sale in past_sales(products(), NOW))
    scripts = {unicodedata.name(letter).split()[0] for letter in names}
    assert scripts >= {"LATIN", "HEBREW", "ARABIC"}


def test_only_one_supplier_slips_and_only_lately() -> None:
    sold = products()
    late: Counter[tuple[str, bool]] = Counter()
    known: Counter[tuple[str, bool]] = Counter()
    for fate in fates(past_sales(sold, NOW), sold, NOW):
        key = fate.supplier, fate.acknowledged_at > NOW - SLIPS_FOR + timedelta(days=1)
        known[key] += 1
        late[key] += fate.shipped_at > fate.ship_by
    rates = {key: late[key] / known[key] for key in known}
    assert rates.pop((SLIPPING, True)) > 0.3
    assert max(rates.values()) < 0.2


def test_the_odd_orders_are_numbered_as_they_were_placed() -> None:
    usual = past_sales(products(), NOW)
    sales, odd = in_sequence(usual, oddities(products(), usual[-1].number + 1, NOW))
    every = sorted([*sales, *odd.sales], key=lambda sale: sale.number)
    assert [sale.placed_at for sale in every] == sorted(x.placed_at for x in every)
    assert len({sale.number for sale in every}) == len(every)


def test_the_files_can_be_read_back_whole(tmp_path: Path) -> None:
    sold = products()
    sales = past_sales(sold, NOW)
    write_all(tmp_path, sold, sales, fates(sales, sold, NOW))
    recorded = read_folder(tmp_path)
    assert [order.name for order in recorded.orders] == [sale.name for sale in sales]
    assert recorded.sold == {sale.name for sale in sales}
    with open_table(
        tmp_path / "orders_shopify.csv", REQUIRED, (*READ_IF_THERE, *IGNORED)
    ) as table:
        assert table.unknown_columns == []


def test_the_files_have_the_columns_of_recorded_trade(
    tmp_path: Path, olist: Path
) -> None:
    write_all(tmp_path, products(), (), ())
    for name in ("catalog.csv", "orders_shopify.csv", "outcomes.csv"):
        with (tmp_path / name).open() as ours, (olist / name).open() as theirs:
            assert next(csv.reader(ours)) == next(csv.reader(theirs)), name
