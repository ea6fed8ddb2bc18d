"""A supplier that pulls: nothing is pushed, its purchase orders lie ready with us.

Protocol: our own `/supplier/v1` (see `/supplier/openapi.json` of a running store) and
the signed page of a purchase order. The row of the purchase order is the order itself,
so there is nowhere it could be made twice, and nowhere it could be missing.
"""

from suppliers.contract import (
    ChangePage,
    Duplicates,
    Follows,
    PurchaseReport,
    PurchaseRequest,
    ReportedStatus,
    StockReading,
)
from suppliers.errors import Rejected


class PortalClient:
    """Makes no call at all. Safe to share between threads."""

    duplicates = Duplicates.NATIVE_KEY
    follows = Follows.TOLD

    def __init__(self, supplier: str) -> None:
        self._supplier = supplier

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        return _lies_ready(request.reference)

    def look_up(self, reference: str) -> PurchaseReport | None:
        """What we ask about is what lies ready: a process that died lost nothing."""
        return _lies_ready(reference)

    def changes(self, cursor: str | None) -> ChangePage:
        raise Rejected(self._supplier, "it tells us by itself what changed")

    def read_stock(self, mark: str = "") -> StockReading:
        raise Rejected(self._supplier, "it tells us its stock by itself")

    def cancel(self, reference: str) -> PurchaseReport | None:
        """It sees the wish when it pulls, and answers then."""
        return None

    def close(self) -> None:
        pass


def _lies_ready(reference: str) -> PurchaseReport:
    """Under the only name there is: ours."""
    return PurchaseReport(reference, "", ReportedStatus.RECEIVED)
