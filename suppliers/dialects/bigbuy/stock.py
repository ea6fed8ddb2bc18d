"""BigBuy's stock and prices: two lists in pages, of products and of their variations.

    GET {base}/catalog/productsstockbyhandlingdays.json?page&pageSize&parentTaxonomy
      [{id, sku, stocks: [{quantity, minHandlingDays, maxHandlingDays, warehouse}]}]
    GET {base}/catalog/productprices.json?page&pageSize&parentTaxonomy
      [{id, sku, wholesalePrice}]

The two are not in the same order, so prices are read first and kept. Each list may be
asked for ten times an hour: no page is asked for twice. A product is what it has in all
its warehouses together; one without any line is unknown, not sold out.
"""

import json
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from suppliers.contract import StockRow
from suppliers.dialects.bigbuy.messages import Heard
from suppliers.dialects.bigbuy.requests import Options
from suppliers.dialects.rest_messages import MOST_CENTS, MOST_UNITS, Name
from suppliers.http import Answer

STOCKS = ("productsstockbyhandlingdays", "productsvariationsstockbyhandlingdays")
PRICES = ("productprices", "productvariationprices")

Ask = Callable[[str], Answer]
Units = Annotated[int, Field(ge=0, le=MOST_UNITS)]


def cents_of(amount: object) -> int:
    """The nearest cent: it adds its prices up in fractions that are not exact."""
    if not isinstance(amount, str | int | Decimal) or isinstance(amount, bool):
        raise ValueError("an amount of money must be a number")
    try:
        cents = (Decimal(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP)
    except ArithmeticError as error:
        raise ValueError("no amount of money") from error
    if not 0 <= cents <= MOST_CENTS:
        raise ValueError("an amount of money nobody can mean")
    return int(cents)


class HandlingStock(Heard):
    quantity: Units


class ProductStock(Heard):
    sku: Name
    stocks: list[HandlingStock] = Field(default_factory=list)

    @property
    def quantity(self) -> int | None:
        return sum(each.quantity for each in self.stocks) if self.stocks else None


class ProductPrice(Heard):
    sku: Name
    wholesalePrice: Annotated[int, BeforeValidator(cents_of)]  # in cents


Stocks = TypeAdapter(list[ProductStock])
Prices = TypeAdapter(list[ProductPrice])


class Standstill(ValueError):
    """A list that comes again and again from its start."""


def prices(ask: Ask, options: Options) -> dict[str, int]:
    """What each SKU costs, in cents."""
    return {
        price.sku: price.wholesalePrice
        for page in _pages(ask, options, PRICES)
        for price in Prices.validate_python(page)
    }


def rows(ask: Ask, options: Options, costs: dict[str, int]) -> Iterator[StockRow]:
    for page in _pages(ask, options, STOCKS):
        for stock in Stocks.validate_python(page):
            cost = costs.get(stock.sku)
            currency = None if cost is None else options.currency
            yield StockRow(stock.sku, stock.quantity, cost, currency)


def _pages(ask: Ask, options: Options, lists: tuple[str, str]) -> Iterator[object]:
    for name in lists:
        for taxonomy in options.taxonomies or (None,):
            yield from _pages_of(ask, name, taxonomy, options.page_size)


def _pages_of(
    ask: Ask, name: str, taxonomy: int | None, page_size: int
) -> Iterator[object]:
    """Page after page until one is not full."""
    number, last = 0, None
    while True:
        query = {"page": number, "pageSize": page_size}
        if taxonomy is not None:
            query["parentTaxonomy"] = taxonomy
        page = _page(ask(f"/catalog/{name}.json?{urlencode(query)}"))
        if page and page == last:
            raise Standstill("its list stands still")
        yield page
        if len(page) < page_size:
            return
        number, last = number + 1, page


def _page(answer: Answer) -> list[object]:
    """Nothing at all is how it writes an empty list."""
    if not answer.body.strip():
        return []
    page = json.loads(answer.body, parse_float=Decimal)
    if not isinstance(page, list):
        raise ValueError("it is no list")
    return page


UNREADABLE = (ValidationError, ValueError, RecursionError)
