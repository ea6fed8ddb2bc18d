"""What tells that an order may be one over again: its customer, goods and price.

They are kept with the order as two short hashes, one for each thing that tells the same
customer, so that alike orders are found by an index however busy the day. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from erp.orders.guards import Customer, Items

BYTES = 8  # what a database keeps as one number


@dataclass(frozen=True, slots=True)
class Likeness:
    """None where nothing tells the customer."""

    email_key: int | None
    door_key: int | None


def items_of(lines: Iterable[tuple[str, int]]) -> Items:
    """All that was ordered, whatever the order of its lines."""
    return tuple(sorted(lines))


def likeness(customer: Customer, items: Items, subtotal_cents: int) -> Likeness:
    goods = items, subtotal_cents
    return Likeness(_key(customer.by_email, goods), _key(customer.by_door, goods))


def _key(mark: tuple[str, ...], goods: tuple[Items, int]) -> int | None:
    if not mark:
        return None
    digest = blake2b(repr((mark, goods)).encode(), digest_size=BYTES).digest()
    return int.from_bytes(digest, signed=True)
