"""The forms by which an operator enters what a supplier said of a purchase order."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from flask import request
from sqlmodel import Session

from erp.fulfilment.answering.taking import is_theirs
from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.lifecycle import DEAD
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.overview.sheets import PurchaseSheet
from erp.fulfilment.page_links.sheet import PageSheet, sheet_of
from erp.web.frame import asking
from erp.web.frame.context import erp
from erp.web.supplier_page.reading import Reading, Today
from suppliers.contract import RejectReason

LARGEST_ID = 2**31


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into one of the forms, and what is wrong with it."""

    form: str = ""  # none
    given: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AnswerForms:
    """What can be entered of a purchase order as it stands, and the letter read."""

    sheet: PageSheet | None  # None: no supplier was handed it
    letter: SupplierLetter | None
    typed: Typed
    reasons: Sequence[tuple[str, str]]
    today: date
    handed_over_on: date  # most likely: when the supplier wrote
    drawn: str  # the name of a parcel without a number

    @property
    def may_change_parcels(self) -> bool:
        return self.sheet is not None and not self.sheet.is_over

    @property
    def may_pack(self) -> bool:
        """A parcel may be on its way though its purchase order had ended."""
        sheet = self.sheet
        if sheet is None or (sheet.is_over and not sheet.is_ended):
            return False
        return any(item.left for item in sheet.items)

    @property
    def is_open(self) -> bool:
        """Whether there is anything the supplier could say."""
        sheet = self.sheet
        return sheet is not None and (
            self.may_pack
            or (self.may_change_parcels and bool(sheet.parcels))
            or sheet.waits_for_answer
            or sheet.is_to_be_cancelled
            or sheet.may_give_up
        )


def answer_forms(
    session: Session, found: PurchaseSheet, typed: Typed | None = None
) -> AnswerForms:
    """The forms of a purchase order's page, whose address may name a letter."""
    today = _today()
    letter = letter_about(session, found.purchase)
    wrote_on = letter.received_at.astimezone(today.zone).date() if letter else today.day
    return AnswerForms(
        sheet=answered_sheet(found),
        letter=letter,
        typed=typed or Typed(),
        reasons=asking.options(RejectReason),
        today=today.day,
        handed_over_on=min(wrote_on, today.day),
        drawn=secrets.token_hex(8),
    )


def answered_sheet(found: PurchaseSheet) -> PageSheet | None:
    """What the supplier was asked for; of one that ended, all of it may yet come."""
    if not is_theirs(found.purchase, found.purchase.supplier_id):
        return None
    sheet = sheet_of(found)
    if found.purchase.status not in DEAD:
        return sheet
    whole = tuple(replace(item, accepted=item.quantity) for item in sheet.items)
    return replace(sheet, items=whole)


def letter_about(session: Session, purchase: PurchaseOrder) -> SupplierLetter | None:
    """The letter that is being read, if it is about this purchase order."""
    letter_id = request.values.get("letter", 0, int)
    if not 0 < letter_id < LARGEST_ID:
        return None
    letter = session.get(SupplierLetter, letter_id)
    return letter if letter and letter.purchase_order_id == purchase.id else None


def read_form() -> Reading:
    return Reading(request.form, _today())


def _today() -> Today:
    return Today(erp().clock(), ZoneInfo(erp().settings.store.time_zone))
