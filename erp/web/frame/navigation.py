"""The main menu: the places of the back office, in the order of a working day."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, request

from erp.web.frame.words import N_, _


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu; `endpoint` is the view it opens."""

    endpoint: str
    words: str
    icon: str
    also: tuple[str, ...] = ()  # further blueprints that are part of the place

    @property
    def label(self) -> str:
        return _(self.words)

    @property
    def is_here(self) -> bool:
        return request.blueprint in (self.endpoint.partition(".")[0], *self.also)


PLACES = (
    Place("home.show", N_("Today"), "house"),
    Place("orders.index", N_("Orders"), "bag"),
    Place("purchases.index", N_("Purchase orders"), "truck", also=("answer_entry",)),
    Place("returns.index", N_("Returns"), "arrow-return-left"),
    Place("suppliers.index", N_("Suppliers"), "building", also=("scorecards",)),
    Place("letters.index", N_("Letters"), "envelope-open"),
    Place("invoices.index", N_("Invoices"), "receipt", also=("invoice_entry",)),
    Place("products.index", N_("Products"), "box-seam"),
    Place("alerts.index", N_("Alerts"), "bell"),
    Place("jobs.index", N_("Jobs"), "clock-history"),
    Place("outbox.index", N_("Outbox"), "envelope"),
    Place("settings.show", N_("Settings"), "gear", also=("accounts", "tokens")),
)


def places() -> Iterator[Place]:
    """The menu's entries."""
    return (each for each in PLACES if each.endpoint in current_app.view_functions)
