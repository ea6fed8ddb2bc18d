"""What an operator declares of a supplier who works by CSV files.

Nothing of a file is guessed that could be guessed wrong: what is not declared must
follow from the file itself (a byte order mark, a header that fits), or it is refused.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from suppliers.contract import RejectReason, ReportedStatus
from suppliers.dialects.csvfeed.rows.order_fields import USUAL_COLUMNS, OrderField
from suppliers.options import TimeZone

AUTO = "auto"
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    *(f"windows-{page}" for page in range(1250, 1259)),
    *(f"iso-8859-{part}" for part in range(1, 17) if part != 12),  # 12 never was
    *("koi8-r", "koi8-u", "ibm850", "ibm862", "macroman"),
    *("shift_jis", "gb18030", "big5", "euc-kr"),
)
MEBIBYTE = 1024 * 1024


def _known_encoding(name: str) -> str:
    if name not in ENCODINGS:
        raise ValueError(f"an encoding is one of: {', '.join(ENCODINGS)}")
    return name


def _encoding_or_auto(name: str) -> str:
    return name if name == AUTO else _known_encoding(name)


def _moment_format(text: str) -> str:
    """A day must survive being written and read, or the format says too little."""
    day = datetime(2031, 12, 30)  # noqa: DTZ001  only its digits count here
    if text and datetime.strptime(day.strftime(text), text) != day:  # noqa: DTZ007
        raise ValueError("the format must name a year, a month and a day")
    return text


Encoding = Annotated[str, AfterValidator(_known_encoding)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Plain = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$", max_length=500)]
Place = Annotated[Plain, StringConstraints(min_length=1)]  # URL, or path under the base
Units = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignIn(StrEnum):
    NONE = "none"
    BASIC = "basic"
    BEARER = "bearer"
    QUERY = "query"


class Auth(Declared):
    """How the one credential of a supplier is shown."""

    way: SignIn = SignIn.NONE
    username: Annotated[str, StringConstraints(pattern="^[^:\\x00-\\x1f]*$")] = ""
    parameter: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9._-]+$")] = "token"


class Separator(StrEnum):
    AUTO = "auto"  # the one by which the header has the declared names
    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"
    PIPE = "pipe"

    @property
    def character(self) -> str:
        return {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}[self]


class DecimalSign(StrEnum):
    POINT = "point"
    COMMA = "comma"


class File(Declared):
    """A CSV file of theirs, and how it is written."""

    place: Place
    signs_in: bool = True  # false: it is open to all, and elsewhere
    encoding: Annotated[str, AfterValidator(_encoding_or_auto)] = AUTO
    fallback: Encoding | None = None  # with "auto", for what is not UTF-8
    separator: Separator = Separator.AUTO
    quotes: bool = True  # false: a quotation mark is a character like any other
    has_header: bool = True  # false: columns are named by their number, from 1
    decimal: DecimalSign = DecimalSign.POINT
    moments: Annotated[str, AfterValidator(_moment_format)] = ""  # empty: ISO 8601
    time_zone: TimeZone = "UTC"  # where no offset is told
    largest_mib: Annotated[int, Field(ge=1, le=1024)] = 64  # as it is sent
    largest_unpacked_mib: Annotated[int, Field(ge=1, le=8192)] = 512

    @model_validator(mode="after")
    def a_header_tells_the_separator(self) -> Self:
        if not self.has_header and self.separator is Separator.AUTO:
            raise ValueError("without a header, the separator must be declared")
        return self

    @property
    def largest_bytes(self) -> int:
        return self.largest_mib * MEBIBYTE

    @property
    def largest_unpacked_bytes(self) -> int:
        return self.largest_unpacked_mib * MEBIBYTE


class Columns(Declared):
    """The names in a header. An unusual name was declared, so it must be there."""

    always: ClassVar[frozenset[str]]

    def named(self) -> dict[str, str]:
        return {field: str(name) for field, name in self if name}

    def required(self) -> frozenset[str]:
        usual = type(self).model_fields
        unusual = {
            field
            for field, name in self.named().items()
            if name != usual[field].default
        }
        return self.always | unusual


class StockColumns(Columns):
    always: ClassVar = frozenset({"sku", "quantity"})

    sku: Word = "sku"
    quantity: Word = "quantity"
    cost: str = "cost"
    currency: str = "currency"
    as_of: str = ""


class StockFile(File):
    columns: StockColumns = StockColumns()
    currency: Annotated[str, StringConstraints(pattern="^([A-Z]{3})?$")] = ""
    quantity_words: dict[Word, Units] = {}
    as_of_header: Plain = "Last-Modified"  # of the answer; a column goes before it


class ShipmentColumns(Columns):
    always: ClassVar = frozenset({"purchase_order"})

    purchase_order: Word = "purchase_order"
    supplier_reference: str = "supplier_reference"
    status: str = "status"
    reason: str = "reason"
    note: str = "note"
    acknowledged_at: str = "acknowledged_at"
    ship_by: str = "ship_by"
    deliver_by: str = "deliver_by"
    sku: str = "sku"
    accepted_quantity: str = "accepted_quantity"
    quantity: str = "quantity"
    shipment_id: str = "shipment_id"
    carrier: str = "carrier"
    tracking_number: str = "tracking_number"
    shipped_at: str = "shipped_at"
    delivered_at: str = "delivered_at"


class ShipmentFile(File):
    columns: ShipmentColumns = ShipmentColumns()
    statuses: dict[Word, ReportedStatus] = {each.value: each for each in ReportedStatus}
    reasons: dict[Word, RejectReason] = {each.value: each for each in RejectReason}
    shipped_means: Literal["picked_up", "label_created"] = "picked_up"


class OrderColumn(Declared):
    header: Word
    field: OrderField


class OrderFile(Declared):
    """The files of purchase orders that we write."""

    columns: Annotated[tuple[OrderColumn, ...], Field(min_length=1)] = tuple(
        OrderColumn(header=header, field=field) for header, field in USUAL_COLUMNS
    )
    encoding: Encoding = "utf-8"
    separator: Literal[
        Separator.COMMA, Separator.SEMICOLON, Separator.TAB, Separator.PIPE
    ] = Separator.COMMA
    decimal: DecimalSign = DecimalSign.POINT
    is_formula_safe: bool = True  # false: only a program reads it, never a spreadsheet
    takes_cancellations: bool = False

    @model_validator(mode="after")
    def an_order_can_be_told_from_others(self) -> Self:
        told = {column.field for column in self.columns}
        missing = {OrderField.REFERENCE, OrderField.SKU, OrderField.QUANTITY} - told
        if missing:
            raise ValueError(f"the columns lack {', '.join(sorted(missing))}")
        if self.takes_cancellations and OrderField.ACTION not in told:
            raise ValueError("a cancellation is told by the column of the action")
        return self


class Upload(OrderFile):
    """One file for each purchase order, put on their server under its reference."""

    way: Literal["upload"] = "upload"
    place: Annotated[Place, StringConstraints(pattern="^[^?#]+$")] = "orders"
    files_stay: bool = False  # under their names, so that one can be looked for


class Pickup(OrderFile):
    """One file of all open purchase orders, which the supplier fetches from us."""

    way: Literal["pickup"] = "pickup"


class Options(Declared):
    """What must be known of a supplier beside its address and credential."""

    auth: Auth = Auth()
    stock: StockFile | None = None
    orders: Annotated[Upload | Pickup, Field(discriminator="way")] = Pickup()
    shipments: ShipmentFile | None = None
