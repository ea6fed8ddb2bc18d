"""Whose doing it was that a purchase order ended, or that a part of it did not come."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, case, literal
from sqlmodel import col

from erp.fulfilment.lifecycle import Remark
from erp.fulfilment.models import PurchaseOrder
from suppliers.contract import RejectReason


class Cause(StrEnum):
    STOCK = "stock"  # the supplier had none, or too few
    SUPPLIER = "supplier"  # another thing it could not do, or did not do in time
    ADDRESS = "address"  # of the customer: wrong, or out of reach
    BUYER = "buyer"  # the customer's order was cancelled
    STORE = "store"  # we sent it wrongly, or called it off
    UNKNOWN = "unknown"


# What a figure adjusted for the supplier's part leaves out; unknown is no excuse.
NOT_ITS_FAULT = (Cause.ADDRESS, Cause.BUYER, Cause.STORE)
R = RejectReason
OF_REASON = {
    R.INVENTORY_OUT_OF_STOCK: Cause.STOCK,
    R.INELIGIBLE_PRODUCT: Cause.SUPPLIER,
    R.ORDER_TOO_LARGE: Cause.SUPPLIER,
    R.INCORRECT_ADDRESS: Cause.ADDRESS,
    R.INVALID_CONTACT_INFORMATION: Cause.ADDRESS,
    R.UNDELIVERABLE_DESTINATION: Cause.ADDRESS,
    R.INTERNATIONAL_SHIPPING_UNAVAILABLE: Cause.ADDRESS,
    R.INCORRECT_PRODUCT_INFO: Cause.STORE,
    R.INVALID_SKU: Cause.STORE,
    R.MERCHANT_BLOCKED_OR_SUSPENDED: Cause.STORE,
    R.MISSING_CUSTOMS_INFO: Cause.STORE,
    R.PACKAGE_PREFERENCE_NOT_SET: Cause.STORE,
    R.PAYMENT_DECLINED: Cause.STORE,
}  # "other" says nothing


def _cause() -> Any:
    by_reason: dict[Cause, list[RejectReason]] = {}
    for reason, cause in OF_REASON.items():
        by_reason.setdefault(cause, []).append(reason)
    return case(
        (col(PurchaseOrder.cancels_order), _said(Cause.BUYER)),
        *(
            (col(PurchaseOrder.reason).in_(reasons), _said(cause))
            for cause, reasons in by_reason.items()
        ),
        (col(PurchaseOrder.overdue).is_not(None), _said(Cause.SUPPLIER)),
        (
            col(PurchaseOrder.remark) == Remark.CANCELLED_BY_HAND,
            _said(Cause.STORE),
        ),
        # it goes on: the supplier took only a part
        (col(PurchaseOrder.ended_at).is_(None), _said(Cause.SUPPLIER)),
        else_=_said(Cause.UNKNOWN),
    )


def _said(cause: Cause) -> ColumnElement[str]:
    return literal(cause.value, String)


cause_said = _cause()  # of a purchase order that ended or of which a part is missing
