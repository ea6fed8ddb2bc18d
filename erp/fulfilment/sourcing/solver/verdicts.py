"""Why each candidate of a decision was chosen or lost, in numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from erp.fulfilment.sourcing.candidates import (
    Candidate,
    Parcels,
    Policy,
    WantedLine,
    Why,
    score_cents,
)
from erp.fulfilment.sourcing.solver.packing import Option, Part


@dataclass(frozen=True, slots=True)
class Verdict:
    """One candidate for one line. The score is the line's landed cost from it alone;
    the extra is by how much the order would have cost more had it been taken."""

    line_id: int
    offer_id: int
    supplier: str
    why: Why
    quantity: int  # units it serves
    score_cents: int | None
    extra_cents: int | None
    free_quantity: int | None
    lead_time_days: int | None
    age_seconds: int | None  # of its stock and cost when the decision was taken


class Losses:
    """What the rest of an order would lose if one part of it moved elsewhere."""

    def __init__(
        self, parts: Sequence[Part], fixed_cents: Sequence[int], policy: Policy
    ) -> None:
        self._fixed = fixed_cents
        self._policy = policy
        self._supplier_units: Counter[int] = Counter()
        self._offer_units: Counter[int] = Counter()
        self._of_line: dict[int, list[Part]] = {}
        for part in parts:
            self._supplier_units[part.option.supplier] += part.quantity
            self._offer_units[part.option.offer_id] += part.quantity
            self._of_line.setdefault(part.line.line_id, []).append(part)

    def judge(self, line: WantedLine, option: Option) -> tuple[Why, int, int | None]:
        """What became of a usable candidate, the units it serves, the extra cents."""
        parts = self._of_line.get(line.line_id)
        if parts is None:
            return Why.USABLE, 0, None
        for part in parts:
            if part.option.offer_id == option.offer_id:
                why = Why.CHOSEN if part.quantity == line.quantity else Why.SPLIT
                return why, part.quantity, 0
        return self._lost(parts, option)

    def _lost(self, parts: list[Part], option: Option) -> tuple[Why, int, int | None]:
        room = option.room - self._offer_units[option.offer_id]
        if room < (1 if self._policy.allow_split else parts[0].quantity):
            return Why.TAKEN, 0, None
        one_parcel = self._policy.parcels is Parcels.REQUIRE
        if one_parcel and self._opens_another(parts, option, room):
            return Why.MORE_PARCELS, 0, None
        extra = min(self._extra(part, option, room) for part in parts)
        if extra < 0:
            return Why.NOT_REACHED, 0, extra
        return (Why.DEARER if extra else Why.TIED), 0, extra

    def _opens_another(self, parts: list[Part], option: Option, room: int) -> bool:
        """It has nothing of the order yet, and cannot take all of it."""
        moved = max(min(part.quantity, room) for part in parts)
        stays = self._supplier_units.total() - moved
        return stays > 0 and not self._supplier_units[option.supplier]

    def _extra(self, part: Part, option: Option, room: int) -> int:
        moved = min(part.quantity, room)
        extra = moved * (option.unit_cents - part.option.unit_cents)
        if not self._supplier_units[option.supplier]:
            extra += self._fixed[option.supplier]
        left = self._supplier_units[part.option.supplier] - moved
        if not left and option.supplier != part.option.supplier:
            extra -= self._fixed[part.option.supplier]
        return extra


def verdict(
    line: WantedLine,
    candidate: Candidate,
    outcome: tuple[Why, int, int | None],
    policy: Policy,
) -> Verdict:
    why, quantity, extra_cents = outcome
    read_at = candidate.read_at
    age = None if read_at is None else int((policy.now - read_at).total_seconds())
    return Verdict(
        line_id=line.line_id,
        offer_id=candidate.offer_id,
        supplier=candidate.supplier,
        why=why,
        quantity=quantity,
        score_cents=score_cents(line, candidate),
        extra_cents=extra_cents,
        free_quantity=candidate.free_quantity,
        lead_time_days=candidate.lead_time_days,
        age_seconds=age,
    )
