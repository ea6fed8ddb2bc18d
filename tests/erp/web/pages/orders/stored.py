"""Orders as they are stored."""

from erp.orders.models import Order


def order_of(sessions, order_id):
    """An order as it is stored now."""
    with sessions.reading() as session:
        return session.get(Order, order_id)
