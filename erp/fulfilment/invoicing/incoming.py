"""An invoice as the world tells it to us: read strictly, or refused field by field."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from config.money import MoneyError, is_currency, to_cents
from erp.fulfilment.invoicing.lifecycle import LineKind
from erp.fulfilment.invoicing.registering import Invoice, InvoiceLine
from erp.orders.problems import CLEAN, FieldProblem, problems_of

MOST_LINES = 2_000
MOST_UNITS = 100_000  # of one line; more is a slip of the keyboard
YEARS = range(2000, 2101)  # outside of them a day is a slip too
STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class UnfitInvoice(ValueError):
    """What is wrong with it, field by field."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.what}" for each in problems))
        self.problems = problems


def _likely(day: date) -> date:
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
    quantity: int = Field(default=1, ge=1, le=MOST_UNITS)
    unit_cost: Amount


class NewInvoice(BaseModel):
    """A whole invoice; amounts are decimal texts in its currency."""

    model_config = STRICT

    number: str = Field(min_length=1, max_length=80, pattern=CLEAN)
    currency: Annotated[str, AfterValidator(_in_use)]
    issued_on: Annotated[date, AfterValidator(_likely)]
    total: Amount
    lines: list[NewLine] = Field(min_length=1, max_length=MOST_LINES)


def read_invoice(raw: Mapping[str, Any]) -> Invoice:
    """Raises UnfitInvoice with everything that is wrong."""
    try:
        return invoice_of(NewInvoice.model_validate(raw))
    except ValidationError as error:
        raise UnfitInvoice(problems_of(error)) from error


def invoice_of(new: NewInvoice) -> Invoice:
    """Raises UnfitInvoice for an amount that is none in its currency."""
    problems: list[FieldProblem] = []

    def cents(text: str, field: str) -> int:
        try:
            return to_cents(text, new.currency)
        except MoneyError as error:
            problems.append(FieldProblem(field, str(error)))
            return 0

    made = Invoice(
        number=new.number,
        currency=new.currency,
        issued_on=new.issued_on,
        total_cents=cents(new.total, "total"),
        lines=tuple(
            InvoiceLine(
                kind=line.kind,
                quantity=line.quantity,
                unit_cost_cents=cents(line.unit_cost, f"lines[{at}].unit_cost"),
                supplier_sku=line.supplier_sku,
                purchase_reference=line.purchase_order,
            )
            for at, line in enumerate(new.lines)
        ),
    )
    if problems:
        raise UnfitInvoice(tuple(problems))
    return made
