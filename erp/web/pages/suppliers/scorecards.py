"""How each supplier does, in figures, and all of them side by side."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, abort, render_template, request, url_for

from erp.fulfilment.overview import supplier_queries
from erp.fulfilment.overview.scorecards.card import Scorecard, scorecards
from erp.fulfilment.overview.scorecards.causes import Cause
from erp.fulfilment.overview.scorecards.counted import Counted, Span
from erp.web.frame.context import erp
from erp.web.frame.words import ngettext
from erp.web.pages.suppliers.scorecard_figures import ended_rows, figures_of

blueprint = Blueprint("scorecards", __name__, url_prefix="/suppliers")
WINDOWS = (30, 90, 365)  # days


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the rows behind a supplier's figures."""

    code: str
    span: Span

    def rows(self, counted: Counted, cause: Cause | None = None) -> str:
        return url_for(
            "purchases.index",
            supplier=self.code,
            counted=counted.value,
            cause=cause.value if cause else None,
            since=self.span.since.isoformat(),
            until=self.span.until.isoformat(),
        )

    def invoices(self) -> str:
        return url_for(
            "invoices.index",
            supplier=self.code,
            since=self.span.since.isoformat(),
        )


@blueprint.get("/scorecards")
def index() -> str:
    span = _span()
    with erp().sessions.reading() as session:
        found = scorecards(session, span)
        suppliers = supplier_queries.supplier_ids(session)
    rows = [
        (code, name, found.get(supplier_id, Scorecard()), Links(code, span))
        for supplier_id, code, name in suppliers
    ]
    return render_template(
        "scorecards/index.html",
        rows=rows,
        sent=Counted.SENT,
        days=_days(),
        windows=_windows(),
    )


@blueprint.get("/<code>/scorecard")
def show(code: str) -> str:
    span = _span()
    with erp().sessions.reading() as session:
        supplier = supplier_queries.supplier_by_code(session, code) or abort(404)
        found = scorecards(session, span, supplier.id)
    card = found.get(supplier.id or 0, Scorecard())
    links = Links(code, span)
    return render_template(
        "scorecards/show.html",
        supplier=supplier,
        card=card,
        figures=figures_of(card, links, supplier.currency),
        ended=ended_rows(card, links),
        days=_days(),
        windows=_windows(),
    )


def _windows() -> list[tuple[int, str]]:
    return [(days, ngettext("%(num)s day", "%(num)s days", days)) for days in WINDOWS]


def _days() -> int:
    asked = request.args.get("days", "")
    known = {str(days): days for days in WINDOWS}
    return known.get(asked, WINDOWS[0])


def _span() -> Span:
    now = erp().clock()
    return Span(now - timedelta(days=_days()), now)
