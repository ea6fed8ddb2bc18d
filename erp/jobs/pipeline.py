"""The jobs, in the order data flows. Each does what is due and says how much it was."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from erp.accounts.idempotency import forget_old
from erp.accounts.sign_in import forget_expired
from erp.alerts import notify
from erp.alerts.mail import mailer_for
from erp.alerts.notify import send_one
from erp.alerts.outages import tell_outages
from erp.alerts.raising import raise_alerts
from erp.bootstrap import Erp
from erp.fulfilment.forwarding import cancelling, reconciling
from erp.fulfilment.forwarding import sending as forwarding
from erp.fulfilment.forwarding.caller import Caller
from erp.fulfilment.forwarding.cut_off import end_cut_off
from erp.fulfilment.forwarding.retries import RetryRules
from erp.fulfilment.invoicing import changes as invoice_changes
from erp.fulfilment.invoicing.matching import Tolerance
from erp.fulfilment.notices import claiming as notices
from erp.fulfilment.notices import recording as told
from erp.fulfilment.notices.sending import Sender, send_due
from erp.fulfilment.page_links.links import LinkRules
from erp.fulfilment.page_links.visits import forget_visits
from erp.fulfilment.redaction.redacting import PrivacyRules, redact_due
from erp.fulfilment.rerouting import watching
from erp.fulfilment.rerouting.watching import WatchRules
from erp.fulfilment.sourcing import purchasing
from erp.fulfilment.tracking import turns
from erp.fulfilment.tracking.closing import close_delivered
from erp.fulfilment.tracking.polling import track_due
from erp.jobs.tidying import forget_old_runs
from erp.kpis.measuring import measure, thin_readings
from erp.orders.checking import check_some
from erp.orders.guards import GuardPolicy
from erp.orders.lifecycle import NextStep
from erp.orders.models import Order
from inventory import sync
from suppliers.models import Reroute

BATCH = 200  # orders in one transaction: short enough that pages do not wait


@dataclass(frozen=True, slots=True)
class Job:
    """One thing the scheduler ticks. `is_due` answers cheaply if there is work."""

    name: str
    run: Callable[[Erp], int]
    is_due: Callable[[Session, datetime], bool] | None = None

    def every(self, erp: Erp) -> int:
        """Seconds between two ticks."""
        seconds: int = getattr(erp.settings.jobs, self.name)
        return seconds


def check_orders(erp: Erp) -> int:
    policy = _guard_policy(erp)
    return _in_batches(
        lambda: check_some(erp.sessions, policy, erp.clock(), limit=BATCH)
    )


def route_orders(erp: Erp) -> int:
    rules = purchasing.RoutingRules.of(erp.settings.routing, erp.settings.guards)
    return _in_batches(
        lambda: purchasing.route_some(erp.sessions, rules, erp.clock(), limit=BATCH)
    )


def forward_purchases(erp: Erp) -> int:
    return forwarding.forward_due(erp.sessions, _caller(erp))


def reconcile_purchases(erp: Erp) -> int:
    return reconciling.reconcile_due(erp.sessions, _caller(erp))


def cancel_purchases(erp: Erp) -> int:
    return cancelling.cancel_due(erp.sessions, _caller(erp))


def track_purchases(erp: Erp) -> int:
    every = timedelta(seconds=erp.settings.tracking.poll_seconds)
    return track_due(erp.sessions, _caller(erp), every)


def send_notices(erp: Erp) -> int:
    sender = Sender(
        secrets=erp.secrets,
        clock=erp.clock,
        base_url=erp.settings.store.base_url,
        threads=erp.settings.notices.threads,
        timeout_seconds=erp.settings.notices.timeout_seconds,
    )
    return send_due(erp.sessions, sender)


def watch_clocks(erp: Erp) -> int:
    rules = WatchRules(
        Reroute(erp.settings.routing.reroute),
        purchasing.RoutingRules.of(erp.settings.routing, erp.settings.guards),
    )
    return _in_batches(lambda: watching.watch_due(erp.sessions, rules, erp.clock()))


def compare_invoices(erp: Erp) -> int:
    tolerance = Tolerance.of(erp.settings.invoices)
    return _in_batches(
        lambda: invoice_changes.compare_some(erp.sessions, tolerance, erp.clock())
    )


def sync_stock(erp: Erp) -> int:
    reader = sync.FeedReader(
        clients=erp.clients,
        secrets=erp.secrets,
        clock=erp.clock,
        every=timedelta(seconds=erp.settings.tracking.stock_seconds),
        call_seconds=erp.settings.forwarding.call_timeout_seconds,
    )
    read = 0
    while sync.sync_one(erp.sessions, reader):
        read += 1
    return read


def retry_held(erp: Erp) -> int:
    with erp.sessions.writing() as session:
        return purchasing.retry_held(session, erp.clock())


def measure_kpis(erp: Erp) -> int:
    currency = erp.settings.store.currency
    return measure(erp.sessions, erp.kpi_policy, erp.clock(), currency=currency)


def judge_kpis(erp: Erp) -> int:
    store, now = erp.settings.store, erp.clock()
    told = tell_outages(erp.sessions, store, now)
    return told + raise_alerts(erp.sessions, erp.kpi_policy, store, now)


def send_mail(erp: Erp) -> int:
    mailer = mailer_for(erp.settings.mail, erp.settings.outbox)
    sent = 0
    while send_one(erp.sessions, mailer, erp.clock, erp.settings.mail):
        sent += 1
    return sent


def redact_contacts(erp: Erp) -> int:
    return redact_due(erp.sessions, PrivacyRules.of(erp.settings), erp.clock())


def tidy_up(erp: Erp) -> int:
    now = erp.clock()
    lease = RetryRules.of(erp.settings.forwarding).lease
    with erp.sessions.writing() as session:
        return (
            forget_old_runs(session)
            + forget_old(session, now)
            + forget_expired(session, now)
            + forget_visits(session, now)
            + told.forget_old(session, now)
            + thin_readings(session, now)
            + close_delivered(session, now)
            + end_cut_off(session, now, lease)
        )


def _orders_at(step: NextStep) -> Callable[[Session, datetime], bool]:
    query = select(Order.id).where(col(Order.next_step) == step).limit(1)

    def is_due(session: Session, _now: datetime) -> bool:
        return session.exec(query).first() is not None

    return is_due


JOBS = (
    Job("check_orders", check_orders, _orders_at(NextStep.CHECK)),
    Job("route_orders", route_orders, _orders_at(NextStep.ROUTE)),
    Job("forward_purchases", forward_purchases, forwarding.anything_to_send),
    Job("reconcile_purchases", reconcile_purchases, reconciling.anything_due),
    Job("cancel_purchases", cancel_purchases, cancelling.anything_due),
    Job("track_purchases", track_purchases, turns.anything_due),
    Job("send_notices", send_notices, notices.anything_due),
    Job("watch_clocks", watch_clocks, watching.anything_due),
    Job("compare_invoices", compare_invoices, invoice_changes.anything_due),
    Job("sync_stock", sync_stock, sync.anything_due),
    Job("retry_held", retry_held),
    Job("measure_kpis", measure_kpis),
    Job("raise_alerts", judge_kpis),
    Job("send_mail", send_mail, notify.anything_due),
    Job("redact_contacts", redact_contacts),
    Job("tidy_up", tidy_up),
)


def _guard_policy(erp: Erp) -> GuardPolicy:
    guards = erp.settings.guards
    return GuardPolicy(
        max_age=timedelta(days=guards.max_age_days) if guards.max_age_days else None,
        min_margin_bp=guards.min_margin_percent * 100,
        duplicate_window=timedelta(hours=guards.duplicate_window_hours),
    )


def _caller(erp: Erp) -> Caller:
    forwarding_settings = erp.settings.forwarding
    return Caller(
        clients=erp.clients,
        secrets=erp.secrets,
        clock=erp.clock,
        rules=RetryRules.of(forwarding_settings),
        threads=forwarding_settings.threads,
        call_seconds=forwarding_settings.call_timeout_seconds,
        min_margin_bp=erp.settings.guards.min_margin_percent * 100,
        pages=LinkRules.of(erp.settings),
    )


def _in_batches(step: Callable[[], int]) -> int:
    done = 0
    while batch := step():
        done += batch
    return done
