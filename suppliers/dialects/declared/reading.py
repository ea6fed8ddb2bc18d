"""What an answer says, by its declaration. Pure.

Everything that is wrong with an answer is gathered, so that whoever sets up a
declaration sees it at once; any of it makes the whole answer unreadable.
"""

from pydantic import ValidationError
from pydantic_core import from_json

from suppliers.contract import PurchaseReport, StockRow
from suppliers.dialects.declared import values
from suppliers.dialects.declared.calls import Stock
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.declared.expressions import (
    Json,
    Path,
    Unreadable,
    Wrong,
    shown,
)
from suppliers.dialects.declared.reader import Reader
from suppliers.dialects.rest_messages import PurchaseOrder, StockItem


def parsed(body: bytes | str) -> Json:
    """The answer as JSON. Raises Unreadable."""
    try:
        found: Json = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Unreadable(Wrong("body", "is no JSON")) from error
    return found


def report_in(
    declaration: Declaration, data: Json, order: Path, place: str = "order"
) -> PurchaseReport:
    """The purchase order that stands at this place of an answer. Raises Unreadable."""
    found = order.find(data, place)
    if found is None:
        raise Unreadable(Wrong(place, "nothing stands there"))
    return report_of(declaration, found)


def rows_in(data: Json, place: Path, name: str = "orders") -> list[Json]:
    """The rows of a page; a page that has no list at all is no page."""
    found = place.find(data, name)
    if not isinstance(found, list):
        raise Unreadable(Wrong(name, "is no list", shown(found)))
    return found


def report_of(declaration: Declaration, order: Json) -> PurchaseReport:
    """What one order says. Raises Unreadable with all that is wrong."""
    reader = Reader(declaration.moments)
    fields = reader.order(order, declaration.report)
    if reader.wrong:
        raise Unreadable(*reader.wrong)
    try:
        return PurchaseOrder.model_validate(fields).report()
    except ValidationError as error:
        raise Unreadable(*_wrong(error)) from error


def stock_row(stock: Stock, row: Json, place: str = "") -> StockRow:
    """One line of the stock list; what it does not say stays unknown."""
    reader = Reader()
    currency = reader.maybe(row, stock.currency, f"{place}currency", values.currency)
    fields = {
        "sku": reader.take(row, stock.sku, f"{place}sku", values.name),
        "quantity": reader.maybe(row, stock.quantity, f"{place}quantity", values.units),
        "unit_cost_cents": reader.maybe(
            row,
            stock.unit_cost,
            f"{place}unit_cost",
            lambda found: values.cents(found, currency, stock.money),
        ),
        "currency": currency,
    }
    if reader.wrong:
        raise Unreadable(*reader.wrong)
    try:
        return StockItem.model_validate(fields).row()
    except ValidationError as error:
        raise Unreadable(*_wrong(error, place)) from error


def _wrong(error: ValidationError, before: str = "") -> list[Wrong]:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [
        Wrong(
            before + (".".join(str(step) for step in each["loc"])[:80] or "order"),
            each["msg"].removeprefix("Value error, "),
        )
        for each in found
    ]
