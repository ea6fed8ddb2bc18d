"""Which suppliers to open, so that an order as a whole costs least.

Branch and bound over sets of suppliers: what a set costs at least is what its opened
members cost once, plus each product's cheapest fill from all that are still allowed.
"""

from collections.abc import Sequence
from typing import NamedTuple

from erp.fulfilment.sourcing.candidates import Parcels
from erp.fulfilment.sourcing.solver.filling import Fill, Product
from erp.fulfilment.sourcing.solver.packing import Part


class Found(NamedTuple):
    parts: tuple[Part, ...]
    is_exact: bool


class _Key(NamedTuple):
    """What is compared, in this order."""

    cents: int
    parcels: int
    slowest_days: int
    suppliers: tuple[int, ...]


def cheapest_parts(
    products: Sequence[Product],
    fixed_cents: Sequence[int],
    *,
    parcels: Parcels,
    limit: int,
) -> Found | None:
    """The best way to serve every line; None if there is none.

    `fixed_cents` is what each supplier costs once, by number. Under a negative one
    (a first unit that ships for less than the next) no bound holds: not exact.
    """
    if parcels is Parcels.REQUIRE:
        return _search_in(products, fixed_cents, parcels=parcels, limit=limit)
    parts: list[Part] = []
    is_exact = True
    for island in _islands(products):
        found = _search_in(island, fixed_cents, parcels=parcels, limit=limit)
        if found is None:
            return None
        parts.extend(found.parts)
        is_exact = is_exact and found.is_exact
    return Found(tuple(parts), is_exact)


def _islands(products: Sequence[Product]) -> list[list[Product]]:
    """Products that share no supplier with others make up their minds alone."""
    islands: list[tuple[int, list[Product]]] = []
    for product in products:
        suppliers, members = product.suppliers, [product]
        apart = []
        for island in islands:
            if island[0] & suppliers:
                suppliers |= island[0]
                members = island[1] + members
            else:
                apart.append(island)
        islands = [*apart, (suppliers, members)]
    return [members for _, members in islands]


def _search_in(
    products: Sequence[Product],
    fixed_cents: Sequence[int],
    *,
    parcels: Parcels,
    limit: int,
) -> Found | None:
    search = _Search(products, fixed_cents, parcels=parcels, limit=limit)
    if parcels is Parcels.REQUIRE:
        search.try_each_alone()
    else:
        search.try_all_sets()
    if search.best is None:
        return None
    is_exact = search.is_exact and all(product.is_exact for product in products)
    return Found(search.best[1], is_exact)


class _Search:
    def __init__(
        self,
        products: Sequence[Product],
        fixed_cents: Sequence[int],
        *,
        parcels: Parcels,
        limit: int,
    ) -> None:
        self.best: tuple[_Key, tuple[Part, ...]] | None = None
        self._everyone = 0
        for product in products:
            self._everyone |= product.suppliers
        self.is_exact = all(fixed_cents[at] >= 0 for at in _members(self._everyone))
        self._products = products
        self._fixed = fixed_cents
        self._counts_parcels = parcels is not Parcels.IGNORE
        self._steps_left = limit
        self._fastest_days = max(
            (min(o.lead_days for o in n.options) for p in products for n in p.needs),
            default=0,
        )

    def try_each_alone(self) -> None:
        for supplier in _members(self._everyone):
            fills = self._fills(1 << supplier)
            if fills is not None:
                self._offer(fills)

    def try_all_sets(self) -> None:
        waiting = [(self._indispensable(), self._everyone)]
        while waiting:
            waiting.extend(self._try_sets(*waiting.pop()))

    def _indispensable(self) -> int:
        """Suppliers without which some line cannot be served."""
        mask = 0
        for product in self._products:
            for need in product.needs:
                suppliers = {option.supplier for option in need.options}
                if len(suppliers) == 1:
                    mask |= 1 << suppliers.pop()
        return mask

    def _try_sets(self, opened: int, allowed: int) -> list[tuple[int, int]]:
        """All sets that hold what is opened and nothing that is not allowed: the best
        of them if that is plain, else the two halves that remain to be tried."""
        fills = self._fills(allowed)
        if fills is None:
            return []
        used = self._offer(fills)
        bound = self._fixed_of(opened) + sum(fill.cents for fill in fills)
        undecided = used & ~opened
        if not undecided or self._is_hopeless(bound, opened):
            return []
        if self._steps_left <= 0:
            assert self.best is not None
            self.is_exact = self.is_exact and bound >= self.best[0].cents
            return []
        self._steps_left -= len(fills)
        chosen = 1 << max(_members(undecided), key=self._fixed.__getitem__)
        return [(opened | chosen, allowed), (opened, allowed & ~chosen)]

    def _fills(self, allowed: int) -> list[Fill] | None:
        fills = []
        for product in self._products:
            fill = product.cheapest(allowed)
            if fill is None:
                return None
            fills.append(fill)
        return fills

    def _offer(self, fills: list[Fill]) -> int:
        """Keep this way if it is the best so far; the suppliers it uses."""
        used = cents = 0
        for fill in fills:
            used |= fill.suppliers
            cents += fill.cents
        cents += self._fixed_of(used)
        if self.best is None or cents <= self.best[0].cents:
            self._compare(cents, used, tuple(p for fill in fills for p in fill.parts))
        return used

    def _compare(self, cents: int, used: int, parts: tuple[Part, ...]) -> None:
        slowest = max((part.option.lead_days for part in parts), default=0)
        key = _Key(cents, self._parcels_of(used), slowest, tuple(_members(used)))
        if self.best is None or key < self.best[0]:
            self.best = key, parts

    def _is_hopeless(self, bound: int, opened: int) -> bool:
        assert self.best is not None
        floor = (bound, self._parcels_of(opened), self._fastest_days)
        return floor >= self.best[0][:3]

    def _parcels_of(self, suppliers: int) -> int:
        return suppliers.bit_count() if self._counts_parcels else 0

    def _fixed_of(self, suppliers: int) -> int:
        return sum(self._fixed[supplier] for supplier in _members(suppliers))


def _members(suppliers: int) -> list[int]:
    return [at for at in range(suppliers.bit_length()) if suppliers >> at & 1]
