"""Lines of one product into offers with limited room: in lots, or whole.

`pour` is exact and quick for lots of one size; `Packing` is exact for whole lines of
different sizes, which is a hard problem in general and small in practice.
"""

from collections.abc import Sequence
from typing import NamedTuple

from erp.fulfilment.sourcing.candidates import Candidate, WantedLine

MOST_PACKED = 100  # lines of one product; beyond that largest first must do


class Option(NamedTuple):
    """A usable candidate; options sort by preference."""

    unit_cents: int  # all that grows with the units: cost, further shipping, returns
    lead_days: int
    supplier: int  # its number
    offer_id: int
    room: int
    candidate: Candidate


class Need(NamedTuple):
    line: WantedLine
    options: Sequence[Option]  # sorted; without split each has room for the whole line


class Part(NamedTuple):
    """So many units of a line from one offer."""

    line: WantedLine
    option: Option
    quantity: int


def pour(needs: list[Need], lot: int) -> list[Part]:
    """Empty the offers into the lines in lots, cheapest first.

    Exact: a unit costs the same wherever it goes, and a line already served can move
    over to make room.
    """
    flow: list[dict[int, int]] = [{} for _ in needs]  # by line: offer → lots
    unmet = [need.line.quantity // lot for need in needs]
    options = {o.offer_id: o for need in needs for o in need.options}
    takers: dict[int, list[int]] = {offer_id: [] for offer_id in options}
    for index, need in enumerate(needs):
        for option in need.options:
            takers[option.offer_id].append(index)
    for option in sorted(options.values(), key=lambda o: o[:4]):
        left = option.room // lot
        while left and (path := _path(option.offer_id, takers, flow, unmet)):
            left -= _push(path, left, flow, unmet)
    return [
        Part(need.line, options[offer_id], lots * lot)
        for need, given in zip(needs, flow, strict=True)
        for offer_id, lots in sorted(given.items())
        if lots
    ]


def _path(
    offer_id: int,
    takers: dict[int, list[int]],
    flow: list[dict[int, int]],
    unmet: list[int],
) -> list[tuple[int, int]]:
    """The shortest chain of (offer, line) hand-overs that ends at an unmet line.

    Each line and each offer is looked at once, or hundreds of lines of one product
    would take minutes.
    """
    reached: set[int] = set()
    queued = {offer_id}
    queue: list[tuple[int, list[tuple[int, int]]]] = [(offer_id, [])]
    for giver, path in queue:
        for line in takers[giver]:
            if line in reached:
                continue
            if unmet[line]:
                return [*path, (giver, line)]
            reached.add(line)
            for other, lots in flow[line].items():
                if lots and other not in queued:
                    queued.add(other)
                    queue.append((other, [*path, (giver, line)]))
    return []


def _push(
    path: list[tuple[int, int]],
    left: int,
    flow: list[dict[int, int]],
    unmet: list[int],
) -> int:
    """Move lots along a chain: each giver serves a line its next one then leaves."""
    leaving = [(line, path[step + 1][0]) for step, (_, line) in enumerate(path[:-1])]
    last = path[-1][1]
    lots = min([left, unmet[last], *(flow[line][giver] for line, giver in leaving)])
    for giver, line in path:
        flow[line][giver] = flow[line].get(giver, 0) + lots
    for line, giver in leaving:
        flow[line][giver] -= lots
    unmet[last] -= lots
    return lots


def first_fit(needs: list[Need]) -> list[Part]:
    """Whole lines, largest first, each to the best offer that still has room."""
    rooms = {o.offer_id: o.room for need in needs for o in need.options}
    parts = []
    for line, options in sorted(needs, key=lambda need: -need.line.quantity):
        for option in options:
            if rooms[option.offer_id] >= line.quantity:
                rooms[option.offer_id] -= line.quantity
                parts.append(Part(line, option, line.quantity))
                break
    return parts


class Packing:
    """Whole lines of different sizes into offers with limited room, exactly."""

    def __init__(self, needs: list[Need], limit: int) -> None:
        self.is_exact = True
        self._needs = sorted(needs, key=lambda need: -need.line.quantity)
        quantities = [need.line.quantity for need in self._needs]
        self._needed = [sum(quantities[at:]) for at in range(len(quantities))]
        self._rooms = {o.offer_id: o.room for need in needs for o in need.options}
        self._places = {offer_id: at for at, offer_id in enumerate(self._rooms)}
        self.steps_left = limit if len(needs) <= MOST_PACKED else 0
        self._known: dict[
            tuple[int, tuple[int, ...]], tuple[int, tuple[Part, ...]] | None
        ] = {}

    def best(self) -> tuple[Part, ...] | None:
        """Every line whole; None if they do not fit, or none was found in time."""
        quick = tuple(first_fit(self._needs))
        fits = len(quick) == len(self._needs)
        if fits and all(
            part.option is need.options[0]
            for part, need in zip(quick, self._needs, strict=True)
        ):
            return quick
        found = self._from(0, tuple(self._rooms.values()))
        if found is not None and (self.is_exact or not fits):
            return found[1]
        return quick if fits and not self.is_exact else None

    def _from(
        self, at: int, rooms: tuple[int, ...]
    ) -> tuple[int, tuple[Part, ...]] | None:
        """The cheapest for the lines from `at` on, given the room that is left."""
        if at == len(self._needs):
            return 0, ()
        needed = self._needed[at]  # more room than that makes no difference
        rooms = tuple(min(room, needed) for room in rooms)
        key = at, rooms
        if key not in self._known:
            self._known[key] = self._choose(at, rooms)
        return self._known[key]

    def _choose(
        self, at: int, rooms: tuple[int, ...]
    ) -> tuple[int, tuple[Part, ...]] | None:
        line, options = self._needs[at]
        best = None
        for option in options:
            place = self._places[option.offer_id]
            if rooms[place] < line.quantity:
                continue
            if self.steps_left <= 0:
                self.is_exact = False
                return best
            self.steps_left -= 1
            left = rooms[place] - line.quantity
            rest = self._from(at + 1, (*rooms[:place], left, *rooms[place + 1 :]))
            if rest is None:
                continue
            cents = option.unit_cents * line.quantity + rest[0]
            if best is None or cents < best[0]:
                best = cents, (Part(line, option, line.quantity), *rest[1])
        return best
