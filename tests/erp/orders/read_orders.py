"""Orders as channels tell them, read."""

from erp.orders.incoming import NewOrder, read_order
from tests.asked import an_order


def read(**changes):
    order = read_order(an_order(**changes))
    assert isinstance(order, NewOrder), order
    return order
