"""Orders in the layout of Shopify's export: a row per line, order fields on the first.

An order's other rows follow its first one directly and name it. `Vendor` names the
supplier of a line if a supplier has that code; otherwise it is just a brand.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from config.money import MoneyError, to_cents, to_text
from erp.channels.reading import BadRow, Problem, Row
from erp.channels.shopify_columns import (
    FULFILMENTS,
    PAYMENTS,
    RISKS,
    SHIP_TO,
    column_of,
    line_of,
)
from erp.orders.incoming import NewOrder, read_order
from erp.orders.problems import FieldProblem

LONGEST_NUMBER = 12  # digits


@dataclass(slots=True)
class Group:
    """The rows of one order."""

    rows: list[Row]
    problems: list[Problem] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)  # rows that stand there twice

    @property
    def name(self) -> str:
        return self.rows[0]["Name"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One order of the file: read, or refused with the reasons."""

    lines: tuple[int, ...]  # the row of each order line
    order: NewOrder | None
    problems: tuple[Problem, ...] = ()
    vendors: tuple[str, ...] = ()  # named, but not known as suppliers
    repeated: tuple[int, ...] = ()  # rows that stand there twice and count once


def read_orders(
    rows: Iterable[Row | BadRow],
    *,
    channel: str,
    suppliers: Collection[str],
    home_country: str = "",
) -> Iterator[Incoming]:
    """The orders of a file, in its order; what is wrong comes as values."""
    for group in _groups(rows):
        if isinstance(group, Problem):
            yield Incoming((), None, (group,))
        elif group.problems:
            yield Incoming((), None, tuple(group.problems))
        else:
            yield _read(group, channel, suppliers, home_country)


def _groups(rows: Iterable[Row | BadRow]) -> Iterator[Group | Problem]:
    group: Group | None = None
    for row in rows:
        if group is not None and _absorb(row, group):
            continue
        if isinstance(row, BadRow):
            yield row.problem
        elif not _is_first(row):
            yield _astray(row)
        else:
            if group is not None:
                yield group
            group = Group([row])
    if group is not None:
        yield group


def _absorb(row: Row | BadRow, group: Group) -> bool:
    """Put the row with the order it belongs to, if it is this one."""
    if isinstance(row, BadRow):
        if is_ours := _may_belong(row, group):
            group.problems.append(row.problem)
    elif _is_first(row):
        if is_ours := row.values == group.rows[-1].values:
            group.repeated.append(row.line)
    elif is_ours := row["Name"] == group.name:
        group.rows.append(row)
    return is_ours


def _is_first(row: Row) -> bool:
    return bool(row["Financial Status"] or row["Total"] or row["Currency"])


def _may_belong(row: BadRow, group: Group) -> bool:
    """Whether an unreadable row may have been one of this order's."""
    return row.first_value is None or group.name.startswith(row.first_value)


def _astray(row: Row) -> Problem:
    what = f"a further row of order {row['Name']!r}, whose first row is not above it"
    return Problem(row.line, "Name", what)


def _read(
    group: Group, channel: str, suppliers: Collection[str], home_country: str
) -> Incoming:
    first = group.rows[0]
    lines = tuple(row.line for row in group.rows)
    document = _document(first, channel, home_country)
    document["lines"] = [_line(row, suppliers) for row in group.rows]
    read = read_order(document)
    if isinstance(read, tuple) and (less := _without_line_discounts(document)):
        again = read_order(document | {"discount": less})
        read = again if isinstance(again, NewOrder) else read
    if isinstance(read, NewOrder):
        vendors = _strange_vendors(group, suppliers)
        return Incoming(lines, read, vendors=vendors, repeated=tuple(group.repeated))
    return Incoming(lines, None, problems_at(read, lines))


def problems_at(
    problems: Iterable[FieldProblem], lines: tuple[int, ...]
) -> tuple[Problem, ...]:
    """Problems of an order as places in the file."""
    return tuple(
        Problem(line_of(each.field, lines), column_of(each.field), each.what)
        for each in problems
    )


def _document(row: Row, channel: str, home_country: str) -> dict[str, Any]:
    ship_to = {name: _plain(row[column]) for name, column in SHIP_TO.items()}
    ship_to["address1"] = ship_to["address1"] or _plain(row["Shipping Street"])
    ship_to["country"] = (ship_to["country"] or home_country).upper()
    for name in ("postal_code", "phone"):  # '01310 keeps its zero in a spreadsheet
        ship_to[name] = ship_to[name].removeprefix("'")
    return {
        "channel": channel,
        "external_id": row["Id"] or row["Name"],
        "name": row["Name"],
        "currency": row["Currency"],
        "placed_at": _moment(row["Created at"]) or "",
        "paid_at": _moment(row["Paid at"]),
        "cancelled_at": _moment(row["Cancelled at"]),
        "payment": PAYMENTS.get(row["Financial Status"].lower()) or "",
        "risk": RISKS.get(row["Risk Level"].lower()),
        "fulfilment": FULFILMENTS.get(row["Fulfillment Status"].lower()),
        "email": row["Email"],
        "ship_to": ship_to,
        "shipping": row["Shipping"] or "0",
        "discount": row["Discount Amount"] or "0",
        "tax": row["Taxes"] or "0",
        "total": row["Total"],
    }


def _line(row: Row, suppliers: Collection[str]) -> dict[str, Any]:
    vendor = row["Vendor"].strip()
    return {
        "sku": row["Lineitem sku"],
        "title": _plain(row["Lineitem name"]),
        "quantity": _whole(row["Lineitem quantity"]),
        "unit_price": row["Lineitem price"],
        "discount": row["Lineitem discount"] or "0",
        "supplier": vendor if vendor in suppliers else None,
    }


def _whole(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else text


def _plain(text: str) -> str:
    """Line breaks within an address or a title become blanks."""
    return " ".join(text.split())


def _moment(text: str) -> str | None:
    return text.replace(" +", "+").replace(" -", "-").replace(" UTC", "+0000") or None


def _without_line_discounts(document: dict[str, Any]) -> str | None:
    """The order's discount if it counts those of its lines once more, as some do."""
    currency = document["currency"]
    try:
        whole = to_cents(document["discount"], currency)
        lines = sum(to_cents(line["discount"], currency) for line in document["lines"])
    except MoneyError:
        return None
    return to_text(whole - lines, currency) if 0 < lines <= whole else None


def _strange_vendors(group: Group, suppliers: Collection[str]) -> tuple[str, ...]:
    vendors = (row["Vendor"].strip() for row in group.rows)
    return tuple(name for name in vendors if name and name not in suppliers)
