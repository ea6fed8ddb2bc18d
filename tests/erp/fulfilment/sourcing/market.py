"""Orders, suppliers and offers in one word each, and what a plan made of them."""

from datetime import UTC, datetime, timedelta

from erp.fulfilment.sourcing.candidates import (
    Candidate,
    Policy,
    SupplierTerms,
    Wanted,
    WantedLine,
    Why,
)
from erp.fulfilment.sourcing.routing import Plan
from erp.orders.lifecycle import HoldReason

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


POLICY = Policy(now=NOW, stale_after=timedelta(days=2), min_margin_bp=0)


def terms(supplier: str, fee: int | None = 0, first: int = 0, extra: int = 0, **more):
    return SupplierTerms(supplier, fee, first, extra, **more)


def offer(offer_id: int, supplier: str | SupplierTerms, cost: int | None, **more):
    known = {"free_quantity": 100, "read_at": NOW, "sku": "mug"} | more
    return Candidate(
        offer_id=offer_id,
        supplier_sku=f"s{offer_id}",
        terms=terms(supplier) if isinstance(supplier, str) else supplier,
        unit_cost_cents=cost,
        **known,
    )


def order(*lines: WantedLine, revenue: int = 100_000, **more) -> Wanted:
    return Wanted(lines, "BR", revenue, **more)


def line(line_id: int = 1, quantity: int = 1, sku: str = "mug", **more) -> WantedLine:
    return WantedLine(line_id, sku, quantity, **more)


def chosen(plan: Plan) -> list[tuple[int, str, int]]:
    return [(a.line_id, a.supplier, a.quantity) for a in plan.assignments]


def whys(plan: Plan) -> dict[int, Why]:
    return {verdict.offer_id: verdict.why for verdict in plan.verdicts}


def holds(plan: Plan) -> list[tuple[int, int, HoldReason]]:
    return [(s.line_id, s.missing_quantity, s.reason) for s in plan.shortfalls]
