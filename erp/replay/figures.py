"""What a replay came to: KPIs over all of it, alerts, mails, suppliers' own books."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from erp.alerts.models import AlertEvent, Delivery, DeliveryStatus, EventKind
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.kpis.measures import NOTHING, Measured
from erp.kpis.measuring import measure_whole
from erp.kpis.models import Kpi, ScopeKind
from erp.kpis.scopes import OVERALL, Measures
from erp.orders.models import Order
from erp.replay.operator import still_held
from suppliers.models import Supplier

Key = tuple[str, str]  # supplier, order name
BOTH_RATES = (Kpi.LATE_HAND_OVER, Kpi.LATE_DELIVERY)


@dataclass(frozen=True, slots=True)
class Figures:
    """The result, in the order it is shown."""

    orders: int
    purchase_orders: int
    cancelled_by_supplier: int
    late_hand_over: Measured
    late_delivery: Measured
    by_supplier: Mapping[str, Mapping[Kpi, Measured]]
    gross_margin: Measured
    currency: str
    alerts_opened: int
    alerts_resolved: int
    mails: int
    forwarded_twice: int
    never_forwarded: int
    holds: Mapping[str, int]  # let through by the operator, by reason
    still_held: Mapping[str, int]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {
            "orders": self.orders,
            "purchase_orders": self.purchase_orders,
            "cancelled_by_supplier": self.cancelled_by_supplier,
            "late_hand_over": _fraction(self.late_hand_over),
            "late_delivery": _fraction(self.late_delivery),
            "by_supplier": {
                code: {
                    kpi.value: _fraction(measured) for kpi, measured in rates.items()
                }
                for code, rates in self.by_supplier.items()
            },
            "gross_margin": self._margin(),
            "alerts_opened": self.alerts_opened,
            "alerts_resolved": self.alerts_resolved,
            "mails": self.mails,
            "forwarded_twice": self.forwarded_twice,
            "never_forwarded": self.never_forwarded,
            "holds": dict(self.holds),
            "still_held": dict(self.still_held),
            "seconds": round(self.seconds, 1),
        }

    def _margin(self) -> dict[str, object]:
        """Of the orders whose whole cost is known: `covered` of `total`."""
        percent = self.gross_margin.percent
        return {
            "margin_cents": self.gross_margin.numerator,
            "revenue_cents": self.gross_margin.denominator,
            "currency": self.currency,
            "percent": None if percent is None else round(float(percent), 2),
            "covered": self.gross_margin.covered,
            "total": self.gross_margin.total,
        }


def figures(
    session: Session,
    books: Mapping[str, Mapping[str, Any]],
    recorded: Iterable[Key],
    now: datetime,
    *,
    currency: str,
    released: Counter[str],
    seconds: float,
) -> Figures:
    """Count the store, and the suppliers' own books against what was recorded."""
    kpis = measure_whole(session, now, currency=currency)
    taken = _taken(books)
    return Figures(
        orders=_count(session, Order.id),
        purchase_orders=_count(session, PurchaseOrder.id),
        cancelled_by_supplier=_count(
            session,
            PurchaseOrder.id,
            col(PurchaseOrder.status) == PurchaseStatus.CANCELLED,
            ~col(PurchaseOrder.cancels_order),
        ),
        late_hand_over=kpis[Kpi.LATE_HAND_OVER].get(OVERALL, NOTHING),
        late_delivery=kpis[Kpi.LATE_DELIVERY].get(OVERALL, NOTHING),
        by_supplier=_by_supplier(session, kpis),
        gross_margin=kpis[Kpi.GROSS_MARGIN].get(OVERALL, NOTHING),
        currency=currency,
        alerts_opened=_count_events(session, EventKind.OPENED),
        alerts_resolved=_count_events(session, EventKind.RESOLVED),
        mails=_count(session, Delivery.id, col(Delivery.status) == DeliveryStatus.SENT),
        forwarded_twice=sum(times - 1 for times in taken.values()),
        never_forwarded=sum(key not in taken for key in recorded),
        holds=dict(sorted(released.items())),
        still_held=dict(sorted(still_held(session).items())),
        seconds=seconds,
    )


def _taken(books: Mapping[str, Mapping[str, Any]]) -> Counter[Key]:
    """How many orders each supplier has for each of our order names."""
    taken: Counter[Key] = Counter()
    for code, book in books.items():
        for entry in book["references"].values():
            if entry["orders"]:
                taken[code, entry["order_name"]] += entry["orders"]
    return taken


def _by_supplier(
    session: Session, kpis: Mapping[Kpi, Measures]
) -> dict[str, dict[Kpi, Measured]]:
    codes = session.exec(select(Supplier.code).order_by(col(Supplier.code)))
    return {
        code: {
            kpi: kpis[kpi].get((ScopeKind.SUPPLIER, code), NOTHING)
            for kpi in BOTH_RATES
        }
        for code in codes
    }


def _count_events(session: Session, kind: EventKind) -> int:
    return _count(session, AlertEvent.id, col(AlertEvent.kind) == kind)


def _count(session: Session, column: Any, *conditions: Any) -> int:
    return session.exec(select(func.count(col(column))).where(*conditions)).one()


def _fraction(measured: Measured) -> list[int]:
    return [measured.numerator, measured.denominator]
