"""The list of orders as its address asks for it."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from config.paging import Count, Page
from erp.fulfilment.overview import purchase_lists as fulfilment
from erp.fulfilment.overview.search import late_orders, orders_of_supplier
from erp.orders import queries
from erp.orders.lifecycle import HoldReason, OrderStatus
from erp.orders.models import Channel
from erp.orders.queries import OrderRow
from erp.orders.search import OrderFilter, OrderSort
from erp.web.frame import asking
from erp.web.frame.context import erp


@dataclass(frozen=True, slots=True)
class OrderList:
    page: Page[OrderRow]
    count: Count
    suppliers: dict[int, tuple[str, ...]]
    late: frozenset[int]
    channels: list[Channel]
    is_store_empty: bool

    @property
    def channel_choices(self) -> list[tuple[str, str]]:
        return [(channel.code, channel.name) for channel in self.channels]


def asked() -> OrderFilter:
    """The filters of this request's address."""
    among: list[Any] = []
    supplier = asking.words("supplier")
    if supplier:
        among.append(orders_of_supplier(supplier))
    if asking.words("late"):
        among.append(late_orders(erp().clock()))
    return OrderFilter(
        search=asking.words() or asking.words("product"),
        status=asking.choice("status", OrderStatus),
        reason=asking.choice("reason", HoldReason),
        channel=asking.words("channel"),
        placed_from=asking.day_start("from") or asking.moment("since"),
        placed_before=asking.day_start("to", later_by_days=1),
        sort=asking.choice("sort", OrderSort) or OrderSort.NEWEST,
        among=tuple(among),
    )


def gather(session: Session, wanted: OrderFilter, mark: str | None) -> OrderList:
    page, count = queries.list_and_count(session, wanted, mark)
    ids = [row.id for row in page.rows]
    return OrderList(
        page=page,
        count=count,
        suppliers=fulfilment.suppliers_of(session, ids),
        late=fulfilment.late_among(session, ids, erp().clock()),
        channels=queries.channels(session),
        is_store_empty=not ids and not queries.has_orders(session),
    )
