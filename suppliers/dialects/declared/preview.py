"""What a declaration makes of a real answer, without any call. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from pydantic import ValidationError

from suppliers.contract import PurchaseReport, StockRow
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.declared.expressions import Json, Path, Unreadable, Wrong
from suppliers.dialects.declared.failing import Failure, failure_in
from suppliers.dialects.declared.reading import (
    parsed,
    report_in,
    report_of,
    rows_in,
    stock_row,
)
from suppliers.options import wrong_fields

T = TypeVar("T")
Which = Literal["submit", "look_up", "changes", "stock", "cancel"]


@dataclass(frozen=True, slots=True)
class Preview:
    """What was read, or all that is wrong: in the declaration, or in the answer."""

    reports: tuple[PurchaseReport, ...] = ()
    rows: tuple[StockRow, ...] = ()
    failure: Failure | None = None  # the answer says no
    wrong: tuple[Wrong, ...] = ()


@dataclass(slots=True)
class _Gathered:
    """Reads row by row and keeps what is wrong with each."""

    wrong: list[Wrong] = field(default_factory=list)

    def each(
        self, rows: Iterable[Json], place: str, read: Callable[[Json], T]
    ) -> tuple[T, ...]:
        good = []
        for number, row in enumerate(rows):
            try:
                good.append(read(row))
            except Unreadable as error:
                self.wrong.extend(
                    Wrong(f"{place}.{number}.{each.place}", each.what, each.found)
                    for each in error.wrong
                )
        return tuple(good)


def preview(
    options: Mapping[str, object] | Declaration,
    sample: str | bytes,
    call: Which = "look_up",
    status: int = 200,
) -> Preview:
    """The reports or stock rows in an answer to this call, or all that is wrong."""
    try:
        declaration = Declaration.model_validate(options)
    except ValidationError as error:
        return Preview(wrong=_declared_wrong(error))
    try:
        data = parsed(sample)
        failure = failure_in(declaration, status, data)
        if failure is not None:
            return Preview(failure=failure)
        return _read(declaration, data, call)
    except Unreadable as error:
        return Preview(wrong=error.wrong)


def _read(declaration: Declaration, data: Json, call: Which) -> Preview:
    gathered = _Gathered()
    if call == "stock":
        return _stock(declaration, data, gathered)
    order, orders = places_of(declaration, call)
    if order is not None:
        return Preview(reports=(report_in(declaration, data, order),))
    if orders is None:
        return Preview(wrong=(Wrong(call, "no order is read from its answer"),))
    reports = gathered.each(
        rows_in(data, orders), "orders", lambda row: report_of(declaration, row)
    )
    return Preview(reports=reports, wrong=tuple(gathered.wrong))


def _stock(declaration: Declaration, data: Json, gathered: _Gathered) -> Preview:
    stock = declaration.stock
    if stock is None:
        return Preview(wrong=(Wrong("stock", "this call is not declared"),))
    rows = gathered.each(
        rows_in(data, stock.rows, "rows"), "rows", lambda row: stock_row(stock, row)
    )
    return Preview(rows=rows, wrong=tuple(gathered.wrong))


def places_of(declaration: Declaration, call: Which) -> tuple[Path | None, Path | None]:
    """Where the order, or the list of orders, stands in the answer to a call."""
    match call:
        case "submit":
            return declaration.submit.order, None
        case "look_up" if declaration.look_up is not None:
            return declaration.look_up.order, declaration.look_up.orders
        case "changes" if declaration.changes is not None:
            return None, declaration.changes.orders
        case "cancel" if declaration.cancel is not None:
            return declaration.cancel.order, None
    return None, None


def _declared_wrong(error: ValidationError) -> tuple[Wrong, ...]:
    return tuple(
        Wrong(place, words.removeprefix(f"{place}: "))
        for place, words in wrong_fields(error).items()
    )
