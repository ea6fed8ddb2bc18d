"""Which state of a supplier's feed our offers show, so that it is not read twice.

A mark says: the offers of this moment are as that state of the feed tells them. It is
written with the rows it stands for, and dropped by whoever writes an offer from
elsewhere: the next reading is whole then. Writers of one supplier's offers take its row
first, so none of them passes another.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from config.upsert import table_of
from inventory.models import Offer
from suppliers.models import Supplier


def drop_marks(session: Session, suppliers: Collection[int]) -> None:
    """Have these suppliers' feeds read whole; before the first offer is looked at."""
    wanted = {"suppliers": sorted(suppliers)}
    database = session.connection()
    database.execute(_TAKE, wanted)
    database.execute(_DROP, wanted)


def keep_mark(
    session: Session, supplier_id: int, *, former: str, mark: str, as_of: datetime
) -> None:
    """The offers show this state; unless the mark we read by was dropped meanwhile."""
    row = {"supplier": supplier_id, "former": former, "mark": mark, "at": as_of}
    session.connection().execute(_KEEP, row)


def stand_unchanged(
    session: Session, supplier_id: int, mark: str, as_of: datetime
) -> bool:
    """Take the marked rows as told again, at this moment; false if they are not ours.

    It costs the same for one offer and for a hundred thousand whose moment stays.
    """
    row = {"supplier": supplier_id, "former": mark, "mark": mark, "at": as_of}
    database = session.connection()
    marked = database.execute(_MARKED, row).first()
    if marked is None:
        return False
    if as_of > marked.stock_marked_at:
        database.execute(_STANDS, row | {"marked": marked.stock_marked_at})
        database.execute(_KEEP, row)
    return True


_OFFER, _SUPPLIER = table_of(Offer), table_of(Supplier)
_WANTED = _SUPPLIER.c.id.in_(bindparam("suppliers", expanding=True))
_TAKE = (
    select(_SUPPLIER.c.id)
    .where(_WANTED)
    .order_by(_SUPPLIER.c.id)
    .with_for_update(key_share=True)
)
_DROP = (
    _SUPPLIER.update()
    .where(_WANTED, _SUPPLIER.c.stock_mark != "")
    .values(stock_mark="", stock_marked_at=None)
)
_IS_MARKED = (
    _SUPPLIER.c.id == bindparam("supplier"),
    _SUPPLIER.c.stock_mark == bindparam("former"),
)
_KEEP = (
    _SUPPLIER.update()
    .where(*_IS_MARKED)
    .values(stock_mark=bindparam("mark"), stock_marked_at=bindparam("at"))
)
_MARKED = (
    select(_SUPPLIER.c.stock_marked_at)
    .where(*_IS_MARKED, _SUPPLIER.c.stock_marked_at.is_not(None))
    .with_for_update(key_share=True)
)
_STANDS = (
    _OFFER.update()
    .where(
        _OFFER.c.supplier_id == bindparam("supplier"),
        _OFFER.c.as_of == bindparam("marked"),
    )
    .values(as_of=bindparam("at"))
)
