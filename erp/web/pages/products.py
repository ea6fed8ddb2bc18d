"""Products: what each costs where, what is left of it, and how it sells."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template

from erp.fulfilment.overview.supplier_queries import supplier_codes
from erp.web.frame import asking, charts, i18n
from erp.web.frame.charts import Point
from erp.web.frame.context import erp
from erp.web.frame.listing import mark
from erp.web.frame.words import _
from inventory import queries
from inventory.queries import Demand, ProductFilter, ProductGap

blueprint = Blueprint("products", __name__, url_prefix="/products")
DEMAND_DAYS = 60  # two months: long enough to see a trend, short enough to read


@blueprint.get("")
def index() -> str:
    wanted = ProductFilter(
        search=asking.words(),
        gap=asking.choice("gap", ProductGap),
        supplier=asking.words("supplier"),
        category=asking.words("category"),
    )
    with erp().sessions.reading() as session:
        page = queries.list_products(session, wanted, _fresh_from(), mark())
        count = page.whole or queries.count_products(session, wanted, _fresh_from())
        suppliers = supplier_codes(session)
    return render_template(
        "products/index.html",
        page=page,
        count=count,
        gaps=asking.options(ProductGap),
        suppliers=[(code, f"{code} {name}") for code, name in suppliers],
    )


@blueprint.get("/<path:sku>")
def show(sku: str) -> str:
    today = _today()
    with erp().sessions.reading() as session:
        product = queries.find_product(session, sku) or abort(404)
        offers = queries.offers_of(session, product, _fresh_from())
        demand = queries.recent_demand(session, product, today, DEMAND_DAYS)
    points = _points(demand)
    return render_template(
        "products/show.html",
        product=product,
        offers=offers,
        points=points,
        sold=sum(each.units for each in demand),
        days=DEMAND_DAYS,
        chart=charts.trend(points, title=_("Units ordered a day"), key="demand"),
    )


def _points(demand: list[Demand]) -> list[Point]:
    return [
        Point(i18n.day(each.day).striptags(), each.units, i18n.number(each.units))
        for each in demand
    ]


def _today() -> date:
    zone = ZoneInfo(erp().settings.store.time_zone)
    return erp().clock().astimezone(zone).date()


def _fresh_from() -> datetime:
    hours = erp().settings.routing.stale_after_hours
    return erp().clock() - timedelta(hours=hours)
