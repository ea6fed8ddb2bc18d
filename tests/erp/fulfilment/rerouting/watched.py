"""Two suppliers of one product, and the watch over their clocks."""

from datetime import timedelta
from itertools import count

from sqlmodel import col, select

from erp.fulfilment.models import Decision
from erp.fulfilment.rerouting.commands import reroute_order
from erp.fulfilment.rerouting.watching import WatchRules, watch_due
from erp.fulfilment.sourcing.candidates import Parcels
from erp.fulfilment.sourcing.purchasing import RoutingRules
from erp.orders.models import Order
from suppliers.models import Reroute
from suppliers.sandbox.messages import Script
from tests.erp.fulfilment.trade import Trade

ROUTING = RoutingRules(
    stale_after=timedelta(days=60),
    parcels=Parcels.PREFER,
    allow_split=False,
    buffer=0,
    min_margin_bp=0,
)
_numbers = count(1)


def two_suppliers(trade: Trade, **habits: object) -> None:
    """A is the cheaper one; it does as told, B takes, ships and delivers."""
    trade.supplier("A", **habits)
    trade.supplier("B", acknowledge_after=0, ship_after=60, deliver_after=120)
    trade.offer("A", "X", unit_cost_cents=400)
    trade.offer("B", "X", unit_cost_cents=600)


def ordered(trade: Trade, **script: object) -> int:
    """An order for X that has gone to A, which does as its script says, if any."""
    name = f"#{next(_numbers)}"
    if script:
        told = Script(supplier=trade.codes["A"], order_name=name, **script)
        trade.remote.load_scripts([told])
    order_id = trade.order(("X", 1, 1000), name=name)
    trade.route(stale_after=timedelta(days=60))
    trade.forward()
    return order_id


def watch(trade: Trade, reroute: Reroute = Reroute.ASK) -> int:
    return watch_due(trade.sessions, WatchRules(reroute, ROUTING), trade.now)


def run(trade: Trade, reroute: Reroute = Reroute.ASK) -> None:
    """Everything that is due, once, in the order of the jobs."""
    trade.route(stale_after=timedelta(days=60))
    trade.forward()
    trade.cancel()
    trade.track()
    watch(trade, reroute)


def decide_to_reroute(trade: Trade, order_id: int) -> None:
    with trade.sessions.writing() as session:
        order = session.get_one(Order, order_id)
        reroute_order(session, order, trade.now, by="ada")


def record_of(trade: Trade, order_id: int) -> dict[str, object]:
    """The newest decision about an order."""
    with trade.sessions.reading() as session:
        query = select(Decision).where(col(Decision.order_id) == order_id)
        return session.exec(query.order_by(col(Decision.id).desc())).first().record
