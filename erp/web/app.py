"""The application: every page and the API, put together in one place."""

from pathlib import Path

from flask import Flask, g
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from werkzeug.routing import IntegerConverter, Map

from erp.accounts.models import Role
from erp.bootstrap import Erp
from erp.web.api import api
from erp.web.api.problems import Problem, problem_of
from erp.web.api.schemas import LARGEST_ID
from erp.web.frame import (
    asking,
    assets,
    errors,
    i18n,
    preferences,
    security,
    sessions,
)
from erp.web.frame.context import account, may, signed_in
from erp.web.frame.details import told
from erp.web.frame.labels import label, tone
from erp.web.frame.listing import page_url
from erp.web.frame.navigation import places
from erp.web.frame.reasons import remarks, why
from erp.web.frame.timeline import sentence
from erp.web.pages import (
    alerts,
    health,
    home,
    jobs,
    outbox,
    products,
    settings,
)
from erp.web.pages.accounts import (
    accounts,
    setup,
    sign_in,
    tokens,
)
from erp.web.pages.deeds import deed, deed_detail
from erp.web.pages.invoices import invoice_entry, invoices
from erp.web.pages.letters import letters
from erp.web.pages.orders import orders, redacting, returns
from erp.web.pages.purchases import (
    answer_entry,
    purchases,
    rerouting,
    set_aside,
    supplier_links,
)
from erp.web.pages.suppliers import (
    scorecards,
    supplier_clock,
    supplier_notices,
    supplier_tokens,
    suppliers,
)
from erp.web.supplier_api import api as supplier_api
from erp.web.supplier_page import acts as supplier_page

PAGES = (
    accounts.blueprint,
    alerts.blueprint,
    answer_entry.blueprint,
    api.document,
    assets.blueprint,
    health.blueprint,
    home.blueprint,
    invoice_entry.blueprint,
    invoices.blueprint,
    jobs.blueprint,
    letters.blueprint,
    orders.blueprint,
    outbox.blueprint,
    preferences.blueprint,
    products.blueprint,
    purchases.blueprint,
    redacting.blueprint,
    rerouting.blueprint,
    returns.blueprint,
    scorecards.blueprint,
    set_aside.blueprint,
    settings.blueprint,
    setup.blueprint,
    sign_in.blueprint,
    supplier_api.document,
    supplier_clock.blueprint,
    supplier_page.blueprint,
    supplier_tokens.blueprint,
    supplier_links.blueprint,
    supplier_notices.blueprint,
    suppliers.blueprint,
    tokens.blueprint,
)
HERE = Path(__file__).parent


class RowId(IntegerConverter):
    """`<int:…>` in a route: an id no database could hold is nobody's."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def create_app(erp: Erp) -> Flask:
    """The back office and its API over the assembled parts; starts nothing."""
    app = OpenAPI(
        __name__,
        doc_ui=False,
        root_path=str(HERE),
        info=Info(title="Dropship ERP", version="1"),
        security_schemes={"token": {"type": "http", "scheme": "bearer"}},
        validation_error_model=Problem,
        validation_error_callback=problem_of,
    )
    app.url_map.converters["int"] = RowId
    app.extensions["erp"] = erp
    app.config["MAX_CONTENT_LENGTH"] = erp.settings.server.max_body_bytes
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = assets.YEAR_SECONDS
    app.session_interface = sessions.SealedSessions()
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    i18n.set_up(app)
    errors.set_up(app)
    _set_up_templates(app)
    for step in (_nobody, security.limit_body, sessions.load, security.admit):
        app.before_request(step)
    app.after_request(sessions.keep)
    app.after_request(security.add_headers)
    for page in PAGES:
        app.register_blueprint(page)
    app.register_api(api.blueprint)
    app.register_api(supplier_api.blueprint)
    setup.announce(app)
    return app


def _nobody() -> None:
    g.signed_in = None


def _set_up_templates(app: Flask) -> None:
    app.jinja_env.globals.update(
        Role=Role,
        account=account,
        asked_moment=asking.moment,
        asset=assets.asset,
        own=assets.own,
        deed=deed,
        deed_detail=deed_detail,
        csrf_token=sessions.form_token,
        label=label,
        may=may,
        remarks=remarks,
        page_url=page_url,
        places=places,
        sentence=sentence,
        signed_in=signed_in,
        store=app.extensions["erp"].settings.store,
        theme=preferences.theme,
        told=told,
        tone=tone,
        why=why,
    )
