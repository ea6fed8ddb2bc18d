"""Suppliers that are asked after each purchase order, and what they were asked."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from suppliers.contract import Follows, PurchaseReport, SupplierClient
from suppliers.errors import SupplierError
from suppliers.models import Supplier
from suppliers.registry import Clients, rest
from tests.erp.fulfilment.trade import Trade


@dataclass
class Following:
    """The real client, but for how it follows; what it is asked is kept."""

    real: SupplierClient
    follows: Follows
    asked: list[str]
    failure: SupplierError | None = None
    absent: set[str] = field(default_factory=set)
    failures: dict[str, SupplierError] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def look_up(self, reference: str) -> PurchaseReport | None:
        self.asked.append(reference)
        if failure := self.failure or self.failures.get(reference):
            raise failure
        return None if reference in self.absent else self.real.look_up(reference)


@dataclass
class Desk:
    """How every supplier of a trade follows, and what it was asked."""

    follows: Follows
    asked: list[str] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    failure: SupplierError | None = None
    failures: dict[str, SupplierError] = field(default_factory=dict)

    def open(self, trade: Trade) -> None:
        def following(*asked: Any) -> Any:
            real = rest(*asked)
            given = (self.asked, self.failure, self.absent, self.failures)
            return Following(real, self.follows, *given)

        trade.clients.close()
        trade.clients = Clients(trade.clock, {"rest": following})


def looking_up(trade: Trade, follows: Follows = Follows.EACH) -> Desk:
    desk = Desk(follows)
    desk.open(trade)
    return desk


def sent(trade: Trade, count: int, **given: object) -> list[str]:
    usual = {"acknowledge_after": 60, "ship_after": 3600, "deliver_after": 7200}
    trade.supplier("A", **usual)
    trade.change_supplier("A", **given)
    references = [trade.purchase("A") for _ in range(count)]
    trade.later(seconds=1)
    while trade.forward():
        trade.later(seconds=61)
    return references


def supplier(trade: Trade) -> Supplier:
    with trade.sessions.reading() as session:
        query = select(Supplier).where(col(Supplier.code) == trade.codes["A"])
        found = session.exec(query).one()
        session.expunge(found)
    return found
