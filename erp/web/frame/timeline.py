"""An order's timeline in sentences: what happened, with its facts."""

from collections.abc import Callable, Mapping
from datetime import datetime

from markupsafe import Markup

from erp.fulfilment.answering.entering import Said
from erp.fulfilment.lifecycle import Remark
from erp.orders.lifecycle import HoldReason, OrderStatus
from erp.web.frame import i18n
from erp.web.frame.details import changed
from erp.web.frame.labels import label
from erp.web.frame.reasons import quoted, why, words
from erp.web.frame.words import N_, _, apart
from suppliers.contract import RejectReason

SENTENCES = {
    "order_received": N_("Received from %(channel)s"),
    "order_updated": N_("Updated by the channel: %(what)s"),
    "order_moved": N_("Became: %(status)s"),
    "held": N_("Held: %(reason)s. %(detail)s"),
    "hold_released": N_("Released: %(reason)s"),
    "cancelled": N_("Cancelled: %(lines)s"),
    "routed": N_("Routed to %(suppliers)s"),
    "routing_held": N_("Could not be routed: %(reason)s"),
    "purchase_queued": N_("Purchase order %(reference)s queued for %(supplier)s"),
    "purchase_sending": N_("Purchase order %(reference)s is being sent"),
    "purchase_sent": N_(
        "Purchase order %(reference)s sent; the supplier calls it "
        "%(supplier_reference)s"
    ),
    "purchase_unknown": N_(
        "Purchase order %(reference)s: the answer was lost. %(detail)s"
    ),
    "purchase_requeued": N_("Purchase order %(reference)s queued again: %(because)s"),
    "purchase_needs_attention": N_(
        "Purchase order %(reference)s needs a decision: %(detail)s"
    ),
    "purchase_accepted": N_(
        "Purchase order %(reference)s accepted, on %(acknowledged_at)s"
    ),
    "purchase_partly_accepted": N_(
        "Purchase order %(reference)s accepted in part, on %(acknowledged_at)s"
    ),
    "purchase_rejected": N_(
        "Purchase order %(reference)s rejected: %(reason)s. %(note)s"
    ),
    "purchase_cancelling": N_("Purchase order %(reference)s: cancellation asked for"),
    "cancel_refused": N_(
        "Purchase order %(reference)s: the supplier does not cancel and goes on. "
        "%(note)s"
    ),
    "cancel_unanswered": N_(
        "Purchase order %(reference)s: %(supplier)s has not answered the wish to cancel"
    ),
    "purchase_silent": N_(
        "Purchase order %(reference)s: %(supplier)s has not answered; it was due "
        "%(due_at)s"
    ),
    "purchase_late": N_(
        "Purchase order %(reference)s: %(supplier)s has handed nothing over; it was "
        "due %(due_at)s"
    ),
    "rerouted": N_(
        "Purchase order %(reference)s ended at %(supplier)s: its units go to another "
        "supplier"
    ),
    "shortfall_rerouted": N_(
        "What %(supplier)s did not accept goes to another supplier: %(units)s"
    ),
    "supplier_wrote": N_(
        "%(supplier)s wrote about purchase order %(reference)s: %(note)s"
    ),
    "report_set_aside": N_(
        "A report of %(supplier)s about purchase order %(reference)s could not be "
        "applied; it was set aside"
    ),
    "purchase_repriced": N_(
        "Purchase order %(reference)s is sent at the present cost: its items cost "
        "%(cost_cents)s instead of %(was_cents)s"
    ),
    "purchase_taken_back": N_(
        "Purchase order %(reference)s was taken back before %(supplier)s got it, since "
        "its cost had changed: its units are routed again"
    ),
    "purchase_cancelled": N_("Purchase order %(reference)s cancelled. %(reason)s"),
    "purchase_delay_told": N_(
        "Purchase order %(reference)s: the supplier now says that it hands over by "
        "%(ship_by)s"
    ),
    "answer_entered": N_(
        "What %(supplier)s said of purchase order %(reference)s was entered: "
        "%(answer)s. %(particulars)s"
    ),
    "purchase_shipped": N_("Purchase order %(reference)s shipped"),
    "purchase_delivered": N_("Purchase order %(reference)s delivered"),
    "purchase_closed": N_("Purchase order %(reference)s closed"),
    "parcel_shipped": N_("Parcel %(tracking)s handed to %(carrier)s (%(reference)s)"),
    "parcel_returned": N_(
        "Parcel %(tracking)s returned to its sender by %(carrier)s (%(reference)s)"
    ),
    "parcel_shipped_after_end": N_(
        "Parcel %(tracking)s handed to %(carrier)s, although its purchase order "
        "%(reference)s had ended"
    ),
    "parcel_delivered": N_("Parcel %(tracking)s delivered (%(reference)s)"),
    "contact_redacted": N_("The customer's address was removed"),
    "return_requested": N_("Return %(reference)s requested"),
    "return_authorised": N_("Return %(reference)s authorised"),
    "return_received": N_("Return %(reference)s received"),
    "return_settled": N_("Return %(reference)s settled"),
    "return_refused": N_("Return %(reference)s refused"),
}
# The same where this fact was not noted.
SHORTER = {
    "cancelled": ("lines", N_("Cancelled")),
    "purchase_sent": (
        "supplier_reference",
        N_("Purchase order %(reference)s sent"),
    ),
    "purchase_unknown": (
        "detail",
        N_("Purchase order %(reference)s: the answer was lost"),
    ),
    "purchase_requeued": (
        "because",
        N_("Purchase order %(reference)s queued again"),
    ),
    "purchase_needs_attention": (
        "detail",
        N_("Purchase order %(reference)s needs a decision"),
    ),
    "purchase_accepted": (
        "acknowledged_at",
        N_("Purchase order %(reference)s accepted"),
    ),
    "purchase_partly_accepted": (
        "acknowledged_at",
        N_("Purchase order %(reference)s accepted in part"),
    ),
    "purchase_rejected": (
        "reason",
        N_("Purchase order %(reference)s rejected"),
    ),
    "supplier_wrote": (
        "note",
        N_("%(supplier)s wrote about purchase order %(reference)s"),
    ),
    "parcel_shipped": (
        "carrier",
        N_("Parcel %(tracking)s handed to the carrier (%(reference)s)"),
    ),
    "parcel_returned": (
        "carrier",
        N_("Parcel %(tracking)s returned to its sender (%(reference)s)"),
    ),
    "parcel_shipped_after_end": (
        "carrier",
        N_(
            "Parcel %(tracking)s handed to the carrier, although its purchase order "
            "%(reference)s had ended"
        ),
    ),
}
TELLERS: dict[str, Callable[[str], str | Markup]] = {
    "detail": words,
    "note": quoted,
    "what": changed,
    "due_at": lambda text: i18n.moment(datetime.fromisoformat(text)),
    "ship_by": lambda text: i18n.day(datetime.fromisoformat(text)),
    "acknowledged_at": lambda text: i18n.moment(datetime.fromisoformat(text)),
}
MEMBERS = (
    ("status", OrderStatus),
    ("reason", HoldReason),
    ("reason", RejectReason),
    ("because", Remark),
    ("answer", Said),
    ("remark", Remark),
)


