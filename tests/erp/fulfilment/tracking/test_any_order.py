"""The same news in any order, and any of it again, end in the same place."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from config.database import connect
from erp.fulfilment.lifecycle import reported_status
from erp.fulfilment.models import PurchaseOrderLine, Scan
from erp.migrations.tables import metadata
from suppliers.contract import (
    ItemReport,
    ParcelReport,
    PurchaseReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from tests.erp.fulfilment.tracking.telling import (
    DAY,
    DELIVERED,
    SHIPPED,
    P,
    R,
    at_supplier,
    holds,
    order_of,
    parcel,
    report,
    tell,
)
from tests.factories import (
    NOW,
    order_lines,
)


def history() -> list[PurchaseReport]:
    """The life of one order of five and two units, as its supplier would tell it."""
    items = (ItemReport("S1-A", 4), ItemReport("S1-B", 2))
    label = parcel("1", 3, (ScanKind.LABEL_CREATED, NOW))
    first = parcel("1", 3, (ScanKind.LABEL_CREATED, NOW), SHIPPED)
    rest = ParcelReport(
        "2",
        "",
        "T2",
        (("S1-A", 1), ("S1-B", 2)),
        (ScanReport(ScanKind.IN_TRANSIT, NOW + 2 * DAY),),
    )
    first_home = parcel("1", 3, (ScanKind.LABEL_CREATED, NOW), SHIPPED, DELIVERED)
    rest_home = ParcelReport(
        "2", "", "T2", rest.contents, (*rest.scans, ScanReport(*DELIVERED))
    )
    promised = {"acknowledged_at": NOW, "ship_by": NOW + DAY, "deliver_by": NOW + DAY}
    told: list[tuple[ReportedStatus, dict[str, object]]] = [
        (R.RECEIVED, {}),
        (R.PARTLY_ACCEPTED, {"items": items}),
        (R.PARTLY_ACCEPTED, {"items": items, "parcels": (label,)}),
        (R.PARTLY_ACCEPTED, {"items": items, "parcels": (first,)}),
        (R.PARTLY_ACCEPTED, {"items": items, "parcels": (first, rest)}),
        (R.PARTLY_ACCEPTED, {"items": items, "parcels": (first_home, rest)}),
        (R.PARTLY_ACCEPTED, {"items": items, "parcels": (first_home, rest_home)}),
    ]
    return [
        report(status, **(given | (promised if status is not R.RECEIVED else {})))
        for status, given in told
    ]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = connect("sqlite://")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def end_of(engine: Engine, reports: Sequence[PurchaseReport]) -> tuple[object, ...]:
    """Where these reports lead; nothing of it is kept."""
    with Session(engine) as session:
        purchase = at_supplier(session, (("A", 5, 1000), ("B", 2, 500)))
        tell(session, *reports)
        order = order_of(session, purchase)
        return (
            purchase.status,
            purchase.ship_by,
            purchase.handed_over_at,
            purchase.delivered_at,
            purchase.items_cost_cents,
            [line.status for line in order_lines(session, order)],
            [row.accepted_quantity for row in session.exec(_rows())],
            sorted(session.exec(select(Scan.kind, Scan.at))),
            holds(session),
        )


def _rows():
    return select(PurchaseOrderLine).order_by(col(PurchaseOrderLine.id))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_order_of_the_same_news_ends_in_the_same_state(
    engine: Engine, data: st.DataObject
) -> None:
    told = history()
    heard = data.draw(st.lists(st.sampled_from(told), max_size=5))
    heard.insert(data.draw(st.integers(0, len(heard))), told[-1])

    assert end_of(engine, heard) == end_of(engine, told[-1:])


@pytest.mark.parametrize("said", list(ReportedStatus))
@pytest.mark.parametrize("shipped", [0, 1, 2])
def test_every_report_has_a_meaning(said: ReportedStatus, shipped: int) -> None:
    status = reported_status(said, accepted=2, shipped=shipped, delivered=0)

    assert (status is P.SHIPPED) == (shipped == 2)
    assert shipped == 0 or status not in (P.REJECTED, P.CANCELLED)
