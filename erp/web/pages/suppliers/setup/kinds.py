"""The ways to reach a supplier that a form offers, and the options of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel

from erp.web.frame.words import N_, _
from erp.web.pages.suppliers.setup.shape import Group, shape_of
from suppliers.registry import DIALECTS, NEVER_CALLED, OPTIONS

WEB = ("https", "http")


@dataclass(frozen=True, slots=True)
class Way:
    """One choice of the form; `kind` is the dialect that it means."""

    name: str
    kind: str
    title: str = ""
    words: str = ""
    address: str = N_("Where its API begins, such as https://api.supplier.example/v1")
    usual_address: str = ""
    schemes: tuple[str, ...] = WEB
    needs_address: bool = True
    has_options: bool = True

    @property
    def is_called(self) -> bool:
        return self.kind not in NEVER_CALLED

    @property
    def model(self) -> type[BaseModel] | None:
        return OPTIONS.get(self.kind) if self.has_options else None

    @property
    def shape(self) -> Group | None:
        return None if self.model is None else shape_of(self.model, self.name)


DECLARED = "declared"  # the dialect `rest` with options
WAYS: Mapping[str, Way] = {
    way.name: way
    for way in (
        Way(
            "rest",
            "rest",
            N_("Plain REST"),
            N_("It built our own plain interface; nothing else needs to be known."),
            has_options=False,
        ),
        Way(
            DECLARED,
            "rest",
            N_("Any other JSON interface"),
            N_("Say below how its interface works, and try it on a real answer."),
        ),
        Way(
            "csvfeed",
            "csvfeed",
            N_("CSV files"),
            N_("Stock, orders and shipments travel as files on a web server."),
            N_("Where its files are, such as https://files.supplier.example"),
        ),
        Way(
            "email",
            "email",
            N_("E-mail"),
            N_("Orders go as mail, and its replies are read in a mailbox."),
            N_("The server of the mailbox, such as imaps://mail.example; or none"),
            schemes=("imaps", "imap"),
            needs_address=False,
        ),
        Way(
            "portal",
            "portal",
            N_("It fetches its orders itself"),
            N_("Nothing is sent: it asks our interface for its orders."),
            needs_address=False,
        ),
        Way(
            "printful",
            "printful",
            N_("Printful"),
            usual_address="https://api.printful.com",
        ),
        Way(
            "bigbuy",
            "bigbuy",
            N_("BigBuy"),
            usual_address="https://api.bigbuy.eu/rest",
        ),
    )
}


@cache
def ways() -> Mapping[str, Way]:
    """All that we speak, each once; those nobody described go by their own name."""
    described = {name: way for name, way in WAYS.items() if way.kind in DIALECTS}
    known = {way.kind for way in described.values()}
    return described | {kind: Way(kind, kind) for kind in DIALECTS if kind not in known}


def way_of(kind: str | None, options: Mapping[str, object]) -> str:
    """The choice that a supplier's row stands for; empty: none."""
    return DECLARED if kind == "rest" and options else kind or ""


def title_of(kind: str | None, options: Mapping[str, object]) -> str:
    """In words, what the form calls the way to reach such a supplier."""
    way = ways().get(way_of(kind, options))
    return (_(way.title) or way.name) if way else ""


def choices() -> Sequence[tuple[str, str]]:
    """What the form offers."""
    offered = [(way.name, _(way.title) or way.name) for way in ways().values()]
    return [*offered, ("", _("None: its orders wait"))]
