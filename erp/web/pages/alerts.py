"""Alerts: what is open, what was; acknowledging and snoozing; the figures behind."""

from datetime import timedelta
from decimal import Decimal

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from config.paging import PAGE_SIZE, Page
from erp.alerts import commands, queries
from erp.alerts.commands import AlertError
from erp.alerts.models import Alert
from erp.alerts.outages import inhibited, open_outages, suppliers_down
from erp.kpis.queries import newest_one, trend
from erp.web.frame import asking, charts
from erp.web.frame.context import account, erp
from erp.web.frame.labels import label
from erp.web.frame.words import N_, _
from erp.web.pages import kpi_cards

blueprint = Blueprint("alerts", __name__, url_prefix="/alerts")
LAST_PAGE = 1_000_000  # beyond it a database counts for nothing
SEARCHED = 2_000  # past alerts, the latest: words are of a language, no query has them
SNOOZES = {
    "1": (timedelta(days=1), N_("One day")),
    "3": (timedelta(days=3), N_("Three days")),
    "7": (timedelta(days=7), N_("A week")),
}


@blueprint.get("")
def index() -> str:
    is_past = request.args.get("show") == "past"
    with erp().sessions.reading() as session:
        page = _past(session) if is_past else Page(_named(queries.open_alerts(session)))
        outages = () if is_past else open_outages(session)
    return render_template(
        "alerts/index.html",
        page=page,
        alerts=page.rows,
        outages=outages,
        is_past=is_past,
        of_percent=_of_percent,
        now=erp().clock(),
    )


@blueprint.get("/<int:alert_id>")
def show(alert_id: int) -> str:
    with erp().sessions.reading() as session:
        alert = _alert(session, alert_id)
        scope = (alert.scope_kind, alert.scope_key)
        readings = trend(session, alert.kpi, *scope, kpi_cards.TREND_DAYS)
        reading = newest_one(session, alert.kpi, *scope)
        events = queries.history(session, alert_id)
        mails = queries.deliveries_about(session, alert_id)
        why_not = inhibited(alert.kpi, *scope, suppliers_down(session))
    card = kpi_cards.card(alert.kpi, scope, reading, readings)
    return render_template(
        "alerts/show.html",
        alert=alert,
        why_not=why_not,
        card=card,
        chart=charts.trend(
            card.points,
            title=label(alert.kpi),
            key="trend",
            limit=float(Decimal(alert.limit_percent)),
        ),
        events=reversed(events),
        mails=mails,
        of_percent=_of_percent,
        now=erp().clock(),
        snoozes=[(days, _(words)) for days, (_span, words) in SNOOZES.items()],
    )


@blueprint.post("/<int:alert_id>/acknowledge")
def acknowledge(alert_id: int) -> AnyResponse:
    try:
        with erp().sessions.writing() as session:
            alert = _alert(session, alert_id)
            commands.acknowledge(session, alert, erp().clock(), by=account().email)
        flash(_("Acknowledged: no more reminders."), "success")
    except AlertError:
        _tell_resolved()
    return redirect(url_for(".show", alert_id=alert_id), 303)


@blueprint.post("/<int:alert_id>/snooze")
def snooze(alert_id: int) -> AnyResponse:
    span, _words = SNOOZES.get(request.form.get("days", "")) or abort(400)
    now, by = erp().clock(), account().email
    try:
        with erp().sessions.writing() as session:
            commands.snooze(session, _alert(session, alert_id), now + span, now, by=by)
        flash(_("Snoozed."), "success")
    except AlertError:
        _tell_resolved()
    return redirect(url_for(".show", alert_id=alert_id), 303)


@blueprint.post("/<int:alert_id>/wake")
def wake(alert_id: int) -> AnyResponse:
    try:
        with erp().sessions.writing() as session:
            alert = _alert(session, alert_id)
            commands.wake(session, alert, erp().clock(), by=account().email)
        flash(_("The snooze is over."), "success")
    except AlertError:
        _tell_resolved()
    return redirect(url_for(".show", alert_id=alert_id), 303)


def _past(session: Session) -> Page[Alert]:
    """Few enough to be counted through: the mark is the page's number."""
    number = max(request.args.get("mark", 1, int), 1)
    first = (min(number, LAST_PAGE) - 1) * PAGE_SIZE
    if asking.words():
        all_named = _named(queries.resolved_alerts(session, limit=SEARCHED))
        found = all_named[first : first + PAGE_SIZE + 1]
    else:
        found = queries.resolved_alerts(session, limit=PAGE_SIZE + 1, offset=first)
    return Page(
        found[:PAGE_SIZE],
        before=str(number - 1) if number > 1 else None,
        after=str(number + 1) if len(found) > PAGE_SIZE else None,
    )


def _of_percent(limit_percent: str) -> str:
    return kpi_cards.of_percent(Decimal(limit_percent))


def _alert(session: Session, alert_id: int) -> Alert:
    return session.get(Alert, alert_id) or abort(404)


def _named(alerts: list[Alert]) -> list[Alert]:
    """Those a search names by their KPI, by whom they are about or how bad they are."""
    words = asking.words().lower()
    return [each for each in alerts if words in _told(each).lower()]


def _told(alert: Alert) -> str:
    scope = f"{label(alert.scope_kind)} {alert.scope_key}"
    return f"{label(alert.kpi)} {scope} {label(alert.severity)}"


def _tell_resolved() -> None:
    flash(_("Nothing was changed: this alert is resolved already."), "info")
