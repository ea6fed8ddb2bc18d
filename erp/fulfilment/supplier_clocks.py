"""The columns of a supplier that its clock is made of, as `clock_of` takes them."""

from sqlmodel import col

from suppliers.models import Supplier

CLOCK_COLUMNS = (
    col(Supplier.acknowledge_days),
    col(Supplier.handling_days),
    col(Supplier.cut_off),
    col(Supplier.time_zone),
    col(Supplier.workdays),
    col(Supplier.calendar),
    col(Supplier.closed_days),
)
