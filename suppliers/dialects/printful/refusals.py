"""Why Printful says no: the codes and names of its table, and what we take them for.

Its description does not show where in a refusal they stand, so they are looked for in
all of it.
"""

import re
from typing import Annotated

from pydantic import BeforeValidator

from suppliers.contract import RejectReason
from suppliers.dialects.printful.messages import Heard, Text
from suppliers.errors import printable

# (code, name, what it means to us), from its table of errors
REFUSALS = (
    ("OR-2", "STORE_TERMINATED", RejectReason.MERCHANT_BLOCKED_OR_SUSPENDED),
    ("OR-4", "INVALID_SHIPPING_METHOD", RejectReason.OTHER),
    ("OR-5", "INVALID_ORDER_ITEM", RejectReason.INCORRECT_PRODUCT_INFO),
    ("OR-6", "RESTRICTED_VARIANT", RejectReason.INELIGIBLE_PRODUCT),
    ("OR-7", "INCOMPATIBLE_SYNC_VARIANT_ITEM", RejectReason.INCORRECT_PRODUCT_INFO),
    ("OR-8", "INCOMPATIBLE_PRODUCT_TEMPLATE", RejectReason.INCORRECT_PRODUCT_INFO),
    (
        "OR-9",  # this product goes to the United States only
        "LIMITED_SHIPPING_SERVICE",
        RejectReason.INTERNATIONAL_SHIPPING_UNAVAILABLE,
    ),
    ("OR-10", "UNSUPPORTED_FILE_TYPE", RejectReason.INCORRECT_PRODUCT_INFO),
    ("OR-11", "MULTIPLE_LABEL_PRODUCT", RejectReason.INCORRECT_PRODUCT_INFO),
    ("OR-12", "DUPLICATED_FILE_TYPE", RejectReason.INCORRECT_PRODUCT_INFO),
    ("SH-1", "INVALID_COUNTRY_CODE", RejectReason.INCORRECT_ADDRESS),
    ("SH-2", "SHIPPING_DISABLED", RejectReason.UNDELIVERABLE_DESTINATION),
    ("TR-1", "MISSING_RECIPIENT", RejectReason.INCORRECT_ADDRESS),
    ("TR-2", "RECIPIENT_ERRORS", RejectReason.INCORRECT_ADDRESS),
)
IN_USE = ("OR-13", "EXTERNAL_ID_IN_USE")
UNREADABLE_TO_IT = frozenset({430, 431})  # our JSON, or one of our parameters


def _as_complaint(value: object) -> object:
    return value if isinstance(value, dict) else {"message": value}


class Complaint(Heard):
    reason: Text = ""
    message: Text = ""


class Refusal(Heard):
    """Why it did not do what it was asked."""

    code: int
    result: object = None
    error: Annotated[Complaint, BeforeValidator(_as_complaint)] = Complaint()

    @property
    def words(self) -> str:
        said = f"{self.error.reason} {self.error.message}".strip()
        if not said and isinstance(self.result, str):
            said = self.result
        return printable(said)

    @property
    def says_in_use(self) -> bool:
        """It has an order under our reference already."""
        return self._names(*IN_USE)

    @property
    def reason(self) -> RejectReason | None:
        """What its code means; None if it names none that we know."""
        for code, name, reason in REFUSALS:
            if self._names(code, name):
                return reason
        return RejectReason.OTHER if self.code in UNREADABLE_TO_IT else None

    def _names(self, code: str, name: str) -> bool:
        said = f"{self.error.reason} {self.error.message} {self.result}".upper()
        return name in said or re.search(rf"\b{code}\b", said) is not None
