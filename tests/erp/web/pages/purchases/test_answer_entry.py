"""What a supplier said by mail or telephone is entered, counts once, and names who."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import col, select

from config.database import Sessions
from erp.accounts.models import AuditEntry, Role
from erp.fulfilment.answering.entering import TIMES
from erp.fulfilment.decisions import cancel_purchase
from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Scan,
    Shipment,
    ShipmentLine,
)
from erp.orders.models import Hold, OrderEvent
from suppliers.contract import RejectReason
from tests.erp.web.conftest import Browser
from tests.erp.web.pages.letters.writing import write, written
from tests.factories import make_order, make_purchase_order, make_supplier

P = PurchaseStatus
PAGE = "/purchases/PO-1"
ACTOR = "operator@example.com"
LINES = (("A", 2, 1900), ("B", 1, 2400))
ALL = {"units-0": "2", "units-1": "1"}
UPS = {"carrier": "UPS", "tracking_number": "1Z 999"}
FORMS = {
    "It accepts all of it",
    "It delivers only a part",
    "It delivers nothing of it",
    "It names a day of hand-over",
    "It answers our wish to cancel",
    "It sends a parcel",
    "It sends a parcel although it has ended",
}


@dataclass
class Desk:
    """An operator before purchase order PO-1: two of A and one of B."""

    sessions: Sessions
    browser: Browser

    def act(self, act, **fields):
        return self.browser.submit(f"{PAGE}/answer/{act}", **fields)

    def say(self, act, **fields):
        """Enter something, which must be taken; the page then says so."""
        answer = self.act(act, **fields)
        assert answer.status_code == 303, answer.text
        return self.browser.get(answer.location).text

    def page(self):
        return self.browser.get(PAGE).text

    def forms(self):
        shown = re.findall(r"<summary>([^<]+)</summary>", self.page())
        return FORMS & set(shown)

    def rows(self, model):
        with self.sessions.reading() as session:
            return list(session.exec(select(model).order_by(col(model.id))))

    def purchase(self):
        return self.rows(PurchaseOrder)[0]

    def accepted(self):
        return [each.accepted_quantity for each in self.rows(PurchaseOrderLine)]

    def written(self):
        """All that stands anywhere, to see whether something was written anew."""
        tables = (PurchaseOrder, PurchaseOrderLine, Shipment, Scan, Hold)
        rows = [each for table in tables for each in self.rows(table)]
        told = [*self.rows(OrderEvent), *self.rows(AuditEntry)]
        return [each.model_dump() for each in (*rows, *told)]

    def entered(self):
        """(action, who, what) of the timeline's entries, and the audit trail's."""
        told = [
            (each.actor, each.facts["answer"], each.facts["particulars"])
            for each in self.rows(OrderEvent)
            if each.kind == "answer_entered"
        ]
        audited = [
            (each.actor, each.subject, each.detail)
            for each in self.rows(AuditEntry)
            if each.action == "answer_entered"
        ]
        return told, audited

    def ask_to_cancel(self, now):
        with self.sessions.writing() as session:
            purchase = session.exec(select(PurchaseOrder)).one()
            cancel_purchase(session, purchase, now, by="ada")


@pytest.fixture
def desk_of(sessions, sign_in_as, now):
    def make(status=P.SENT, role=Role.OPERATOR, **given):
        values = {"reference": "PO-1", "sent_at": now, "attempts": 1} | given
        with sessions.writing() as session:
            order = make_order(session, LINES, next_step=None)
            supplier = make_supplier(session, "S1")
            make_purchase_order(session, order, supplier, status, **values)
        return Desk(sessions, sign_in_as(role))

    return make


@pytest.fixture
def desk(desk_of):
    return desk_of()


def test_an_acceptance_is_entered_with_a_number_and_a_day(desk):
    page = desk.say("accept", supplier_reference="N-77", ship_by="2026-03-05")
    assert "Noted, as the supplier said it." in page
    purchase = desk.purchase()
    assert purchase.status is P.ACCEPTED
    assert purchase.supplier_reference == "N-77"
    assert purchase.ship_by.isoformat() == "2026-03-05T23:59:00+00:00"
    assert desk.entered() == (
        [(ACTOR, "accepted", "N-77")],
        [(ACTOR, "PO-1", "accepted N-77")],
    )


def test_the_timeline_and_the_audit_trail_say_who_entered_it(desk, sign_in_as):
    desk.say("accept")
    order = desk.browser.get(f"/orders/{desk.purchase().order_id}").text
    assert "What S1 said of purchase order PO-1 was entered: it accepts" in order
    assert f"by {ACTOR}" in order
    trail = sign_in_as(Role.OWNER).get("/settings/audit").text
    assert "Entered what a supplier said of a purchase order" in trail
    assert ACTOR in trail
    assert "it accepts all of it" in trail


def test_a_part_is_entered_unit_by_unit(desk):
    given = {"units-0": "1", "units-1": "1"}
    desk.say("accept-part", supplier_reference="N", ship_by="2026-03-05", **given)
    assert desk.purchase().status is P.PARTLY_ACCEPTED
    assert desk.accepted() == [1, 1]
    told, _ = desk.entered()
    assert told == [(ACTOR, "part", f"1 {TIMES} S1-A, 1 {TIMES} S1-B")]


@pytest.mark.parametrize("reason", list(RejectReason))
def test_a_rejection_is_entered_with_its_reason_and_a_note(desk, reason):
    desk.say("reject", reason=reason.value, note="sold\nout")
    purchase = desk.purchase()
    assert (purchase.status, purchase.reason) == (P.REJECTED, reason)
    assert purchase.note == "sold\nout"
    assert desk.entered()[0] == [(ACTOR, "rejected", "")]


def test_a_day_of_hand_over_is_entered_once_it_is_accepted(desk):
    desk.say("accept", ship_by="2026-03-05")
    desk.say("delay", ship_by="2026-03-09")
    assert desk.purchase().ship_by.isoformat() == "2026-03-05T23:59:00+00:00"
    (told,) = [e for e in desk.rows(OrderEvent) if e.kind == "purchase_delay_told"]
    assert told.actor == ACTOR
    assert told.facts["ship_by"][:10] == "2026-03-09"
    assert desk.entered()[1][1:] == [(ACTOR, "PO-1", "later 2026-03-09")]


def test_several_parcels_are_entered_with_what_is_in_them(desk):
    desk.say("parcels", **{"units-0": "1"}, handed_over_on="2026-03-02", **UPS)
    assert desk.purchase().status is P.ACCEPTED
    assert 'id="answer-parcel-units-0-of">of 1<' in desk.page()
    dhl = {"carrier": "DHL", "tracking_number": "JD1", "handed_over_on": "2026-03-02"}
    desk.say("parcels", **{"units-0": "1", "units-1": "1"}, **dhl)
    assert desk.purchase().status is P.SHIPPED
    assert [each.tracking_number for each in desk.rows(Shipment)] == ["1Z 999", "JD1"]
    with desk.sessions.reading() as session:
        contents = session.exec(select(ShipmentLine.quantity)).all()
    assert sorted(contents) == [1, 1, 1]
    assert desk.entered()[0] == [
        (ACTOR, "parcel", f"UPS 1Z 999 (1 {TIMES} S1-A)"),
        (ACTOR, "parcel", f"DHL JD1 (1 {TIMES} S1-A, 1 {TIMES} S1-B)"),
    ]


def test_the_day_of_hand_over_may_be_left_for_later(desk, clock):
    desk.say("accept")
    desk.say("parcels", handed_over_on="", **ALL, **UPS)
    assert desk.purchase().status is P.ACCEPTED
    (parcel,) = desk.rows(Shipment)
    clock.move(hours=2)
    news = {"carrier": "UPS", "tracking_number": "1Z 998"}
    desk.say(f"parcels/{parcel.id}", handed_over_on="2026-03-02", **news)
    assert desk.purchase().status is P.SHIPPED
    (parcel,) = desk.rows(Shipment)
    assert parcel.tracking_number == "1Z 998"
    assert desk.entered()[0][-1] == (ACTOR, "parcel", "UPS 1Z 998")


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [("yes", P.CANCELLED, "cancelled"), ("no", P.ACCEPTED, "goes_on")],
)
def test_the_answer_to_a_wish_to_cancel_is_entered(desk, now, answer, status, said):
    desk.say("accept")
    desk.ask_to_cancel(now)
    desk.say("cancellation", answer=answer, note="it says")
    assert desk.purchase().status is status
    assert desk.purchase().note == "it says"
    assert (desk.purchase().remark is Remark.NOT_CANCELLED) == (answer == "no")
    assert desk.entered()[0][-1] == (ACTOR, said, "")


TWICE = {
    "an acceptance": ("accept", {"supplier_reference": "N-77"}),
    "a part": ("accept-part", {"units-0": "1", "units-1": "1"}),
    "a rejection": ("reject", {"reason": "other", "note": "no"}),
    "a parcel": ("parcels", ALL | UPS | {"handed_over_on": "2026-03-02"}),
    "a nameless parcel": ("parcels", ALL | {"carrier": "Post", "form": "0" * 16}),
}


@pytest.mark.parametrize(("act", "fields"), TWICE.values(), ids=TWICE)
def test_the_same_again_changes_nothing(desk, clock, act, fields):
    desk.say(act, **fields)
    before = desk.written()
    clock.move(minutes=7)
    assert "that was known already" in desk.say(act, **fields)
    assert desk.written() == before


def test_the_same_day_or_the_same_no_again_changes_nothing(desk, now, clock):
    desk.say("accept", ship_by="2026-03-05")
    desk.say("delay", ship_by="2026-03-09")
    desk.ask_to_cancel(now)
    desk.say("cancellation", answer="no")
    before = desk.written()
    clock.move(minutes=7)
    assert "known already" in desk.say("delay", ship_by="2026-03-09")
    assert "known already" in desk.say("cancellation", answer="no")
    assert desk.written() == before


def test_what_the_supplier_said_by_itself_is_known_already(desk):
    desk.say("parcels", handed_over_on="2026-03-02", **ALL, **UPS)
    again = UPS | {"tracking_number": "1z999"}
    page = desk.say("parcels", handed_over_on="2026-03-02", **ALL, **again)
    assert len(desk.rows(Shipment)) == 1
    assert "1z999" in page


CONTRADICTIONS = {
    "all after a part": (
        ("accept-part", {"units-0": "1", "units-1": "1"}),
        ("accept", {}),
        "the supplier accepted only a part of it before",
    ),
    "yes after no": (
        ("reject", {"reason": "other"}),
        ("accept", {}),
        "If a parcel is on its way all the same, enter the parcel.",
    ),
    "no after a parcel": (
        ("parcels", {"units-0": "1", "handed_over_on": "2026-03-02"} | UPS),
        ("reject", {"reason": "other"}),
        "some of it is on its way",
    ),
    "an answer nobody asked for": (
        ("accept", {}),
        ("cancellation", {"answer": "yes"}),
        "do not ask to cancel",
    ),
}


@pytest.mark.parametrize(
    ("first", "then", "words"), CONTRADICTIONS.values(), ids=CONTRADICTIONS
)
def test_a_contradiction_gets_words_and_changes_nothing(desk, first, then, words):
    desk.say(first[0], **first[1])
    before = desk.written()
    answer = desk.act(then[0], **then[1])
    assert answer.status_code == 409
    assert words in answer.text
    assert desk.written() == before


WRONG = {
    "a day gone by": ("accept", {"ship_by": "2026-03-01"}, "from today on"),
    "too many": ("accept-part", {"units-0": "3"}, "At most 2."),
    "no units": ("accept-part", {"units-0": "0"}, "Nothing of it would come"),
    "no reason": ("reject", {"note": "we are closed"}, "Choose the reason"),
    "no carrier": ("parcels", {"units-0": "1"}, "Who carries it?"),
    "no day": ("delay", {}, "Name the day."),
}


@pytest.mark.parametrize(("act", "fields", "words"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_meant_is_told_and_what_was_typed_stays(
    desk, act, fields, words
):
    if act == "delay":
        desk.say("accept")
    before = desk.written()
    answer = desk.act(act, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'class="fold" open' in answer.text
    for typed in fields.values():
        assert typed in answer.text
    assert desk.written() == before


SHOWN = {
    P.SENT: {"It accepts all of it", "It delivers only a part"}
    | {"It delivers nothing of it", "It sends a parcel"},
    P.UNKNOWN: {"It accepts all of it", "It delivers only a part"}
    | {"It delivers nothing of it", "It sends a parcel"},
    P.CANCELLING: {"It answers our wish to cancel", "It sends a parcel"},
    P.REJECTED: {"It sends a parcel although it has ended"},
    P.CLOSED: set(),
    P.DELIVERED: set(),
}


@pytest.mark.parametrize("status", SHOWN, ids=lambda status: status.value)
def test_only_what_a_supplier_could_say_is_asked(desk_of, status):
    assert desk_of(status).forms() == SHOWN[status]


def test_once_it_is_accepted_other_things_are_asked(desk):
    desk.say("accept")
    assert desk.forms() == {
        "It delivers only a part",
        "It delivers nothing of it",
        "It names a day of hand-over",
        "It sends a parcel",
    }


@pytest.mark.parametrize("status", [P.QUEUED, P.NEEDS_ATTENTION])
def test_of_what_no_supplier_was_handed_nothing_can_be_entered(desk_of, status):
    desk = desk_of(status, sent_at=None, attempts=0)
    assert desk.forms() == set()
    assert "it has moved on meanwhile" in desk.say("accept")
    assert desk.purchase().status is status


def test_a_parcel_of_what_had_ended_is_taken_and_a_human_is_asked(desk):
    desk.say("reject", reason="other")
    desk.say("parcels", handed_over_on="2026-03-02", **ALL, **UPS)
    assert desk.purchase().status is P.REJECTED
    assert len(desk.rows(Shipment)) == 1
    assert "shipped_after_end" in [each.reason for each in desk.rows(Hold)]


def test_a_parcel_of_another_purchase_order_is_not_there(desk):
    assert desk.act("parcels/77", **UPS).status_code == 404


def test_a_purchase_order_nobody_has_is_not_there(desk):
    answer = desk.browser.submit("/purchases/PO-2/answer/accept")
    assert answer.status_code == 404


def test_a_viewer_sees_the_letter_and_cannot_act(desk_of, sessions):
    desk = desk_of(role=Role.VIEWER)
    letter = write_about(sessions)
    page = desk.browser.get(f"{PAGE}?letter={letter.id}").text
    assert "Yes, on Friday" in page
    assert desk.forms() == set()
    assert desk.act("accept").status_code == 403
    assert desk.purchase().status is P.SENT


def write_about(sessions, reference="PO-1", code="S1", **given):
    with sessions.writing() as session:
        letter = written(1, reference, text="Yes, on Friday. Olga", **given)
        write(session, letter, code=code)
    with sessions.reading() as session:
        return session.exec(select(SupplierLetter)).one()


def test_a_letter_leads_to_the_forms_and_stands_beside_them(desk, sessions):
    letter = write_about(sessions)
    page = desk.browser.get(f"/letters/{letter.id}").text
    link = f"{PAGE}?letter={letter.id}#answer"
    assert f'href="{link}"' in page

    page = desk.browser.get(link).text

    card = page.split('id="answer"')[1].split("</section>")[0]
    assert "Yes, on Friday. Olga" in card
    assert "It accepts all of it" in card
    there = f'name="letter" value="{letter.id}"'
    assert card.count(there) == card.count("<form")
    assert "Yes, on Friday. Olga" not in desk.page()


def test_whoever_enters_what_a_letter_says_has_read_it(desk, sessions):
    letter = write_about(sessions)
    assert letter.read_at is None
    wrong = desk.act("accept", letter=letter.id, ship_by="soon")
    assert "Yes, on Friday. Olga" in wrong.text
    page = desk.say("accept", letter=letter.id)
    assert "Yes, on Friday. Olga" in page
    (letter,) = desk.rows(SupplierLetter)
    assert letter.read_by == ACTOR


def test_a_parcel_was_handed_over_most_likely_when_the_letter_was_written(
    desk, sessions, now
):
    letter = write_about(sessions, received_at=now - timedelta(days=2))
    page = desk.browser.get(f"{PAGE}?letter={letter.id}").text
    field = page.split('id="answer-parcel-handed_over_on"')[1].split(">")[0]
    assert 'value="2026-02-28"' in field
    assert 'max="2026-03-02"' in field


@pytest.mark.parametrize("asked", ["77", "-1", "x", "9" * 30])
def test_no_other_letter_is_shown_there(desk, sessions, now, asked):
    with sessions.writing() as session:
        order = make_order(session, next_step=None)
        supplier = make_supplier(session, "S2")
        make_purchase_order(session, order, supplier, P.SENT, reference="PO-2")
    other = write_about(sessions, "PO-2", code="S2")
    for letter in (asked, other.id):
        page = desk.browser.get(f"{PAGE}?letter={letter}")
        assert page.status_code == 200
        assert "Yes, on Friday" not in page.text
    desk.say("accept", letter=other.id)
    assert desk.rows(SupplierLetter)[0].read_at is None
