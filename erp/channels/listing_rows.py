"""Rows of a supplier list or a catalogue, read strictly: values or problems."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from config.money import MoneyError, is_currency, to_cents
from erp.channels.reading import Problem, Row
from erp.orders.problems import CLEAN, COUNTRY, problems_of
from inventory.catalog import Listing

LONGEST_NUMBER = 9  # digits; what more would not be stored
COUNTRIES = r"^([A-Z]{2}( [A-Z]{2})*)?$"


def _whole(text: object) -> object:
    """Digits as a number; nothing as unknown."""
    if not isinstance(text, str):
        return text
    if text == "":
        return None
    if not (text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise PydanticCustomError(
            "whole", "must be a whole number such as 25, or empty if unknown"
        )
    return int(text)


def _amount(text: object, info: ValidationInfo) -> object:
    """An amount in the row's currency; nothing is unknown, not zero."""
    if not isinstance(text, str) or text == "":
        return None
    try:
        return to_cents(text, str(info.data.get("currency", "")))
    except MoneyError as error:
        raise PydanticCustomError("amount", "{what}", {"what": str(error)}) from error


def _known_currency(code: str) -> str:
    if not is_currency(code):
        raise PydanticCustomError("currency", "is no currency: write it like USD")
    return code


Whole = Annotated[int | None, BeforeValidator(_whole)]
Cents = Annotated[int | None, BeforeValidator(_amount)]
Currency = Annotated[str, AfterValidator(_known_currency)]
STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SupplierRow(BaseModel):
    """Empty terms keep what is known of the supplier, or the defaults of a new one."""

    model_config = STRICT

    code: str = Field(min_length=1, max_length=40, pattern=CLEAN)
    name: str = Field(min_length=1, max_length=200, pattern=CLEAN)
    city: str = Field(default="", max_length=120, pattern=CLEAN)
    province: str = Field(default="", max_length=120, pattern=CLEAN, alias="state")
    country: str = Field(default="", pattern=COUNTRY)
    currency: Currency
    handling_days: Annotated[int | None, BeforeValidator(_whole)] = Field(
        default=None, le=365
    )
    order_fee: Cents = None
    shipping_first: Cents = None
    shipping_extra: Cents = None
    ships_to: str = Field(default="", pattern=COUNTRIES)


class CatalogRow(BaseModel):
    model_config = STRICT

    sku: str = Field(min_length=1, max_length=80, pattern=CLEAN)
    title: str = Field(min_length=1, max_length=500, pattern=CLEAN)
    category: str = Field(default="", max_length=120, pattern=CLEAN)
    weight_grams: Whole = None
    supplier_code: str = Field(min_length=1, max_length=40, pattern=CLEAN)
    supplier_sku: str = Field(min_length=1, max_length=80, pattern=CLEAN)
    currency: Currency
    unit_cost: Cents
    quantity: Whole
    lead_time_days: Whole = None

    def listing(self, *, describes_product: bool) -> Listing:
        return Listing(
            sku=self.sku,
            title=self.title,
            category=self.category,
            weight_grams=self.weight_grams,
            supplier=self.supplier_code,
            supplier_sku=self.supplier_sku,
            unit_cost_cents=self.unit_cost,
            currency=self.currency,
            quantity=self.quantity,
            lead_time_days=self.lead_time_days,
            describes_product=describes_product,
        )


def columns_of(model: type[BaseModel]) -> tuple[list[str], list[str]]:
    """The columns a file must have, and those it may have."""
    named = {field.alias or name: field for name, field in model.model_fields.items()}
    required = [name for name, field in named.items() if field.is_required()]
    return required, [name for name in named if name not in required]


def read_supplier(
    row: Row, defaults: Mapping[str, str]
) -> SupplierRow | tuple[Problem, ...]:
    """A supplier; what the file leaves empty is taken from the defaults."""
    values = known_values(row, SupplierRow)
    for name, default in defaults.items():
        values[name] = values.get(name) or default
    try:
        return SupplierRow.model_validate(values)
    except ValidationError as error:
        return row_problems(row, error)


def read_listing(row: Row) -> CatalogRow | tuple[Problem, ...]:
    try:
        return CatalogRow.model_validate(known_values(row, CatalogRow))
    except ValidationError as error:
        return row_problems(row, error)


def known_values(row: Row, model: type[BaseModel]) -> dict[str, Any]:
    """The cells of a row that a model has a field for."""
    required, optional = columns_of(model)
    known = {*required, *optional}
    return {name: value for name, value in row.values.items() if name in known}


def row_problems(row: Row, error: ValidationError) -> tuple[Problem, ...]:
    """What a model found wrong, with the row's line."""
    return tuple(
        Problem(row.line, each.field, each.what) for each in problems_of(error)
    )
