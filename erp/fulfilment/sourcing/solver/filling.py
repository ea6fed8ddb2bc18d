"""The cheapest way to serve one product's lines from the suppliers that are open.

Suppliers are numbered, and a set of them is a bit mask. What a supplier costs once per
order is not looked at here, so products do not touch each other.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from erp.fulfilment.sourcing.candidates import WantedLine
from erp.fulfilment.sourcing.solver.packing import Need, Packing, Part, first_fit, pour

PACKING_STEP = 10  # a step of packing takes as long as so many looks at a product


class Fill(NamedTuple):
    cents: int
    parts: tuple[Part, ...]
    suppliers: int  # those it draws on


class Product:
    """The lines that want one product, and their cheapest fill per set of suppliers."""

    def __init__(self, needs: list[Need], *, split: bool, limit: int) -> None:
        self.needs = needs
        self.is_exact = True
        self.suppliers = 0
        for need in needs:
            for option in need.options:
                self.suppliers |= 1 << option.supplier
        self._split = split
        self._steps_left = limit // PACKING_STEP
        self._known: dict[int, Fill | None] = {}

    def cheapest(self, allowed: int) -> Fill | None:
        """The cheapest fill from the allowed suppliers; None if they cannot."""
        mask = allowed & self.suppliers
        if mask not in self._known:
            self._known[mask] = self._fill(mask)
        return self._known[mask]

    def missing(self) -> Iterator[tuple[WantedLine, int]]:
        """Which lines go short, and by how much, when every supplier may serve."""
        open_needs = self._open(self.suppliers)
        parts = pour(open_needs, 1) if self._split else first_fit(open_needs)
        for need in self.needs:
            served = sum(part.quantity for part in parts if part.line is need.line)
            if served < need.line.quantity:
                yield need.line, need.line.quantity - served

    def _fill(self, mask: int) -> Fill | None:
        if len(self.needs) == 1 and not self._split:
            need = self.needs[0]
            for option in need.options:
                if mask >> option.supplier & 1:
                    quantity = need.line.quantity
                    part = Part(need.line, option, quantity)
                    cents = option.unit_cents * quantity
                    return Fill(cents, (part,), 1 << option.supplier)
            return None
        return self._fill_together(self._open(mask))

    def _fill_together(self, needs: list[Need]) -> Fill | None:
        quantities = {need.line.quantity for need in needs}
        if self._split or len(quantities) == 1:
            parts = pour(needs, 1 if self._split else quantities.pop())
            wanted = sum(need.line.quantity for need in needs)
            whole = sum(part.quantity for part in parts) == wanted
            return _as_fill(parts) if whole else None
        packing = Packing(needs, self._steps_left)
        found = packing.best()
        self._steps_left = packing.steps_left
        self.is_exact = self.is_exact and packing.is_exact
        return None if found is None else _as_fill(found)

    def _open(self, mask: int) -> list[Need]:
        return [
            Need(need.line, [o for o in need.options if mask >> o.supplier & 1])
            for need in self.needs
        ]


def _as_fill(parts: Sequence[Part]) -> Fill:
    cents = suppliers = 0
    for part in parts:
        cents += part.option.unit_cents * part.quantity
        suppliers |= 1 << part.option.supplier
    return Fill(cents, tuple(parts), suppliers)
