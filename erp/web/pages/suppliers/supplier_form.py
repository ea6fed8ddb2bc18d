"""The form of a supplier: what was typed, and what is wrong with it, field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from babel import Locale

from config.money import MoneyError, is_currency, to_cents, to_text
from erp.fulfilment.supplier_accounts import Terms
from erp.web.frame.words import _
from erp.web.pages.suppliers import call_limits
from erp.web.pages.suppliers.setup import options as setup
from erp.web.pages.suppliers.setup.kinds import WEB, Way, way_of, ways
from suppliers.models import Supplier

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LONGEST_TEXT = 200
LONGEST_URL = 500
COUNTRIES = frozenset(c for c in map(str, Locale("en").territories) if len(c) == 2)
AMOUNTS = ("order_fee", "shipping_first", "shipping_extra")


@dataclass(slots=True)
class SupplierForm:
    """`typed` goes back onto the page as it came; `terms` are there without errors."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    terms: Terms | None = None

    @property
    def code(self) -> str:
        return self.typed.get("code", "")

    @property
    def token(self) -> str:
        return self.typed.get("token", "")

    def has_errors_in(self, part: str) -> bool:
        """Whether anything is wrong with a part of the options, or within it."""
        return any(f"{path}.".startswith(f"{part}.") for path in self.errors)

    @property
    def way(self) -> Way | None:
        """How the supplier is to be reached, as far as that is chosen."""
        return ways().get(self.typed.get("kind", ""))


def blank(currency: str) -> SupplierForm:
    zero = to_text(0, currency)
    amounts = dict.fromkeys(AMOUNTS, zero)
    return SupplierForm({"kind": "rest", "currency": currency} | amounts)


def of(supplier: Supplier) -> SupplierForm:
    """The form as it stands for a supplier; its token is never on it."""
    kind = way_of(supplier.kind, supplier.options)
    return SupplierForm(
        {
            "code": supplier.code,
            "name": supplier.name,
            "kind": kind,
            "base_url": supplier.base_url,
            "allow_private": "yes" if supplier.allow_private else "",
            "currency": supplier.currency,
            "order_fee": to_text(supplier.order_fee_cents, supplier.currency),
            "shipping_first": to_text(supplier.shipping_first_cents, supplier.currency),
            "shipping_extra": to_text(supplier.shipping_extra_cents, supplier.currency),
            "ships_to": supplier.ships_to,
        }
        | call_limits.shown(supplier)
        | setup.shown(ways().get(kind), supplier.options)
    )


def read(typed: Mapping[str, str], *, is_new: bool) -> SupplierForm:
    """What was typed, judged; terms only if nothing is wrong."""
    form = SupplierForm({name: text.strip() for name, text in typed.items()})
    if is_new and not CODE.fullmatch(form.code):
        form.errors["code"] = _("Up to 40 letters, digits, dots or dashes.")
    _check_connection(form)
    terms = _terms(form)
    form.terms = None if form.errors else terms
    return form


def _check_connection(form: SupplierForm) -> None:
    kind, url = form.typed.get("kind", ""), form.typed.get("base_url", "")
    way = form.way
    if kind and way is None:
        form.errors["kind"] = _("We do not speak this.")
    if way is not None and way.needs_address and not url:
        form.errors["base_url"] = _("Where is it reached?")
    schemes = WEB if way is None else way.schemes
    if url and not is_address(url, schemes):
        form.errors["base_url"] = _(
            "A web address that begins with http:// or https://, without a password."
        )
        if schemes != WEB:
            form.errors["base_url"] = _(
                "An address that begins with %(scheme)s://, without a password.",
                scheme=schemes[0],
            )


def is_address(url: str, schemes: tuple[str, ...]) -> bool:
    """Whether this is a whole address, with no password and nothing hidden in it."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return False
    plain = url.isprintable() and not any(letter.isspace() for letter in url)
    hidden = parts.username or parts.password or parts.fragment
    known = parts.scheme in schemes and bool(parts.hostname)
    return plain and known and not hidden and len(url) <= LONGEST_URL


def _terms(form: SupplierForm) -> Terms:
    typed = form.typed
    name = typed.get("name", "")
    if not 0 < len(name) <= LONGEST_TEXT:
        form.errors["name"] = _("Type a name of up to 200 letters.")
    currency = typed.get("currency", "").upper()
    if not is_currency(currency):
        form.errors["currency"] = _("A currency code of three letters, such as USD.")
    cents = {name: _amount(form, name, currency) for name in AMOUNTS}
    options, wrong = setup.judged(form.way, typed)
    calls = call_limits.read(typed)
    form.errors |= wrong | calls.errors
    return Terms(
        name=name,
        kind=form.way.kind if form.way else None,
        base_url=typed.get("base_url", ""),
        allow_private=typed.get("allow_private") == "yes",
        currency=currency,
        order_fee_cents=cents["order_fee"],
        shipping_first_cents=cents["shipping_first"],
        shipping_extra_cents=cents["shipping_extra"],
        ships_to=_countries(form),
        options=options,
        **calls.limits,
    )


def _amount(form: SupplierForm, name: str, currency: str) -> int:
    try:
        return to_cents(form.typed.get(name, ""), currency)
    except MoneyError:
        form.errors[name] = _("An amount such as 4.50; 0 if there is none.")
        return 0


def _countries(form: SupplierForm) -> str:
    codes = form.typed.get("ships_to", "").replace(",", " ").upper().split()
    unknown = [code for code in codes if code not in COUNTRIES]
    if unknown:
        form.errors["ships_to"] = _(
            "Not a country of two letters: %(code)s", code=unknown[0]
        )
    return " ".join(dict.fromkeys(codes))
