"""Purchase orders that suppliers are asked about, and those suppliers' rows."""

from sqlmodel import col, select

from suppliers.models import Supplier
from tests.erp.fulfilment.trade import Trade


def on_their_way(trade: Trade, name: str = "A", **habits: object) -> str:
    usual = {"acknowledge_after": 60, "ship_after": 3600, "deliver_after": 7200}
    trade.supplier(name, **(usual | habits))
    reference = trade.purchase(name, ("X", 4, 1000))
    trade.forward()
    return reference


def supplier(trade: Trade, name: str = "A") -> Supplier:
    with trade.sessions.reading() as session:
        query = select(Supplier).where(col(Supplier.code) == trade.codes[name])
        found = session.exec(query).one()
        session.expunge(found)
    return found
