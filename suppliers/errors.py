"""What can go wrong with a supplier, and what it means for a purchase order.

SupplierError
├── Unavailable      surely nothing was placed: no connection, breaker open, 503 refusal
│   ├── RateLimited  the same, and the supplier said when to come back
│   └── ShutOut      the same, and it will be so until our credentials are mended
├── Rejected         it understood and said no, with a reason
├── Garbled          its answer to a question cannot be read (nothing was asked for)
└── Ambiguous        it may or may not have been placed: never resend before looking up
"""

from datetime import timedelta

from suppliers.contract import RejectReason

LONGEST_NOTE = 200  # of a supplier's words in our error texts


class SupplierError(Exception):
    """Who and what: `Rejected("acme", "unknown sku A-17")`."""

    def __init__(self, supplier: str, detail: str) -> None:
        super().__init__(f"{supplier}: {detail}")
        self.supplier = supplier
        self.detail = detail


class Unavailable(SupplierError):
    """Nothing was placed; try again later."""


class RateLimited(Unavailable):
    """Nothing was placed; not before `retry_after` has passed (None: not said)."""

    def __init__(
        self, supplier: str, detail: str, retry_after: timedelta | None
    ) -> None:
        super().__init__(supplier, detail)
        self.retry_after = retry_after


class ShutOut(Unavailable):
    """It refuses our credentials: nothing was placed, nor will be."""


class Rejected(SupplierError):
    """The supplier said no, for good."""

    def __init__(
        self,
        supplier: str,
        detail: str,
        reason: RejectReason = RejectReason.OTHER,
    ) -> None:
        super().__init__(supplier, detail)
        self.reason = reason


class Garbled(SupplierError):
    """An answer that cannot be read; the last good data stays."""


class Ambiguous(SupplierError):
    """The question went out, no readable answer came back."""


def printable(words: str) -> str:
    """A supplier's own words, as far as an error text may repeat them."""
    return "".join(c for c in words[:LONGEST_NOTE] if c.isprintable())
