"""The figures of a scorecard as a page says them: value, cases, what is unknown."""

from dataclasses import dataclass
from typing import Protocol

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.overview.scorecards.card import Scorecard
from erp.fulfilment.overview.scorecards.causes import Cause
from erp.fulfilment.overview.scorecards.costs import Variance
from erp.fulfilment.overview.scorecards.counted import Counted
from erp.fulfilment.overview.scorecards.figures import Share
from erp.fulfilment.overview.scorecards.moments import Times
from erp.web.frame.i18n import length, money, number, percent
from erp.web.frame.words import _, ngettext


class Links(Protocol):
    def rows(self, counted: Counted, cause: Cause | None = None) -> str: ...

    def invoices(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Figure:
    title: str
    meaning: str
    value: str
    cases: str
    missing: str  # empty: everything is known
    rows: tuple[tuple[str, str], ...] = ()  # words and address


def figures_of(card: Scorecard, links: Links, currency: str) -> list[Figure]:
    return [
        *_answers(card, links),
        *_deliveries(card, links),
        *_stock(card, links),
        *_costs(card, links, currency),
    ]


def ended_rows(
    card: Scorecard, links: Links
) -> list[tuple[PurchaseStatus, Cause, int, str]]:
    """What ended without a parcel: how, by whom, how often, and the rows."""
    return [
        (status, cause, count, links.rows(Counted(status.value), cause))
        for (status, cause), count in sorted(card.ended.items(), key=lambda x: -x[1])
    ]


def _answers(card: Scorecard, links: Links) -> list[Figure]:
    late = _("late or still missing")
    return [
        _time(
            card.acknowledgement,
            _("Time to acknowledge"),
            _("From handing a purchase order to the supplier to its answer."),
            (
                (_("answered"), links.rows(Counted.ANSWERED)),
                (_("not answered yet"), links.rows(Counted.UNANSWERED)),
            ),
        ),
        _share(
            card.within_clock,
            _("Acknowledged in time"),
            _("Answers by the moment they were due."),
            ((late, links.rows(Counted.ANSWERED_LATE)),),
        ),
        _share(
            card.on_time,
            _("Handed over in time"),
            _("The first scan of the last unit came by the ship-by day."),
            ((late, links.rows(Counted.HAND_OVER_LATE)),),
        ),
        _time(
            card.first_scan,
            _("From label to first scan"),
            _("How long a parcel with a label waits for a carrier."),
            (
                (_("scanned"), links.rows(Counted.SCANNED)),
                (_("not scanned yet"), links.rows(Counted.UNSCANNED)),
            ),
        ),
    ]


def _deliveries(card: Scorecard, links: Links) -> list[Figure]:
    return [
        _time(
            card.to_hand_over,
            _("Lead time to hand-over"),
            _("From sending a purchase order to the first scan of its last unit."),
            ((_("handed over"), links.rows(Counted.HANDED_OVER)),),
        ),
        _time(
            card.to_delivery,
            _("Lead time to delivery"),
            _("From sending a purchase order to the delivery of its last unit."),
            ((_("delivered"), links.rows(Counted.DELIVERED)),),
        ),
        _share(
            card.trackable,
            _("Parcels that can be tracked"),
            _("Handed to a carrier we know, under a number that was told."),
            (
                (_("not trackable"), links.rows(Counted.UNTRACKABLE)),
                (_("unknown"), links.rows(Counted.TRACKING_UNKNOWN)),
            ),
        ),
    ]


def _stock(card: Scorecard, links: Links) -> list[Figure]:
    return [
        _share(
            card.filled,
            _("Fill rate"),
            _("Lines delivered in full, of all that were handed over or ended."),
            ((_("not in full"), links.rows(Counted.UNFILLED)),),
        ),
        _share(
            card.filled_adjusted,
            _("Fill rate, adjusted"),
            _("Without the lines that failed by the address, the customer or us."),
            ((_("not in full"), links.rows(Counted.UNFILLED_BY_IT)),),
        ),
        _share(
            card.phantom_stock,
            _("Phantom stock"),
            _("Lines it had too few of, although its feed showed some when we chose."),
            ((_("too few"), links.rows(Counted.SHORT_OF_STOCK)),),
        ),
    ]


def _costs(card: Scorecard, links: Links, currency: str) -> list[Figure]:
    return [
        _variance(
            card.billed,
            currency,
            _("Billed against agreed"),
            _("By how much the units billed are dearer than agreed."),
            ((_("invoices"), links.invoices()),),
        ),
        _variance(
            card.feed,
            currency,
            _("Feed against agreed"),
            _("By how much what we asked for is dearer in its feed now."),
            ((_("asked for"), links.rows(Counted.SENT)),),
        ),
    ]


Rows = tuple[tuple[str, str], ...]


def _time(times: Times, title: str, meaning: str, rows: Rows) -> Figure:
    value = "—"
    if times.median is not None:
        value = _(
            "median %(median)s, 9 of 10 within %(p90)s",
            median=length(times.median),
            p90=length(times.p90),
        )
    cases = ngettext("%(num)s case", "%(num)s cases", times.count)
    return Figure(title, meaning, value, cases, _pending(times.missing), rows)


def _share(share: Share, title: str, meaning: str, rows: Rows) -> Figure:
    value = percent(share.numerator, share.denominator)
    cases = _(
        "%(part)s of %(whole)s",
        part=number(share.numerator),
        whole=number(share.denominator),
    )
    return Figure(title, meaning, value, cases, _unknown(share.missing), rows)


def _variance(
    variance: Variance, currency: str, title: str, meaning: str, rows: Rows
) -> Figure:
    value = "—"
    if variance.lines:
        share = percent(variance.by_cents, variance.agreed_cents)
        value = f"{share} ({money(variance.by_cents, currency)})"
    cases = ngettext("%(num)s line", "%(num)s lines", variance.lines)
    return Figure(title, meaning, value, cases, _unknown(variance.missing), rows)


def _unknown(missing: int) -> str:
    return ngettext("%(num)s unknown", "%(num)s unknown", missing) if missing else ""


def _pending(missing: int) -> str:
    return ngettext("%(num)s open", "%(num)s open", missing) if missing else ""