class _Facts(dict[str, str | Markup]):
    """A fact that was not noted is left out of its sentence."""

    def __missing__(self, name: str) -> str:
        return ""


def sentence(kind: str, facts: Mapping[str, str]) -> Markup:
    """What an event says; a kind nobody wrote words for shows its name and facts."""
    said = SENTENCES.get(kind)
    if said is None:
        named = ", ".join(f"{name}: {fact}" for name, fact in facts.items())
        title = kind.replace("_", " ").capitalize()
        return Markup("{}. {}").format(title, named).strip()
    known = _in_words(facts)
    if kind == "held":
        known["detail"] = why(facts.get("reason", ""), facts)
    if kind in SHORTER:
        fact, shorter = SHORTER[kind]
        said = said if known.get(fact) else shorter
    return (Markup(_(said)) % _Facts(apart(known))).strip(" .")


def _in_words(facts: Mapping[str, str]) -> dict[str, str | Markup]:
    known: dict[str, str | Markup] = {
        name: TELLERS[name](fact) if name in TELLERS else fact
        for name, fact in facts.items()
    }
    for name in facts:
        if name.endswith("_cents"):
            known[name] = i18n.money(int(facts[name]), facts["currency"])
    for name, kind_of in MEMBERS:
        if facts.get(name) in {member.value for member in kind_of}:
            known[name] = label(kind_of(facts[name]))
    if "remark" in known:
        known["detail"] = known["remark"]
    return known
