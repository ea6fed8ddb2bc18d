"""The colour of a status: green is well, blue moves, yellow waits, red is ill."""

from enum import StrEnum

from erp.accounts.models import Role
from erp.alerts.models import AlertStatus, DeliveryStatus
from erp.alerts.rules import Severity
from erp.fulfilment.invoicing.lifecycle import InvoiceStatus
from erp.fulfilment.lifecycle import PurchaseStatus, ReturnStatus
from erp.fulfilment.models import AttemptOutcome
from erp.fulfilment.notices.models import NoticeStatus
from erp.fulfilment.overview.supplier_queries import SupplierState
from erp.jobs.models import RunOutcome
from erp.orders.lifecycle import HoldReason, LineStatus, OrderStatus
from erp.orders.models import Payment, Risk
from suppliers.contract import ScanKind

SUCCESS: tuple[StrEnum, ...] = (
    OrderStatus.DELIVERED,
    LineStatus.DELIVERED,
    PurchaseStatus.DELIVERED,
    PurchaseStatus.CLOSED,
    AttemptOutcome.PLACED,
    InvoiceStatus.MATCHED,
    InvoiceStatus.ACCEPTED,
    ReturnStatus.SETTLED,
    AlertStatus.RESOLVED,
    DeliveryStatus.SENT,
    NoticeStatus.DELIVERED,
    RunOutcome.DONE,
    Payment.PAID,
    Risk.LOW,
    ScanKind.DELIVERED,
    SupplierState.CONNECTED,
)
INFO: tuple[StrEnum, ...] = (
    OrderStatus.RECEIVED,
    OrderStatus.ALLOCATED,
    OrderStatus.PARTLY_SHIPPED,
    OrderStatus.SHIPPED,
    LineStatus.ALLOCATED,
    LineStatus.SHIPPED,
    PurchaseStatus.QUEUED,
    PurchaseStatus.SENDING,
    PurchaseStatus.SENT,
    PurchaseStatus.ACCEPTED,
    PurchaseStatus.SHIPPED,
    AttemptOutcome.STARTED,
    ReturnStatus.AUTHORISED,
    ReturnStatus.RECEIVED,
    DeliveryStatus.QUEUED,
    NoticeStatus.WAITING,
    DeliveryStatus.SENDING,
    RunOutcome.STARTED,
    Role.OWNER,
    ScanKind.PICKED_UP,
    ScanKind.IN_TRANSIT,
    ScanKind.OUT_FOR_DELIVERY,
    ScanKind.PICKUP_READY,
)
WARNING: tuple[StrEnum, ...] = (
    OrderStatus.HELD,
    LineStatus.OPEN,
    PurchaseStatus.PARTLY_ACCEPTED,
    PurchaseStatus.UNKNOWN,
    PurchaseStatus.CANCELLING,
    InvoiceStatus.DIFFERS,
    AttemptOutcome.UNAVAILABLE,
    AttemptOutcome.RATE_LIMITED,
    AttemptOutcome.AMBIGUOUS,
    SupplierState.PAUSED,
    SupplierState.UNCONNECTED,
    AttemptOutcome.LOST,
    AttemptOutcome.NOT_CALLED,
    ReturnStatus.REQUESTED,
    Severity.WARNING,
    Payment.PENDING,
    Payment.AUTHORIZED,
    Payment.PARTLY_PAID,
    Risk.MEDIUM,
    *HoldReason,
)
DANGER: tuple[StrEnum, ...] = (
    InvoiceStatus.DISPUTED,
    PurchaseStatus.REJECTED,
    PurchaseStatus.NEEDS_ATTENTION,
    AttemptOutcome.REJECTED,
    AlertStatus.OPEN,
    Severity.CRITICAL,
    DeliveryStatus.FAILED,
    NoticeStatus.GIVEN_UP,
    RunOutcome.FAILED,
    Payment.VOIDED,
    Risk.HIGH,
    ScanKind.EXCEPTION,
    ScanKind.RETURNED,
    SupplierState.FAILING,
    SupplierState.RESTING,
)
# A StrEnum equals its text, so members of two enums may be equal: the class is a key.
TONES = {
    (type(member), member): name
    for name, members in (
        ("success", SUCCESS),
        ("info", INFO),
        ("warning", WARNING),
        ("danger", DANGER),
    )
    for member in members
}
