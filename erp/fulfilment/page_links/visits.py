"""Counts visits as rows, so that a limit holds over processes and restarts."""

import ipaddress
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case
from sqlmodel import Session, col, delete

from config.upsert import dialect_of, insert_into, table_of
from erp.fulfilment.page_links.models import PageVisits

WINDOW = timedelta(minutes=1)
HOME_NETWORK_BITS = 64  # of IPv6: whoever has one such address has them all
_VISITS = table_of(PageVisits)


def count_visit(session: Session, visitor: str, now: datetime) -> int:
    """One more visit; how many there were since this visitor's window opened."""
    given = {"visitor": visitor, "now": now, "former": now - WINDOW}
    counted = session.connection().execute(_count(dialect_of(session)), given)
    return int(counted.scalar_one())


def by_link(link_id: int) -> str:
    return f"link {link_id}"


def from_address(address: str) -> str:
    """A visitor by its address; an IPv6 one by its network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "from nowhere"
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    if isinstance(parsed, ipaddress.IPv4Address):
        return f"from {parsed}"
    network = ipaddress.ip_network((parsed, HOME_NETWORK_BITS), strict=False)
    return f"from {network.network_address}"


def forget_visits(session: Session, now: datetime) -> int:
    """Remove windows that have closed; how many there were."""
    old = delete(PageVisits).where(col(PageVisits.since) <= now - WINDOW)
    return int(session.exec(old).rowcount)


@cache
def _count(dialect: str) -> Any:
    """One statement, so that two processes never count the same visit as one."""
    insert = insert_into(dialect, PageVisits).values(
        visitor=bindparam("visitor"), since=bindparam("now"), visits=1
    )
    has_closed = _VISITS.c.since <= bindparam("former")
    return insert.on_conflict_do_update(
        index_elements=[_VISITS.c.visitor],
        set_={
            "visits": case((has_closed, 1), else_=_VISITS.c.visits + 1),
            "since": case((has_closed, bindparam("now")), else_=_VISITS.c.since),
        },
    ).returning(_VISITS.c.visits)
