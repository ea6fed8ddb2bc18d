"""What the sandbox is told: by those who order, and by those who steer it."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from suppliers.contract import RejectReason

DAY = 24 * 60 * 60.0


def _as_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_as_utc)]
Units = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]


class Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Guard(StrEnum):
    KEY = "key"  # one order per reference, for ever
    NONE = "none"  # every POST makes a new order


class SandboxSupplier(Told):
    """One supplier's account and habits; null means never."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    token: Annotated[str, Field(min_length=1)]
    name: str = ""
    guard: Guard = Guard.KEY
    look_up: bool = True
    count_stock: bool = False
    acknowledge_after: Seconds | None = 60.0
    ship_after: Seconds | None = DAY
    deliver_after: Seconds | None = 4 * DAY
    ship_within: Seconds | None = 3 * DAY
    deliver_within: Seconds | None = 10 * DAY
    parcels: Annotated[int, Field(ge=1, le=100)] = 1


class Suppliers(Told):
    suppliers: tuple[SandboxSupplier, ...]


class SandboxStock(Told):
    sku: Annotated[str, Field(min_length=1)]
    quantity: Units | None = None
    unit_cost_cents: Units | None = None
    currency: str | None = None


class StockList(Told):
    supplier: str
    items: tuple[SandboxStock, ...]
    as_of: Moment | None = None
    replace: bool = True


class ScriptParcel(Told):
    contents: dict[str, Units]
    shipped_at: Moment | None = None
    delivered_at: Moment | None = None
    carrier: str = ""
    tracking_number: str = ""


class Script(Told):
    """What will happen to one order; a moment left out never comes."""

    supplier: str
    order_name: str
    acknowledged_at: Moment | None = None
    ship_by: Moment | None = None
    shipped_at: Moment | None = None
    delivered_at: Moment | None = None
    deliver_by: Moment | None = None
    cancelled_at: Moment | None = None
    reject: RejectReason | None = None
    refuse: RejectReason | None = None
    accept: dict[str, Units] | None = None
    refuse_cancel: bool = False
    parcels: tuple[ScriptParcel, ...] | None = None
    note: str = ""


class Scripts(Told):
    scripts: tuple[Script, ...]


class ClockSetting(Told):
    now: Moment | None


class Restart(Told):
    seconds: Seconds = 1.0


class Kind(StrEnum):
    """The ways to misbehave."""

    LOSE_ANSWER = "lose_answer"
    HANG = "hang"
    RATE_LIMIT = "rate_limit"
    FAIL = "fail"
    GARBLE = "garble"
    SLOW = "slow"
    PART_ACCEPT = "part_accept"
    REJECT = "reject"
    REFUSE = "refuse"
    DOWN = "down"
    SOFT_ERROR = "soft_error"  # an error in the body of a 200
    FALL_BACK = "fall_back"  # what was to be placed stays what it was


class On(StrEnum):
    PREPARE = "prepare"  # the first of two steps: a draft, a check
    SUBMIT = "submit"  # the step that places an order
    LOOK_UP = "look_up"
    CHANGES = "changes"
    STOCK = "stock"
    CANCEL = "cancel"
    ANY = "any"


class When(StrEnum):
    """Whether the trouble comes before or after the order is in the books."""

    BEFORE = "before"
    AFTER = "after"


class Trouble(Told):
    """One misbehaviour asked for; what is left out depends on its kind."""

    supplier: str | None = None
    kind: Kind
    times: Annotated[int, Field(ge=1)] | None = 1
    on: On | None = None
    when: When | None = None
    seconds: Seconds | None = None
    status: Annotated[int, Field(ge=400, le=599)] = 500
    retry_after: Annotated[int, Field(ge=0)] | None = None
    as_date: bool = False
    reason: RejectReason = RejectReason.OTHER
    accept: dict[str, Units] | None = None
    reference: str | None = None
    word: str = ""  # the reason in the words of a wire that has its own
    is_raw: bool = False  # a soft error is a whole HTTP answer in the body


class Peace(Told):
    clear: Annotated[bool, Field(strict=True)]
    supplier: str | None = None


class OrderedItem(Told):
    sku: Annotated[str, Field(min_length=1)]
    quantity: Annotated[int, Field(ge=1)]
    unit_cost_cents: Units


class OrderedFor(Told):
    name: str
    address1: str
    city: str
    postal_code: str
    country: str
    company: str
    address2: str
    province: str
    phone: str


class Ordered(Told):
    """A purchase order as it is received."""

    reference: Annotated[str, Field(min_length=1, max_length=200)]
    order_name: str
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    recipient: OrderedFor
    items: Annotated[tuple[OrderedItem, ...], Field(min_length=1)]

    def units(self) -> dict[str, int]:
        """How many of each SKU, however many lines name it."""
        units: dict[str, int] = {}
        for item in self.items:
            units[item.sku] = units.get(item.sku, 0) + item.quantity
        return units
