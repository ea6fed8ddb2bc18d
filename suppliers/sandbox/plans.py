"""What will happen to an order, decided when it is received. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from suppliers.contract import RejectReason, ReportedStatus, ScanKind
from suppliers.sandbox.messages import SandboxSupplier, Script, ScriptParcel


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is taken of an order, and why if it is nothing."""

    accepted: Mapping[str, int]
    status: ReportedStatus
    reason: RejectReason | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlannedParcel:
    contents: Mapping[str, int]
    scans: tuple[tuple[ScanKind, datetime], ...]
    carrier: str = "Sandbox Post"
    tracking_number: str = ""  # empty: the books give one


@dataclass(frozen=True, slots=True)
class Plan:
    """An order's whole future; a moment that is None never comes."""

    verdict: Verdict
    acknowledged_at: datetime | None
    ship_by: datetime | None
    deliver_by: datetime | None
    cancelled_at: datetime | None = None
    refuses_cancel: bool = False
    parcels: tuple[PlannedParcel, ...] = ()


def verdict(
    wanted: Mapping[str, int],
    accepted: Mapping[str, int],
    *,
    reason: RejectReason = RejectReason.INVENTORY_OUT_OF_STOCK,
    note: str = "",
) -> Verdict:
    """Name what was accepted: all, some, or nothing for this reason."""
    kept = {sku: min(accepted.get(sku, 0), units) for sku, units in wanted.items()}
    if kept == dict(wanted):
        return Verdict(kept, ReportedStatus.ACCEPTED, note=note)
    if any(kept.values()):
        return Verdict(kept, ReportedStatus.PARTLY_ACCEPTED, note=note)
    return Verdict(kept, ReportedStatus.REJECTED, reason, note)


def half_of(wanted: Mapping[str, int]) -> dict[str, int]:
    """A part of an order: without its last line, or half of its only one."""
    last = list(wanted)[-1]
    part = {last: wanted[last] // 2} if len(wanted) == 1 else {last: 0}
    return {**wanted, **part}


def by_habit(habits: SandboxSupplier, verdict: Verdict, now: datetime) -> Plan:
    """Follow the supplier's usual delays, counted from receipt."""
    return Plan(
        verdict=verdict,
        acknowledged_at=_later(now, habits.acknowledge_after),
        ship_by=_later(now, habits.ship_within),
        deliver_by=_later(now, habits.deliver_within),
        parcels=_usual_parcels(habits, verdict, now),
    )


def by_script(script: Script, verdict: Verdict) -> Plan:
    """Follow the script to the letter."""
    return Plan(
        verdict=verdict,
        acknowledged_at=script.acknowledged_at,
        ship_by=script.ship_by,
        deliver_by=script.deliver_by,
        cancelled_at=script.cancelled_at,
        refuses_cancel=script.refuse_cancel,
        parcels=_scripted_parcels(script, verdict),
    )


def _later(now: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)


def _usual_parcels(
    habits: SandboxSupplier, verdict: Verdict, now: datetime
) -> tuple[PlannedParcel, ...]:
    shipped_at = _later(now, habits.ship_after)
    is_taken = verdict.status is not ReportedStatus.REJECTED
    if shipped_at is None or habits.acknowledge_after is None or not is_taken:
        return ()
    scans = _scans(shipped_at, _later(now, habits.deliver_after), on_the_way=True)
    shares = _shared_out(verdict.accepted, habits.parcels)
    return tuple(PlannedParcel(share, scans) for share in shares)


def _scripted_parcels(script: Script, verdict: Verdict) -> tuple[PlannedParcel, ...]:
    parcels = script.parcels
    if parcels is None:
        contents = {sku: units for sku, units in verdict.accepted.items() if units}
        parcels = (
            ScriptParcel(
                contents=contents,
                shipped_at=script.shipped_at,
                delivered_at=script.delivered_at,
            ),
        )
    planned = (_scripted_parcel(parcel) for parcel in parcels)
    return tuple(parcel for parcel in planned if parcel.scans and parcel.contents)


def _scripted_parcel(parcel: ScriptParcel) -> PlannedParcel:
    return PlannedParcel(
        contents=parcel.contents,
        scans=_scans(parcel.shipped_at, parcel.delivered_at),
        carrier=parcel.carrier or "Sandbox Post",
        tracking_number=parcel.tracking_number,
    )


def _scans(
    shipped_at: datetime | None,
    delivered_at: datetime | None,
    *,
    on_the_way: bool = False,
) -> tuple[tuple[ScanKind, datetime], ...]:
    scans = []
    if shipped_at is not None:
        scans.append((ScanKind.PICKED_UP, shipped_at))
    if on_the_way and shipped_at is not None and delivered_at is not None:
        halfway = shipped_at + (delivered_at - shipped_at) / 2
        scans.append((ScanKind.IN_TRANSIT, halfway))
    if delivered_at is not None:
        scans.append((ScanKind.DELIVERED, delivered_at))
    return tuple(scans)


def _shared_out(accepted: Mapping[str, int], parcels: int) -> list[dict[str, int]]:
    """Deal the units over so many parcels, as evenly as they go; none stays empty."""
    units = [sku for sku, count in accepted.items() for _ in range(count)]
    shares: list[dict[str, int]] = [{} for _ in range(min(parcels, len(units)))]
    if len(shares) == 1:
        return [{sku: count for sku, count in accepted.items() if count}]
    for position, sku in enumerate(units):
        share = shares[position * len(shares) // len(units)]
        share[sku] = share.get(sku, 0) + 1
    return shares
