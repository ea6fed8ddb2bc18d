"""All there is to know of a supplier's API, beside its address and our credential."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from suppliers.contract import (
    Duplicates,
    Follows,
    RejectReason,
    ReportedStatus,
    ScanKind,
)
from suppliers.dialects.declared.calls import Cancel, Changes, LookUp, Stock, Submit
from suppliers.dialects.declared.expressions import Expression
from suppliers.dialects.declared.moments import Iso, Moments
from suppliers.dialects.declared.part import Code, HeaderName, HeaderValue, Part
from suppliers.dialects.declared.signing import Auth
from suppliers.dialects.declared.templates import uses

ANY_OTHER = "*"  # in the map of reasons: whatever else they say


class ItemsPart(Part):
    """What was accepted, line by line."""

    list: Expression
    sku: Expression
    quantity: Expression


class ScansPart(Part):
    """What a carrier saw; a word mapped to null says nothing and is left out."""

    list: Expression
    kind: Expression
    at: Expression
    place: Expression | None = None
    kinds: dict[Code, ScanKind | None]


class ParcelsPart(Part):
    list: Expression
    shipment_id: Expression
    carrier: Expression | None = None
    tracking_number: Expression | None = None
    contents: ItemsPart
    scans: ScansPart | None = None


class ReportPart(Part):
    """Where an order says what; every place is sought from the order on."""

    reference: Expression
    supplier_reference: Expression
    status: Expression
    statuses: Annotated[dict[Code, ReportedStatus], Field(min_length=1)]
    acknowledged_at: Expression | None = None
    ship_by: Expression | None = None
    deliver_by: Expression | None = None
    reason: Expression | None = None
    reasons: dict[Code, RejectReason] = Field(default_factory=dict)
    note: Expression | None = None
    items: ItemsPart | None = None
    parcels: ParcelsPart | None = None


class FailurePart(Part):
    """How an answer says no, whatever its status.

    `when` is asked of answers in the two hundreds. A code that stands nowhere leaves
    open what happened: such a call is looked up before anything is sent again.
    So does a 409 without a code. Under native_key, though, an answer in the four
    hundreds placed nothing: if one did, our key brings that order back.
    """

    when: Expression | None = None
    code: Expression
    note: Expression | None = None
    reasons: dict[Code, RejectReason] = Field(default_factory=dict)
    retryable: tuple[Code, ...] = ()  # surely nothing was placed; try again later


class DuplicatesPart(Part):
    """What keeps a purchase order from being placed twice, and how a second is told.

    A conflict is told by its status, its code, or both; the order that stands in the
    way is in the answer (`order`, or its `id`), or is looked up.
    """

    how: Duplicates
    status: Annotated[int, Field(ge=200, le=499)] | None = None
    codes: tuple[Code, ...] = ()
    order: Expression | None = None
    id: Expression | None = None

    @model_validator(mode="after")
    def tells_a_conflict(self) -> Self:
        is_conflict = self.how is Duplicates.UNIQUE_REF_CONFLICT
        told = self.status is not None or self.codes
        if is_conflict and not told:
            raise ValueError("say by which status or codes a conflict is told")
        if not is_conflict and (told or self.order or self.id):
            raise ValueError("only unique_ref_conflict tells of a conflict")
        if self.status is not None and self.status < 300 and not self.codes:
            raise ValueError("a status that may be a success needs codes besides")
        return self


class Declaration(Part):
    auth: Auth
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    idempotency_header: HeaderName | None = None
    follows: Follows
    duplicates: DuplicatesPart
    moments: Moments = Iso()
    submit: Submit
    look_up: LookUp | None = None
    changes: Changes | None = None
    stock: Stock | None = None
    cancel: Cancel | None = None
    report: ReportPart
    failure: FailurePart | None = None

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        for wrong in (self._unfollowed(), self._unguarded(), self._dangling()):
            if wrong:
                raise ValueError(wrong)
        return self

    def _unfollowed(self) -> str:
        match self.follows:
            case Follows.CHANGES if self.changes is None:
                return "follows: changes needs the call changes"
            case Follows.EACH if self.look_up is None:
                return "follows: each needs the call look_up"
        return ""

    def _unguarded(self) -> str:
        """What the class of duplicates promises and the calls do not hold."""
        said = self.duplicates
        sends_reference = uses(self.submit.body, "reference")
        match said.how:
            case Duplicates.NATIVE_KEY if not (
                self.idempotency_header or sends_reference
            ):
                return "duplicates: native_key needs idempotency_header or {reference}"
            case Duplicates.LOOKUP_BY_REF | Duplicates.LIST_SCAN if not self.look_up:
                return f"duplicates: {said.how} needs the call look_up"
            case Duplicates.NONE if self.look_up is not None:
                return "duplicates: none has no look_up: say lookup_by_ref or list_scan"
            case Duplicates.LOOKUP_BY_REF:
                return self._misses_orders()
        return self._blind_conflict()

    def _misses_orders(self) -> str:
        """An absence proves nothing of a list that may lack our order."""
        call = self.look_up
        assert call is not None
        if not uses([call.path, *call.query.values(), call.body], "reference"):
            return (
                "duplicates: lookup_by_ref needs {reference} in look_up: "
                "a list that is not asked by {reference} is list_scan"
            )
        if call.paging is not None:
            return (
                "duplicates: lookup_by_ref has no paging: "
                "a list that has pages is list_scan"
            )
        return ""

    def _blind_conflict(self) -> str:
        said = self.duplicates
        if said.codes and self.failure is None:
            return "duplicates: codes are read where failure says"
        if said.how is Duplicates.UNIQUE_REF_CONFLICT and not (
            said.order or said.id or self.look_up
        ):
            return "duplicates: say order or id, or how to look_up the first order"
        return ""

    def _dangling(self) -> str:
        """Calls that lean on others which are not declared."""
        if self.cancel is None:
            return ""
        leans = self.cancel.answers == "look_up" or self.cancel.settled
        if (leans or self.cancel.needs_id) and self.look_up is None:
            return "cancel: this needs the call look_up"
        if self.cancel.settled and self.failure is None:
            return "cancel: settled codes are read where failure says"
        return ""
