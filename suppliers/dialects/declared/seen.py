"""A real answer seen through a declaration, place by place. Pure.

Where `preview` says what an answer comes to, this shows how: what stands at each place
that is declared, what it is taken for, and what is wrong with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from suppliers.contract import PurchaseReport, StockRow
from suppliers.dialects.declared import values
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.declared.expressions import (
    Json,
    Path,
    Unreadable,
    Wrong,
    shown,
)
from suppliers.dialects.declared.failing import Failure, failure_in, is_absent
from suppliers.dialects.declared.preview import Which, places_of
from suppliers.dialects.declared.reader import Reader
from suppliers.dialects.declared.reading import (
    parsed,
    report_of,
    rows_in,
    stock_row,
)

V = TypeVar("V")
MOST_ROWS = 5  # of a list; the rest is much the same


@dataclass(frozen=True, slots=True)
class Place:
    """One declared place in an answer; `part` is its field of the declaration."""

    place: str
    found: str  # empty: nothing stands there
    meaning: object = None
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows of places: one for each order or stock row that was looked at."""

    rows: tuple[tuple[Place, ...], ...] = ()
    count: int = 0  # of all rows in the answer
    failure: Failure | None = None  # the answer says no
    wrong: tuple[Wrong, ...] = ()  # with the answer as a whole
    is_absent: bool = False  # the answer says that there is no such order
    is_without_stock: bool = False  # it has rows, and no quantity in any of them


@dataclass  # without slots: such a class is made twice, and super() knows the first
class Watching(Reader):
    """Reads as always, and remembers every place it was at."""

    seen: list[Place] = field(default_factory=list)

    def take(
        self, data: Json, path: Path, place: str, read: Callable[[Json], V]
    ) -> V | None:
        before = len(self.wrong)
        meaning = super().take(data, path, place, read)
        wrong = "; ".join(each.what for each in self.wrong[before:])
        found = _found(data, path)
        told = None if isinstance(meaning, list) else meaning
        self.seen.append(Place(place, found, told, wrong))
        return meaning


def see(
    declaration: Declaration,
    sample: str | bytes,
    call: Which,
    status: int = 200,
    reference: str = "",
) -> Seen:
    """What an answer to this call says, as the declaration reads it.

    An order was looked up by `reference`; without one, by what the answer repeats.
    """
    try:
        data = parsed(sample)
        if call == "look_up" and _is_absent(declaration, status, data, reference):
            return Seen(is_absent=True)
        failure = failure_in(declaration, status, data)
        if failure is not None:
            return Seen(failure=failure)
        rows = _rows(declaration, data, call)
    except Unreadable as error:
        return Seen(wrong=error.wrong)
    show = _stock_row if call == "stock" else _order
    shown_rows = tuple(tuple(show(declaration, row)) for row in rows[:MOST_ROWS])
    without = call == "stock" and _is_without_stock(declaration, rows)
    return Seen(shown_rows, len(rows), is_without_stock=without)


def _is_absent(
    declaration: Declaration, status: int, data: Json, reference: str
) -> bool:
    absent = None if declaration.look_up is None else declaration.look_up.absent
    if not reference and absent is not None and absent.reference is not None:
        reference = str(absent.reference.find(data, "absent.reference"))
    return is_absent(absent, status, data, reference)


def _rows(declaration: Declaration, data: Json, call: Which) -> list[Json]:
    if call == "stock" and declaration.stock is not None:
        return rows_in(data, declaration.stock.rows, "stock.rows")
    order, orders = places_of(declaration, call)
    if orders is not None:
        return rows_in(data, orders, f"{call}.orders")
    if order is None:
        raise Unreadable(Wrong(call, "no order is read from its answer"))
    found = order.find(data, f"{call}.order")
    if found is None:
        raise Unreadable(Wrong(f"{call}.order", "nothing stands there"))
    return [found]


def _order(declaration: Declaration, row: Json) -> Iterator[Place]:
    reader = Watching(declaration.moments)
    reader.order(row, declaration.report)
    yield from (replace(each, place=f"report.{each.place}") for each in reader.seen)
    if not reader.wrong:
        yield from _contradictions(lambda: report_of(declaration, row), "report")


def _stock_row(declaration: Declaration, row: Json) -> Iterator[Place]:
    stock = declaration.stock
    assert stock is not None
    reader = Watching()
    currency = reader.maybe(row, stock.currency, "currency", values.currency)
    reader.take(row, stock.sku, "sku", values.name)
    reader.maybe(row, stock.quantity, "quantity", values.units)
    reader.maybe(
        row,
        stock.unit_cost,
        "unit_cost",
        lambda found: values.cents(found, currency, stock.money),
    )
    yield from (replace(each, place=f"stock.{each.place}") for each in reader.seen)
    if not reader.wrong:
        yield from _contradictions(lambda: stock_row(stock, row), "stock")


def _is_without_stock(declaration: Declaration, rows: list[Json]) -> bool:
    assert declaration.stock is not None
    quantity = declaration.stock.quantity
    return bool(rows) and not any(_found(row, quantity) for row in rows)


def _contradictions(
    read: Callable[[], PurchaseReport | StockRow], part: str
) -> Iterator[Place]:
    """What is wrong although every place by itself can be read."""
    try:
        read()
    except Unreadable as error:
        for each in error.wrong:
            yield Place(f"{part}.{each.place}", each.found, wrong=each.what)


def _found(data: Json, path: Path) -> str:
    try:
        found = path.find(data, "")
    except Unreadable:
        return ""
    return "" if found is None else shown(found)
