"""The connection as it is typed, tried before it is saved; nothing is ordered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from erp.fulfilment.supplier_accounts import is_meant_elsewhere, seal
from erp.web.frame import i18n
from erp.web.frame.context import erp
from erp.web.frame.details import told
from erp.web.frame.words import N_, _
from erp.web.pages.suppliers.setup.counting import counted_for
from erp.web.pages.suppliers.setup.options import judged
from erp.web.pages.suppliers.supplier_form import SupplierForm
from suppliers.connections import connection_of
from suppliers.models import Supplier
from suppliers.overhearing import Trouble
from suppliers.registry import Connection
from suppliers.tried import Question, Tried
from suppliers.trying import Sample, fetch_sample, try_connection

LONGEST_SILENCE = 8.0  # seconds: somebody is waiting at the page
QUESTIONS = {
    Question.LOOK_UP: N_("An order that cannot exist"),
    Question.CHANGES: N_("What changed"),
    Question.STOCK: N_("The head of the stock list"),
}
MENDING = {
    Trouble.NAME: N_("Its name leads nowhere: look for a slip in the address."),
    Trouble.FORBIDDEN: N_(
        "Its address lies in our own network or is set aside: an owner may allow it "
        "for a system that runs beside ours."
    ),
    Trouble.CONNECTION: N_(
        "Nobody takes the call: look at the address and its port, and whether the "
        "supplier lets our server in."
    ),
    Trouble.SECURITY: N_(
        "Its certificate cannot be trusted: the supplier must mend it, or the address "
        "must name the server that the certificate is for."
    ),
    Trouble.SILENCE: N_("No answer in time: try again, or ask the supplier."),
    Trouble.SIGN_IN: N_(
        "It refuses our credential: type it again, and look at how we sign in."
    ),
    Trouble.THROTTLED: N_("It was asked too often: wait a while and try again."),
    Trouble.ELSEWHERE: N_(
        "It sends us to another address, which we do not follow: write that one."
    ),
    Trouble.BROKEN: N_("It answered with an error of its own: ask the supplier."),
    Trouble.SHAPE: N_(
        "It answered, but not as is set up here: fetch a real answer and compare."
    ),
    Trouble.SETTINGS: N_("It cannot be asked as it is set up."),
    Trouble.ALLOWANCE: N_(
        "We did not ask: what it allows is used up, or it asked for patience."
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One question on the page: what came of it, and how it is mended."""

    tried: Tried
    title: str
    mending: str
    detail: str = ""

    @property
    def is_good(self) -> bool:
        return self.tried.trouble is None and self.tried.is_asked

    @property
    def is_held_back(self) -> bool:
        return self.tried.trouble is Trouble.ALLOWANCE


@dataclass(frozen=True, slots=True)
class Trial:
    lines: Sequence[Line]

    @property
    def is_good(self) -> bool:
        """Nothing went wrong; what we were not allowed to ask does not count."""
        asked = [line for line in self.lines if line.tried.is_asked]
        return all(line.is_good or line.is_held_back for line in asked)

    @property
    def is_untested(self) -> bool:
        """We were allowed to ask nothing at all, or there is nothing it answers."""
        asked = [line for line in self.lines if line.tried.is_asked]
        return all(line.is_held_back for line in asked)


def tried(form: SupplierForm, supplier: Supplier | None) -> Trial | None:
    """One line for each question; None if what is typed cannot be tried yet."""
    connection = _connection(form, supplier)
    if connection is None:
        return None
    counted = counted_for(supplier, connection)
    outcome = try_connection(
        connection, erp().clock, erp().clients.outgoing, permit=counted.permit
    )
    for each in outcome:
        counted.heed(each.patience)
    return Trial([_line(each) for each in outcome])


def fetched(
    form: SupplierForm, supplier: Supplier | None, question: Question, reference: str
) -> Sample | None:
    """A real answer, without our credential; None if nothing can be asked yet."""
    connection = _connection(form, supplier)
    if connection is None:
        return None
    counted = counted_for(supplier, connection)
    free_at = counted.permit()
    if free_at is not None:
        return Sample(None, b"", True, Trouble.ALLOWANCE, _free_in(free_at))
    sample = fetch_sample(connection, erp().clock, question, reference)
    counted.heed(sample.patience)
    return sample


def mending(trouble: Trouble | None) -> str:
    return "" if trouble is None else _(MENDING[trouble])


def _free_in(free_at: datetime) -> str:
    wait = i18n.span(free_at - erp().clock())
    return _("It may be asked again in %(wait)s.", wait=wait)


def _line(each: Tried) -> Line:
    title = _(QUESTIONS[each.question])
    detail = told(each.detail) if each.free_at is None else _free_in(each.free_at)
    return Line(each, title, mending(each.trouble), detail)


def _connection(form: SupplierForm, supplier: Supplier | None) -> Connection | None:
    """What would be saved; a kept credential goes only where it was typed for."""
    way, typed = form.way, form.typed
    form.errors = _about_connection(form)
    if form.errors or way is None or not way.is_called:
        return None
    options, _wrong = judged(way, typed)
    base_url = typed.get("base_url", "")
    kept = "" if supplier is None or form.token else supplier.sealed_token
    if kept and supplier and is_meant_elsewhere(supplier, base_url, options):
        form.errors["token"] = _(
            "The address changed: type the token again, it was for the former."
        )
        return None
    row = Supplier(
        id=0,
        code=form.code or (supplier.code if supplier else ""),
        name=typed.get("name", ""),
        kind=way.kind,
        base_url=base_url,
        sealed_token=kept or seal(erp().secrets, form.token),
        options=options,
        allow_private=typed.get("allow_private") == "yes",
        currency=typed.get("currency", ""),
        created_at=erp().clock(),
    )
    return connection_of(row, erp().secrets, LONGEST_SILENCE)


def _about_connection(form: SupplierForm) -> dict[str, str]:
    """What is wrong on the form and in the way of a call."""
    mine = "" if form.way is None else f"{form.way.name}."
    return {
        path: words
        for path, words in form.errors.items()
        if path in ("kind", "base_url") or (mine and path.startswith(mine))
    }
