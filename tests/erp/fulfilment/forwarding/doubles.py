"""Clients that answer as a test wants, where a sandbox could not."""

from collections.abc import Callable
from dataclasses import dataclass, field

from suppliers.contract import (
    Duplicates,
    PurchaseReport,
    PurchaseRequest,
    ReportedStatus,
)
from suppliers.errors import SupplierError
from suppliers.registry import Clients


@dataclass
class Doubling:
    """A supplier's client that tells a test what it is asked, before or instead."""

    answer: Callable[[PurchaseRequest], PurchaseReport]
    duplicates: Duplicates = Duplicates.NATIVE_KEY
    asked: list[str] = field(default_factory=list)

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        self.asked.append(request.reference)
        return self.answer(request)

    def look_up(self, reference: str) -> PurchaseReport | None:
        return None

    def close(self) -> None: ...


def doubling(**answers: Callable[[PurchaseRequest], PurchaseReport]) -> Clients:
    """Clients that answer by supplier code."""
    made = {code: Doubling(answer) for code, answer in answers.items()}
    return Clients(lambda: None, {"rest": lambda c, *_: made[c.code]})


def taken(request: PurchaseRequest) -> PurchaseReport:
    return PurchaseReport(request.reference, "theirs", ReportedStatus.RECEIVED)


def refused(error: SupplierError) -> Callable[[PurchaseRequest], PurchaseReport]:
    def answer(_: PurchaseRequest) -> PurchaseReport:
        raise error

    return answer
