"""Whatever a supplier knows of an order arrives as it is, over either shape of API."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suppliers.contract import (
    ItemReport,
    ParcelReport,
    PurchaseReport,
    RejectReason,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.declared.reading import report_of
from suppliers.options import fitting
from suppliers.sandbox.wires import envelope_words, flat_words
from tests.suppliers.declared import ENVELOPE, FLAT

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
counts = st.integers(0, 1_000_000_000)
# Clocks go back once a year: the hour that comes twice cannot be told apart in a form
# without an offset, so these days are of a summer.
moments = st.datetimes(
    datetime(2026, 5, 1),  # noqa: DTZ001  # hypothesis wants them plain
    datetime(2026, 9, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
scans = st.dictionaries(
    st.sampled_from([ScanKind.PICKED_UP, ScanKind.IN_TRANSIT, ScanKind.DELIVERED]),
    moments,
).map(
    lambda seen: tuple(
        ScanReport(kind, seen[kind]) for kind in ScanKind if kind in seen
    )
)
parcels = st.builds(
    ParcelReport,
    shipment_id=names,
    carrier=names,
    tracking_number=names,
    contents=st.lists(st.tuples(names, counts), max_size=3).map(tuple),
    scans=scans,
)
reports = st.builds(
    PurchaseReport,
    reference=names,
    supplier_reference=st.integers(1, 10**9).map(lambda number: f"S-{number}"),
    status=st.sampled_from(ReportedStatus),
    acknowledged_at=st.none() | moments,
    ship_by=st.none() | moments,
    deliver_by=st.none() | moments,
    reason=st.none() | st.sampled_from(RejectReason),
    note=st.just("") | names,
    items=st.lists(
        st.builds(ItemReport, names, counts),
        max_size=3,
        unique_by=lambda item: item.supplier_sku,
    ).map(tuple),
    parcels=st.lists(
        parcels, max_size=3, unique_by=lambda parcel: parcel.shipment_id
    ).map(tuple),
)


def state_of(report: PurchaseReport):
    """The report as the sandbox's books tell it."""

    def written(moment: datetime | None) -> str | None:
        return moment and moment.isoformat()

    return {
        "reference": report.reference,
        "supplier_reference": report.supplier_reference,
        "status": report.status,
        "acknowledged_at": written(report.acknowledged_at),
        "ship_by": written(report.ship_by),
        "deliver_by": written(report.deliver_by),
        "reason": report.reason,
        "note": report.note,
        "items": [
            {"sku": i.supplier_sku, "accepted_quantity": i.accepted_quantity}
            for i in report.items
        ],
        "parcels": [
            {
                "shipment_id": parcel.shipment_id,
                "carrier": parcel.carrier,
                "tracking_number": parcel.tracking_number,
                "contents": [{"sku": s, "quantity": n} for s, n in parcel.contents],
                "scans": [
                    {"kind": scan.kind, "at": written(scan.at)} for scan in parcel.scans
                ],
            }
            for parcel in report.parcels
        ],
    }


SHAPES = {
    "envelope": (ENVELOPE, envelope_words.purchase),
    "flat": (FLAT, flat_words.order),
}


@pytest.mark.parametrize(("declared", "written"), SHAPES.values(), ids=SHAPES.keys())
@given(report=reports)
def test_a_report_survives_the_shape_of_an_api(declared, written, report):
    declaration = fitting(Declaration, declared)

    read = report_of(declaration, written(state_of(report)))

    number = report.supplier_reference.rsplit("-", 1)[1]
    assert read.supplier_reference in (report.supplier_reference, number)
    assert read == PurchaseReport(
        **{
            name: getattr(report, name)
            for name in PurchaseReport.__slots__
            if name != "supplier_reference"
        },
        supplier_reference=read.supplier_reference,
    )


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)
ORDER = {"ref": "PO-1", "id": "X-9", "standing": "accepted"}
PLACES = [*ORDER, "granted", "parcels", "since", "leaves", "arrives", "why", "say"]


@given(
    place=st.sampled_from(PLACES),
    value=json_values,
)
def test_nothing_an_answer_holds_makes_reading_it_break(place, value):
    declaration = fitting(Declaration, FLAT)

    try:
        report = report_of(declaration, ORDER | {place: value})
    except ValueError:
        return
    assert report.reference
