"""Why an order waits and what went wrong, in the reader's language.

Holds, purchase orders and events keep facts: codes, numbers, names. Here they are put
into words. What a supplier wrote stays as it is, between quotation marks.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from markupsafe import Markup

from erp.fulfilment.lifecycle import Overdue, Remark
from erp.fulfilment.models import PurchaseOrder
from erp.orders.lifecycle import HoldReason
from erp.orders.models import Fulfilment, Payment
from erp.web.frame import i18n
from erp.web.frame.details import ours
from erp.web.frame.labels import label
from erp.web.frame.words import N_, _, apart, listed
from inventory.pricing import BASIS_POINTS
from suppliers.contract import RejectReason

Facts = Mapping[str, str]
SENTENCES = (  # each is said if its fact is there
    ("cancelled_at", N_("Cancelled: %(cancelled_at)s")),
    ("payment", "%(payment)s"),
    ("is_started", N_("Suppliers were asked already")),
    ("fulfilment", "%(fulfilment)s"),
    ("risk", N_("The channel rates its risk high")),
    ("paid_days", N_("Paid %(paid_days)s ago; the limit is %(limit_days)s")),
    ("placed_days", N_("Placed %(placed_days)s ago; the limit is %(limit_days)s")),
    ("more", N_("%(skus)s and %(more)s more")),
    ("missing", N_("Missing: %(missing)s")),
    (
        "margin_cents",
        N_("Margin %(margin_cents)s of %(revenue_cents)s; the floor is %(floor_bp)s"),
    ),
    ("order", N_("Same customer and items as %(order)s, placed %(minutes)s before")),
    ("units", N_("Does not deliver %(units)s")),
    ("purchase_order", N_("Purchase order %(purchase_order)s")),
    ("overdue", N_("%(overdue)s: it was due %(due_at)s")),
    ("instead", N_("%(instead)s can deliver instead")),
    ("not_elsewhere", N_("nobody else can deliver now: %(not_elsewhere)s")),
    (
        "parcels",
        N_("Ended, but shipped all the same, in %(parcels)s: goods may arrive twice"),
    ),
    ("returned", N_("Returned to sender: %(returned)s")),
    ("elsewhere", N_("Bought from %(elsewhere)s as well")),
    ("is_vague", N_("Does not say what it accepts")),
    ("reject_reason", "%(reject_reason)s"),
    ("remark", "%(remark)s"),
    ("note", "%(note)s"),
    ("ours", N_("this is ours to put right, whoever delivers")),
)
ADDRESS = {
    "name": N_("name"),
    "street": N_("street"),
    "city": N_("city"),
    "country": N_("country"),
    "postal_code": N_("postal code"),
}


def why(reason: str, facts: Facts) -> Markup:
    """The facts of a hold in words; nothing if none were noted."""
    known = _Known(apart({name: _in_words(name, facts) for name in facts}))
    said = [Markup(_(each)) % known for name, each in SENTENCES if name in facts]
    if "more" not in facts and "skus" in facts:
        said.append(isolated(facts["skus"]))
    told_so = Markup(". ").join(said + _missing(reason, facts))
    supplier = [isolated(facts["supplier"])] if "supplier" in facts else []
    return Markup(": ").join(supplier + ([told_so] if told_so else []))


def remarks(purchase: PurchaseOrder) -> Markup:
    """What happened to a purchase order last: our remark, then others' words."""
    said = [label(purchase.remark)] if purchase.remark else []
    return Markup(": ").join(said + ([words(purchase.note)] if purchase.note else []))


def words(note: str) -> Markup:
    """What an error says, in the reader's language; anybody else's words quoted."""
    said = ours(note)
    return quoted(note) if said is None else Markup.escape(said)


def quoted(words: str) -> Markup:
    """Somebody else's words, in the direction they are written."""
    return Markup("“<bdi>{}</bdi>”").format(words) if words else Markup()


def isolated(name: str) -> Markup:
    """A name or a list of them, which keeps its own direction within a sentence."""
    return Markup("<bdi>{}</bdi>").format(name)


class _Known(dict[str, str | Markup]):
    """A fact that was not noted is left out of its sentence."""

    def __missing__(self, name: str) -> str:
        return ""


def _missing(reason: str, facts: Facts) -> list[Markup]:
    """The units routing found no supplier for, by what stands in the way."""
    said = []
    for each in HoldReason:
        if each.value in facts:
            units = isolated(facts[each.value])
            named = Markup("{}: {}").format(label(each), units)
            said.append(units if each.value == reason else named)
    return said


def _in_words(name: str, facts: Facts) -> str | Markup:
    teller = TELLERS.get(name, isolated)
    if name.endswith("_cents"):
        return i18n.money(int(facts[name]), facts.get("currency", ""))
    return teller(facts[name])


def _address(parts: str) -> str:
    return listed(_(ADDRESS[part]) for part in parts.split(", "))


def _days(number: str) -> str:
    return i18n.days(int(number))


TELLERS: dict[str, Callable[[str], str | Markup]] = {
    "payment": lambda text: label(Payment(text)),
    "fulfilment": lambda text: label(Fulfilment(text)),
    "reject_reason": lambda text: label(RejectReason(text)),
    "remark": lambda text: label(Remark(text)),
    "overdue": lambda text: label(Overdue(text)),
    "due_at": lambda text: i18n.moment(datetime.fromisoformat(text)),
    "not_elsewhere": lambda text: label(HoldReason(text)),
    "cancelled_at": lambda text: i18n.moment(datetime.fromisoformat(text)),
    "paid_days": _days,
    "placed_days": _days,
    "limit_days": _days,
    "minutes": lambda text: i18n.span(timedelta(minutes=int(text))),
    "floor_bp": lambda text: i18n.percent(int(text), BASIS_POINTS),
    "missing": _address,
    "more": lambda text: i18n.number(int(text)),
    "note": quoted,
}
