"""What suppliers say to us: read strictly, or refused field by field."""

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from config.money import DECIMALS, is_currency
from erp.orders.incoming import Moment
from erp.orders.problems import CLEAN
from suppliers.contract import RejectReason, ScanKind

MOST_ITEMS = 500  # of a purchase order
MOST_STOCK = 10_000  # rows of stock in one call
MOST_UNITS = 100_000  # of one item; more is a slip
MOST_STOCKED = 2**31 - 1
MOST_SCANS = 200  # of one parcel
MOST_LISTED = 200  # purchase orders in one answer
LARGEST_NUMBER = 2**31 - 1
STRICT = ConfigDict(extra="forbid", frozen=True)


def _known(code: str) -> str:
    if not is_currency(code):
        raise ValueError("write the ISO 4217 code of a currency in use, as in USD")
    return code


Currency = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": sorted(DECIMALS)}),
]
Sku = Annotated[str, Field(min_length=1, max_length=80, pattern=CLEAN)]
Note = Annotated[str, Field(max_length=1000, pattern=CLEAN)]
Theirs = Annotated[str, Field(max_length=200, pattern=CLEAN)]


class ReferencePath(BaseModel):
    """Our reference of a purchase order."""

    reference: str = Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._-]+$")


class ListQuery(BaseModel):
    """`after` is the `next` of the answer before; 0 begins with the first."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(0, ge=0, le=LARGEST_NUMBER)
    limit: int = Field(50, ge=1, le=MOST_LISTED)


class Acknowledgement(BaseModel):
    """It is accepted as it stands."""

    model_config = STRICT

    supplier_reference: Theirs = Field("", description="your own number for it")
    ship_by: Moment | None = Field(
        None, description="when it will be handed to a carrier; the first one counts"
    )


class AcceptedItem(BaseModel):
    model_config = STRICT

    supplier_sku: Sku
    quantity: int = Field(strict=True, ge=0, le=MOST_UNITS)


class PartAcceptance(BaseModel):
    """Only these units are accepted; of what is not named, none is."""

    model_config = STRICT

    items: list[AcceptedItem] = Field(min_length=1, max_length=MOST_ITEMS)
    supplier_reference: Theirs = ""
    ship_by: Moment | None = None


class Rejection(BaseModel):
    """Nothing of it will come, and why."""

    model_config = STRICT

    reason: RejectReason
    note: Note = ""


class ShippedItem(BaseModel):
    model_config = STRICT

    supplier_sku: Sku
    quantity: int = Field(strict=True, ge=1, le=MOST_UNITS)


class CarrierScan(BaseModel):
    model_config = STRICT

    kind: ScanKind
    at: Moment
    place: Theirs = ""


class Parcel(BaseModel):
    """A parcel, or news of one: the same shipment id again adds what is new.

    Without `shipped_at` and scans it is a label, and not shipped yet.
    """

    model_config = STRICT

    shipment_id: str = Field(
        min_length=1, max_length=200, pattern=CLEAN, description="your id of the parcel"
    )
    carrier: str = Field("", max_length=80, pattern=CLEAN)
    tracking_number: str = Field("", max_length=120, pattern=CLEAN)
    items: list[ShippedItem] = Field(
        default=[],
        max_length=MOST_ITEMS,
        description="what is in it; needed the first time",
    )
    shipped_at: Moment | None = Field(
        None, description="when the carrier took it over; a label alone is not enough"
    )
    scans: list[CarrierScan] = Field(default=[], max_length=MOST_SCANS)


class CancellationAnswer(BaseModel):
    """Whether a purchase order in status `cancelling` is cancelled now."""

    model_config = STRICT

    is_cancelled: bool = Field(strict=True)
    note: Note = ""


class StockItem(BaseModel):
    model_config = STRICT

    supplier_sku: Sku
    quantity: int | None = Field(
        strict=True, ge=0, le=MOST_STOCKED, description="null: you do not know"
    )
    unit_cost: str | None = Field(
        None,
        max_length=30,
        pattern=r"^\d+(\.\d+)?$",
        description="what we pay for one; without it the last one stays",
    )
    currency: Currency | None = Field(
        None, description="of the cost; yours, if it is not named"
    )


class StockList(BaseModel):
    """Stock and cost. SKUs that are not named keep their figures, and grow stale."""

    model_config = STRICT

    as_of: Moment | None = Field(None, description="when it was true; else now")
    is_whole: bool = Field(
        False, strict=True, description="true: all you have; false: only what changed"
    )
    items: list[StockItem] = Field(min_length=1, max_length=MOST_STOCK)
