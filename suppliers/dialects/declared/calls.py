"""The five calls of a declaration, and what their answers hold."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from suppliers.dialects.declared.expressions import Expression, Json
from suppliers.dialects.declared.paging import AnyPaging
from suppliers.dialects.declared.part import (
    CallText,
    Code,
    Parameter,
    Part,
    UrlPath,
    refuse_unknown,
)
from suppliers.dialects.declared.templates import (
    OF_A_CALL,
    OF_AN_ORDER,
    misplaced_items,
    outside_items,
)


class Call(Part):
    """One request; `{reference}` and `{id}` (the supplier's) may stand in it."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: UrlPath
    query: dict[Parameter, CallText] = Field(default_factory=dict)
    body: Json = None

    @model_validator(mode="after")
    def fills_its_body(self) -> Self:
        self._check_body()
        return self

    def _check_body(self) -> None:
        refuse_unknown(self.body, OF_A_CALL)


class Submit(Call):
    """The order is answered whole (`order`), or by its id in the body or `Location`."""

    method: Literal["POST", "PUT", "PATCH"] = "POST"
    body: dict[str, Json]
    order: Expression | None = None
    id: Expression | None = None
    location: Annotated[str, Field(pattern=r"^[^{}]*\{id\}[^{}]*$")] | None = None

    @model_validator(mode="after")
    def answers_in_one_way(self) -> Self:
        if sum(each is not None for each in (self.order, self.id, self.location)) != 1:
            raise ValueError("say one of order, id and location: where its answer is")
        if "{id}" in f"{self.path}{self.query}":
            raise ValueError("an order has no {id} before it is placed")
        return self

    def _check_body(self) -> None:
        refuse_unknown(outside_items(self.body), OF_AN_ORDER)
        unknown = misplaced_items(self.body)
        if unknown:
            raise ValueError(f"nothing fills {{{unknown[0]}}} of an item")


class Absent(Part):
    """The one answer that means: there is no such order. Any other proves nothing."""

    status: Annotated[int, Field(ge=200, le=499)] = 404
    when: Expression
    reference: Expression | None = None  # where it repeats our reference, if it does


class LookUp(Call):
    """One order (`order`), or a list in which ours is looked for (`orders`)."""

    method: Literal["GET", "POST"] = "GET"
    order: Expression | None = None
    orders: Expression | None = None
    paging: AnyPaging | None = None
    absent: Absent | None = None

    @model_validator(mode="after")
    def answers_in_one_way(self) -> Self:
        if (self.order is None) == (self.orders is None):
            raise ValueError("say either order or orders: where its answer is")
        if self.order is not None and self.absent is None:
            raise ValueError("say in absent how it tells that there is no such order")
        if self.paging is not None and self.orders is None:
            raise ValueError("only a list of orders has pages")
        if "{id}" in f"{self.path}{self.query}{self.body}":
            raise ValueError(
                "an order is looked up by our {reference}, not by its {id}"
            )
        return self


class Since(Part):
    """Only what changed after a value is asked for; it stands in each order."""

    parameter: Parameter
    value: Expression
    first: CallText | None = None  # for the first time; None: not asked with


class Changes(Call):
    """What changed, oldest change first."""

    method: Literal["GET", "POST"] = "GET"
    orders: Expression
    paging: AnyPaging
    since: Since | None = None

    @model_validator(mode="after")
    def goes_on_where_it_stopped(self) -> Self:
        if self.since is None and self.paging.kind not in ("cursor", "link"):
            raise ValueError("say in since from where on changes are asked for")
        if "{" in f"{self.path}{''.join(self.query.values())}":
            raise ValueError("changes are not asked for by one order")
        return self


class Stock(Call):
    method: Literal["GET", "POST"] = "GET"
    rows: Expression
    sku: Expression
    quantity: Expression
    unit_cost: Expression | None = None
    currency: Expression | None = None
    money: Literal["cents", "decimal"] = "decimal"
    as_of: Expression | None = None
    paging: AnyPaging | None = None

    @model_validator(mode="after")
    def knows_its_currency(self) -> Self:
        if self.unit_cost is not None and self.currency is None:
            raise ValueError("say in currency what the unit_cost is counted in")
        if "{" in f"{self.path}{''.join(self.query.values())}":
            raise ValueError("stock is not asked for by one order")
        return self


class Cancel(Call):
    """Its answer holds the order (`order`), sends us to look it up, or comes later."""

    method: Literal["POST", "PUT", "PATCH", "DELETE"] = "POST"
    answers: Literal["order", "look_up", "later"]
    order: Expression | None = None
    settled: tuple[Code, ...] = ()  # codes that say: too late, or cancelled before

    @property
    def needs_id(self) -> bool:
        return "{id}" in f"{self.path}{self.query}{self.body}"

    @model_validator(mode="after")
    def says_where_its_answer_is(self) -> Self:
        if (self.answers == "order") != (self.order is not None):
            raise ValueError("say order if, and only if, it answers with the order")
        return self
