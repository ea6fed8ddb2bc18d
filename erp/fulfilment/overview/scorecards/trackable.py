"""Parcels that can be followed, as `parcel_carriers.recognising` says it, in SQL."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_
from sqlmodel import col

from erp.fulfilment.models import Shipment
from erp.fulfilment.parcel_carriers.recognising import known_pattern, nothing_pattern


def _matches(text: Any, pattern: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = func.lower(text).regexp_match(pattern)
    return found


_carrier, _number = col(Shipment.carrier), col(Shipment.tracking_number)
# Both its carrier and its number; a supplier may also say that it does not know.
is_told: ColumnElement[bool] = and_(
    not_(_matches(_carrier, nothing_pattern())),
    not_(_matches(_number, nothing_pattern())),
)
is_trackable: ColumnElement[bool] = and_(is_told, _matches(_carrier, known_pattern()))
