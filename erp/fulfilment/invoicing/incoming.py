"""An invoice as the world tells it to us: read strictly, or refused field by field."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from config.money import DECIMALS, MOST_CENTS, MoneyError, is_currency, to_cents
from erp.fulfilment.invoicing.lifecycle import LineKind
from erp.fulfilment.invoicing.registering import Invoice, InvoiceLine
from erp.orders.problems import CLEAN, FieldProblem, problems_of

MOST_LINES = 2_000
MOST_UNITS = 100_000  # of one line; more is a slip of the keyboard
MOST_DIGITS = 10  # of a number of units that is read at all
YEARS = range(2000, 2101)  # outside of them a day is a slip too
STRICT = ConfigDict(extra="forbid", frozen=True)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class UnfitInvoice(ValueError):
    """What is wrong with it, field by field."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.what}" for each in problems))
        self.problems = problems


def _likely_day(given: object) -> date:
    """Only a text is a day: a number might be read as one, too."""
    try:
        if not isinstance(given, str) or not DAY.fullmatch(given):
            raise ValueError(given)
        day = date.fromisoformat(given)
    except ValueError as error:
        words = "write the day as a text such as 2026-03-01"
        raise PydanticCustomError("day", words) from error
    if day.year not in YEARS:
        words = "the year {year} cannot be right"
        raise PydanticCustomError("year", words, {"year": day.year})
    return day


def _in_use(code: str) -> str:
    if not is_currency(code):
        words = "is not a currency in use: write its ISO 4217 code, as in USD"
        raise PydanticCustomError("currency", words)
    return code


Amount = Annotated[str, Field(max_length=40, examples=["93.90"])]
Currency = Annotated[
    str,
    AfterValidator(_in_use),
    WithJsonSchema({"type": "string", "enum": sorted(DECIMALS)}),
]
Day = Annotated[
    date,
    BeforeValidator(_likely_day),
    WithJsonSchema({"type": "string", "format": "date"}),
]


class NewLine(BaseModel):
    """One billed line: an item by its SKU, or an amount for something else."""

    model_config = STRICT

    kind: LineKind = LineKind.ITEM
    purchase_order: str = Field(
        default="",
        max_length=32,
        pattern=CLEAN,
        description="Our reference. Shipping, fees and taxes may name none: then they "
        "are shared by the purchase orders of the items.",
    )
    supplier_sku: str = Field(default="", max_length=80, pattern=CLEAN)
    quantity: int = Field(default=1, strict=True, ge=1, le=MOST_UNITS)
    unit_cost: Amount


class NewInvoice(BaseModel):
    """A whole invoice; amounts are decimal texts in its currency."""

    model_config = STRICT

    number: str = Field(min_length=1, max_length=80, pattern=CLEAN)
    currency: Currency
    issued_on: Day
    total: Amount
    lines: list[NewLine] = Field(min_length=1, max_length=MOST_LINES)


def read_invoice(raw: Mapping[str, Any]) -> Invoice:
    """Raises UnfitInvoice with everything that is wrong."""
    try:
        return invoice_of(NewInvoice.model_validate(raw))
    except ValidationError as error:
        raise UnfitInvoice(problems_of(error)) from error


def units_typed(text: str) -> object:
    """A number that was typed; anything else stays, to be refused by its name."""
    typed = text.strip()
    is_number = typed.isascii() and typed.isdecimal() and len(typed) < MOST_DIGITS
    return int(typed) if is_number else typed


def invoice_of(new: NewInvoice) -> Invoice:
    """Raises UnfitInvoice for an amount that is none in its currency."""
    problems: list[FieldProblem] = []

    def cents(text: str, field: str, units: int = 1) -> int:
        try:
            found = to_cents(text, new.currency)
        except MoneyError as error:
            problems.append(FieldProblem(field, str(error)))
            return 0
        if found * units > MOST_CENTS:
            problems.append(FieldProblem(field, "is more than can be stored"))
        return found

    made = Invoice(
        number=new.number,
        currency=new.currency,
        issued_on=new.issued_on,
        total_cents=cents(new.total, "total"),
        lines=tuple(
            InvoiceLine(
                kind=line.kind,
                quantity=line.quantity,
                unit_cost_cents=cents(
                    line.unit_cost, f"lines[{at}].unit_cost", line.quantity
                ),
                supplier_sku=line.supplier_sku,
                purchase_reference=line.purchase_order,
            )
            for at, line in enumerate(new.lines)
        ),
    )
    if problems:
        raise UnfitInvoice(tuple(problems))
    return made
