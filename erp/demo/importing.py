"""The demo's files go the way any store's would: through the importers."""

from pathlib import Path

from erp.bootstrap import Erp
from erp.channels.importing import import_catalog, import_suppliers
from erp.channels.reading import open_table
from erp.channels.shopify_columns import IGNORED, READ_IF_THERE, REQUIRED
from erp.channels.shopify_csv import read_orders
from erp.demo.shelf import CURRENCY
from erp.replay.folder import Recorded
from erp.replay.outcomes import read_outcomes

CHANNEL = "webshop"


def import_offers(erp: Erp, folder: Path) -> None:
    """Suppliers with their terms, and what they offer."""
    now = erp.clock()
    sessions = erp.sessions
    found = import_suppliers(sessions, folder / "suppliers.csv", now, currency=CURRENCY)
    offers = import_catalog(sessions, folder / "catalog.csv", now)
    assert not found.refused + offers.refused, (found.problems, offers.problems)


def read_trade(folder: Path) -> Recorded:
    """What was sold, which enters later as it was paid, and what became of it."""
    path = folder / "orders_shopify.csv"
    with open_table(path, REQUIRED, (*READ_IF_THERE, *IGNORED)) as table:
        incoming = list(read_orders(table, channel=CHANNEL, suppliers=()))
    refused = [each.problems for each in incoming if each.order is None]
    assert not refused, refused
    orders = tuple(each.order for each in incoming if each.order is not None)
    return Recorded(folder, orders, read_outcomes(folder / "outcomes.csv"))
