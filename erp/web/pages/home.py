"""The home page: what needs a decision today, then how the KPIs stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template
from sqlmodel import Session

from config.paging import Count
from erp.alerts.models import Alert, DeliveryStatus
from erp.alerts.queries import open_alerts, outbox_counts
from erp.fulfilment.invoicing.lifecycle import InvoiceStatus
from erp.fulfilment.invoicing.queries import invoices_to_decide
from erp.fulfilment.letters.queries import unread_letters
from erp.fulfilment.lifecycle import PurchaseStatus, ReturnStatus
from erp.fulfilment.overview import purchase_lists as fulfilment
from erp.fulfilment.overview.let_down import orders_let_down
from erp.fulfilment.overview.supplier_queries import SupplierRow, stuck_suppliers
from erp.fulfilment.rerouting.commands import REROUTABLE, is_reroutable
from erp.fulfilment.set_aside.queries import waiting_by_supplier
from erp.jobs.runner import Health, health
from erp.kpis.models import ScopeKind
from erp.orders import queries as orders
from erp.orders.lifecycle import HoldReason
from erp.orders.models import Hold, Order
from erp.web.frame.context import erp
from erp.web.frame.words import N_, _
from erp.web.pages import kpi_cards
from erp.web.pages.jobs import job_name
from erp.web.pages.kpi_cards import Card

blueprint = Blueprint("home", __name__)
SHOWN = 5  # of each kind; the rest is a link away
RETURN_WORK = {  # what a return of each status waits for
    ReturnStatus.REQUESTED: N_("To authorise or refuse"),
    ReturnStatus.AUTHORISED: N_("On the way back"),
    ReturnStatus.RECEIVED: N_("Back, to be settled"),
}


@dataclass(frozen=True, slots=True)
class Today:
    """What waits for a human, by kind, with how many."""

    holds: list[tuple[HoldReason, int]]
    let_down: Sequence[tuple[Order, Hold]]
    purchases: list[tuple[PurchaseStatus, int]]
    set_aside: Sequence[tuple[str, int]]  # reports, by supplier
    letters: Count  # unread
    suppliers: list[SupplierRow]
    returns: list[tuple[ReturnStatus, int]]
    invoices: list[tuple[InvoiceStatus, int]]
    alerts: list[Alert]
    failed_mails: int
    machinery: Health
    is_store_empty: bool

    @property
    def is_quiet(self) -> bool:
        waiting = (self.holds, self.purchases, self.suppliers, self.returns)
        wrong = (
            self.letters.number,
            self.set_aside,
            self.invoices,
            self.alerts,
            self.failed_mails,
            self.machinery.failing,
        )
        return not any(waiting) and not any(wrong)


@blueprint.get("/")
def show() -> str:
    with erp().sessions.reading() as session:
        today = _today(session)
        cards: list[Card] = []
        if not today.is_store_empty:
            cards = kpi_cards.gather(session, ScopeKind.OVERALL)
    return render_template(
        "home/show.html",
        today=today,
        cards=cards,
        shown=SHOWN,
        job_name=job_name,
        return_work=lambda status: _(RETURN_WORK[status]),
    )


def _today(session: Session) -> Today:
    return Today(
        holds=(held := orders.open_holds_by_reason(session)),
        let_down=_let_down(session, held),
        purchases=fulfilment.doubtful_purchases(session),
        set_aside=waiting_by_supplier(session),
        letters=unread_letters(session),
        suppliers=stuck_suppliers(session),
        returns=fulfilment.returns_to_handle(session),
        invoices=invoices_to_decide(session),
        alerts=open_alerts(session),
        failed_mails=outbox_counts(session)[DeliveryStatus.FAILED],
        machinery=health(session, erp().clock()),
        is_store_empty=not orders.has_orders(session),
    )


def _let_down(
    session: Session, held: Iterable[tuple[HoldReason, int]]
) -> Sequence[tuple[Order, Hold]]:
    """Asked only where some order is held for such a reason."""
    if REROUTABLE.isdisjoint(reason for reason, _number in held):
        return ()
    found = orders_let_down(session, SHOWN)
    return [(order, hold) for order, hold in found if is_reroutable(hold)]
