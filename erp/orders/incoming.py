"""An order as the world tells it to us: read strictly, or refused field by field.

Amounts are decimal texts in the order's currency ("93.90"), never floats; here they
become whole cents. Discounts: a line has its own, and the order's `discount` comes on
top of them. It is shared out over the lines by what they cost, so that afterwards the
lines' discounts add up to the order's; what exceeds the goods lowers the shipping.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from config.money import MOST_CENTS, MoneyError, is_currency, to_cents, to_text
from erp.orders.models import Fulfilment, Payment, Risk
from erp.orders.problems import CLEAN, CODE, COUNTRY, EMAIL, FieldProblem, problems_of

MOST_LINES = 500
MOST_UNITS = 100_000  # of one line; more is a slip of the keyboard
YEARS = range(2000, 2101)  # outside of them a moment is a slip too
AMOUNTS = frozenset(
    {"unit_price", "discount", "shipping", "tax", "total"}
)  # read in the order's currency


@dataclass(frozen=True, slots=True)
class _Amount:
    """A raw amount with the currency it is in."""

    raw: object
    currency: str


def _read_amount(given: object) -> int:
    assert isinstance(given, _Amount), "amounts are tagged before they are read"
    if not isinstance(given.raw, str):
        raise PydanticCustomError(
            "amount_not_text",
            'must be a decimal text such as "93.90", not {kind}',
            {"kind": _kind(given.raw)},
        )
    try:
        return to_cents(given.raw, given.currency)
    except MoneyError as error:
        raise PydanticCustomError("amount", "{what}", {"what": str(error)}) from error


def _kind(raw: object) -> str:
    if isinstance(raw, float):
        return "a floating-point number, which rounds money"
    return "a number" if isinstance(raw, int) else type(raw).__name__


def _read_moment(given: object) -> object:
    if not isinstance(given, str | datetime):
        raise PydanticCustomError(
            "moment", "write the moment as a text such as 2026-03-02T09:00:00Z"
        )
    return given


def _in_utc(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise PydanticCustomError(
            "year", "the year {year} cannot be right", {"year": moment.year}
        )
    return moment.astimezone(UTC)


def _known_currency(code: str) -> str:
    if not is_currency(code):
        raise PydanticCustomError(
            "currency", "is not a currency in use: write its ISO 4217 code, as in USD"
        )
    return code


def _wrong(field: str, what: str) -> PydanticCustomError:
    return PydanticCustomError("sum", "{what}", {"what": what, "field": field})


Cents = Annotated[
    int,
    BeforeValidator(_read_amount),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?$", "example": "93.90"}),
]
Moment = Annotated[
    AwareDatetime, BeforeValidator(_read_moment), AfterValidator(_in_utc)
]
STRICT = ConfigDict(
    extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=False
)


class NewAddress(BaseModel):
    """Where to ship. What is missing holds the order later; it does not refuse it."""

    model_config = STRICT

    name: str = Field(default="", max_length=200, pattern=CLEAN)
    phone: str = Field(default="", max_length=60, pattern=CLEAN)
    company: str = Field(default="", max_length=200, pattern=CLEAN)
    address1: str = Field(default="", max_length=300, pattern=CLEAN)
    address2: str = Field(default="", max_length=300, pattern=CLEAN)
    city: str = Field(default="", max_length=120, pattern=CLEAN)
    postal_code: str = Field(default="", max_length=30, pattern=CLEAN)
    province: str = Field(default="", max_length=120, pattern=CLEAN)
    country: str = Field(default="", pattern=COUNTRY)


class NewLine(BaseModel):
    model_config = STRICT

    sku: str = Field(min_length=1, max_length=80, pattern=CLEAN)
    title: str = Field(default="", max_length=500, pattern=CLEAN)
    quantity: int = Field(strict=True, ge=1, le=MOST_UNITS)
    unit_price_cents: Cents = Field(alias="unit_price")
    discount_cents: Cents = Field(default=0, alias="discount")  # of the whole line
    supplier: str | None = Field(
        default=None, min_length=1, max_length=40, pattern=CLEAN
    )  # a supplier's code, if the line must go there

    @property
    def goods_cents(self) -> int:
        return self.quantity * self.unit_price_cents

    @model_validator(mode="after")
    def _discount_within_goods(self) -> Self:
        if self.discount_cents > self.goods_cents:
            raise _wrong("discount", "is more than quantity times unit price")
        return self


class NewOrder(BaseModel):
    model_config = STRICT

    channel: str = Field(max_length=40, pattern=CODE)
    external_id: str = Field(min_length=1, max_length=120, pattern=CLEAN)
    name: str = Field(min_length=1, max_length=120, pattern=CLEAN)
    currency: Annotated[str, AfterValidator(_known_currency)]
    placed_at: Moment
    paid_at: Moment | None = None
    cancelled_at: Moment | None = None
    payment: Payment
    risk: Risk | None = None
    fulfilment: Fulfilment | None = None  # what was sent of it already, if anything
    email: str = Field(default="", max_length=254, pattern=EMAIL)
    ship_to: NewAddress
    lines: list[NewLine] = Field(min_length=1, max_length=MOST_LINES)
    shipping_cents: Cents = Field(default=0, alias="shipping")
    discount_cents: Cents = Field(default=0, alias="discount")  # on top of the lines'
    tax_cents: Cents = Field(default=0, alias="tax")
    total_cents: Cents = Field(alias="total")

    @property
    def goods_cents(self) -> int:
        """The lines before any discount."""
        return sum(line.goods_cents for line in self.lines)

    @property
    def all_discounts_cents(self) -> int:
        return self.discount_cents + sum(line.discount_cents for line in self.lines)

    @model_validator(mode="before")
    @classmethod
    def _tag_amounts(cls, given: object) -> object:
        """Tell each amount its currency, which it is read by."""
        if not isinstance(given, Mapping):
            return given
        currency = given.get("currency")
        known = currency if isinstance(currency, str) else ""
        tagged = _tagged(given, known)
        if isinstance(lines := given.get("lines"), list):
            tagged["lines"] = [_tagged(line, known) for line in lines]
        return tagged

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        paid = self._without_tax()
        if self.goods_cents > MOST_CENTS:
            raise _wrong("lines", "add up to more than can be stored")
        if paid < 0:
            raise _wrong("discount", "with the lines' is more than goods and shipping")
        if not any(self._is_about(each) for each in (paid, paid + self.tax_cents)):
            raise _wrong("total", self._sum_in_words())
        return self

    def _without_tax(self) -> int:
        return self.goods_cents - self.all_discounts_cents + self.shipping_cents

    def _is_about(self, expected_cents: int) -> bool:
        """Channels round each line; they never round more than a hundredth away."""
        slack = max(expected_cents // 100, len(self.lines))
        return abs(self.total_cents - expected_cents) <= slack

    def _sum_in_words(self) -> str:
        goods, less, shipping, tax, total, expected = (
            to_text(cents, self.currency)
            for cents in (
                self.goods_cents,
                self.all_discounts_cents,
                self.shipping_cents,
                self.tax_cents,
                self.total_cents,
                self._without_tax() + self.tax_cents,
            )
        )
        return (
            f"is {total}, but lines {goods} - discounts {less} + shipping {shipping} "
            f"+ tax {tax} make {expected} {self.currency}"
        )


def read_order(given: object) -> NewOrder | tuple[FieldProblem, ...]:
    """An order from parsed JSON or CSV, or everything that is wrong with it."""
    try:
        return NewOrder.model_validate(given)
    except ValidationError as error:
        return problems_of(error)


def _tagged(given: Any, currency: str) -> Any:
    if not isinstance(given, Mapping):
        return given
    return {
        name: _Amount(value, currency) if name in AMOUNTS else value
        for name, value in given.items()
    }
