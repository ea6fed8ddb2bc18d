"""Holds the lines of an invoice against what was agreed. Pure.

Units count once: what earlier invoices, or earlier lines of this one, bill of a
purchase order is no longer there to be billed. Billing less than was accepted is no
difference, since the rest may come on another invoice; nor is a fee or shipping that
is not billed at all. Taxes were never agreed: they are looked at once they are a larger
share of what was agreed than any honest tax.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from config.options import Invoices
from erp.fulfilment.invoicing.lifecycle import TOLERABLE, Difference, LineKind

PERCENT = 100


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What nobody need look at: the larger of a share of what was agreed, and cents.

    Taxes have a share of their own.
    """

    percent: int = 0
    cents: int = 0
    tax_percent: int = 0

    @classmethod
    def of(cls, options: Invoices) -> Self:
        return cls(
            options.tolerance_percent, options.tolerance_cents, options.tax_percent
        )


@dataclass(frozen=True, slots=True)
class AgreedItem:
    units: int  # accepted, or asked for while nothing was said line by line
    unit_cost_cents: int
    billed_units: int = 0  # by earlier invoices


@dataclass(frozen=True, slots=True)
class Agreed:
    """A purchase order as it was agreed, and what was billed of it before."""

    currency: str
    is_dead: bool  # rejected or cancelled
    items: Mapping[str, AgreedItem]  # by supplier SKU
    fee_cents: int
    shipping_cents: int
    billed_fee_cents: int = 0
    billed_shipping_cents: int = 0


@dataclass(frozen=True, slots=True)
class Billed:
    """One line of an invoice."""

    position: int
    kind: LineKind
    purchase_reference: str
    supplier_sku: str
    quantity: int
    unit_cost_cents: int

    @property
    def cents(self) -> int:
        return self.quantity * self.unit_cost_cents


@dataclass(frozen=True, slots=True)
class Found:
    """One difference; numbers are units or cents, as its kind says. None: unknown."""

    kind: Difference
    position: int | None  # None: the invoice as a whole
    agreed: int | None = None
    billed: int | None = None
    by_cents: int = 0  # what it costs us more, or less if negative


@dataclass(frozen=True, slots=True)
class Comparison:
    found: tuple[Found, ...]
    agreed_cents: int  # for what is billed, as far as anything was agreed
    taxes: Found | None = None  # all of them, at the last line that bills any

    @property
    def by_cents(self) -> int:
        """How much dearer it is than agreed, without taxes."""
        return sum(each.by_cents for each in self.found)

    def differences(self, tolerance: Tolerance) -> tuple[Found, ...]:
        """All that was found, and the taxes if they are too high."""
        if self.taxes is None or self._are_usual(self.taxes, tolerance):
            return self.found
        return (*self.found, self.taxes)

    def needs_decision(self, tolerance: Tolerance) -> bool:
        """A dear line is not made good by a cheap one: amounts are added up."""
        if any(each.kind not in TOLERABLE for each in self.differences(tolerance)):
            return True
        amount = sum(abs(each.by_cents) for each in self.found)
        is_small_share = amount * PERCENT <= tolerance.percent * self.agreed_cents
        return not (amount <= tolerance.cents or is_small_share)

    def _are_usual(self, taxes: Found, tolerance: Tolerance) -> bool:
        billed = taxes.billed or 0
        return billed * PERCENT <= tolerance.tax_percent * self.agreed_cents


def compare(
    lines: Sequence[Billed],
    agreed: Mapping[str, Agreed],
    *,
    currency: str,
    total_cents: int,
) -> Comparison:
    """Every difference, in the order of the lines, those of the whole invoice last."""
    tally = _Tally(agreed, currency)
    for line in lines:
        tally.take(line)
    tally.take_extras()
    added = sum(line.cents for line in lines)
    if added != total_cents:
        by = total_cents - added
        tally.found.append(Found(Difference.TOTAL, None, added, total_cents, by))
    return Comparison(tuple(tally.found), tally.agreed_cents, _taxes(lines))


def _taxes(lines: Sequence[Billed]) -> Found | None:
    taxes = [line for line in lines if line.kind is LineKind.TAX]
    if not taxes:
        return None
    billed = sum(line.cents for line in taxes)
    return Found(Difference.TAX, taxes[-1].position, billed=billed)


@dataclass(slots=True)
class _Tally:
    agreed: Mapping[str, Agreed]
    currency: str
    agreed_cents: int = 0
    found: list[Found] = field(default_factory=list)
    billed_units: dict[tuple[str, str], int] = field(default_factory=dict)
    extras: dict[tuple[str, LineKind], list[Billed]] = field(default_factory=dict)

    def take(self, line: Billed) -> None:
        if line.kind is LineKind.TAX:
            return
        terms = self.agreed.get(line.purchase_reference)
        if trouble := _trouble(terms, self.currency):
            self.found.append(Found(trouble, line.position, by_cents=line.cents))
        elif terms and line.kind is LineKind.ITEM:
            self._take_item(line, terms)
        else:
            place = (line.purchase_reference, line.kind)
            self.extras.setdefault(place, []).append(line)

    def _take_item(self, line: Billed, terms: Agreed) -> None:
        item = terms.items.get(line.supplier_sku)
        if item is None:
            what = Difference.UNKNOWN_SKU
            self.found.append(Found(what, line.position, by_cents=line.cents))
            return
        self._count_units(line, item)
        by = line.unit_cost_cents - item.unit_cost_cents
        self.agreed_cents += line.quantity * item.unit_cost_cents
        if by:
            self.found.append(
                Found(
                    Difference.COST,
                    line.position,
                    item.unit_cost_cents,
                    line.unit_cost_cents,
                    by * line.quantity,
                )
            )

    def _count_units(self, line: Billed, item: AgreedItem) -> None:
        place = (line.purchase_reference, line.supplier_sku)
        before = self.billed_units.get(place, item.billed_units)
        self.billed_units[place] = before + line.quantity
        over = min(before + line.quantity - item.units, line.quantity)
        if over <= 0:
            return
        what = Difference.QUANTITY
        if item.units == 0:
            what = Difference.NOT_ACCEPTED
        elif before and line.quantity <= item.units:
            what = Difference.BILLED_TWICE
        left = max(item.units - before, 0)
        by = over * item.unit_cost_cents
        self.found.append(Found(what, line.position, left, line.quantity, by))

    def take_extras(self) -> None:
        """Fees and shipping of a purchase order are held against it together."""
        for (reference, kind), lines in self.extras.items():
            terms = self.agreed[reference]
            before, agreed, what = (
                (terms.billed_fee_cents, terms.fee_cents, Difference.FEE)
                if kind is LineKind.FEE
                else (
                    terms.billed_shipping_cents,
                    terms.shipping_cents,
                    Difference.SHIPPING,
                )
            )
            left = max(agreed - before, 0)
            billed = sum(line.cents for line in lines)
            self.agreed_cents += min(billed, left)
            if billed > left:
                by = billed - left
                self.found.append(Found(what, lines[-1].position, left, billed, by))


def _trouble(terms: Agreed | None, currency: str) -> Difference | None:
    """What keeps a line from being held against anything."""
    if terms is None:
        return Difference.UNKNOWN_PURCHASE
    if terms.currency != currency:
        return Difference.CURRENCY
    return Difference.NOT_ACCEPTED if terms.is_dead else None
