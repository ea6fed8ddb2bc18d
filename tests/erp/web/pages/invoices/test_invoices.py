"""Invoices are entered, held against what was agreed, and decided about."""

from io import BytesIO

import pytest
from sqlmodel import col, select

from erp.accounts.models import Role
from erp.fulfilment.attachments.keeping import attach
from erp.fulfilment.invoicing.changes import note_change
from erp.fulfilment.invoicing.lifecycle import InvoiceStatus
from erp.fulfilment.invoicing.models import SupplierInvoice, SupplierInvoiceLine
from tests.erp.fulfilment.invoicing.billing import billed, bought, extra, item


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def purchase(sessions):
    """Two units at 5.00 USD, with 3.00 for shipping."""
    with sessions.writing() as session:
        return bought(session, shipping_cost_cents=300, reference="PO-1")


@pytest.fixture
def dear(sessions, purchase):
    """An invoice over it, a dollar too dear for each unit."""
    with sessions.writing() as session:
        made = billed(session, item(purchase, 2, 600), extra(300), number="=I-9")
        return made.invoice.id


def _all(sessions):
    with sessions.reading() as session:
        return session.exec(select(SupplierInvoice)).all()


def test_an_empty_list_says_where_invoices_come_from(operator):
    assert "Enter one, upload a file" in operator.get("/invoices").text


FILTERS = {
    "q==I-9": True,
    "q=PO-1": True,
    "status=differs": True,
    "supplier=S1": True,
    "from=2026-03-01&to=2026-03-01": True,
    "since=2026-03-01T00:00:00%2B00:00": True,
    "q=other": False,
    "status=matched": False,
    "supplier=S2": False,
    "from=2026-03-02": False,
    "to=2026-02-28": False,
    "since=2026-04-01T00:00:00%2B00:00": False,
}


@pytest.mark.parametrize(("query", "found"), FILTERS.items(), ids=FILTERS)
def test_the_list_is_narrowed_by(operator, dear, query, found):
    page = operator.get(f"/invoices?{query}").text
    assert (f'href="/invoices/{dear}"' in page) is found


def test_one_that_differs_waits_on_the_home_page(operator, dear):
    assert 'href="/invoices?status=differs"' in operator.get("/").text


def test_an_invoice_stands_beside_what_was_agreed(operator, dear):
    page = operator.get(f"/invoices/{dear}").text
    assert "Another unit cost" in page
    assert "$6.00" in page
    assert "$5.00" in page
    assert 'href="/purchases/PO-1"' in page
    assert "=I-9" in operator.get("/purchases/PO-1").text


def test_an_operator_accepts_it_as_it_is(operator, sessions, dear):
    answer = operator.submit(f"/invoices/{dear}/accept", follow=True, note="fine")
    assert "The invoice is now: Accepted as it is." in answer.text
    (row,) = _all(sessions)
    assert row.status is InvoiceStatus.ACCEPTED
    assert (row.note, row.decided_by) == ("fine", "operator@example.com")


def test_a_dispute_says_what_about(operator, sessions, dear):
    page = operator.submit(f"/invoices/{dear}/dispute", follow=True, note=" ").text
    assert "Say what is disputed" in page
    page = operator.submit(f"/invoices/{dear}/dispute", follow=True, note="1 off").text
    assert "1 off" in page
    assert _all(sessions)[0].status is InvoiceStatus.DISPUTED


def test_a_rejected_one_cannot_be_accepted_at_once(operator, sessions, dear):
    operator.submit(f"/invoices/{dear}/reject")
    page = operator.submit(f"/invoices/{dear}/accept", follow=True).text
    assert "Nothing was changed" in page
    assert _all(sessions)[0].status is InvoiceStatus.REJECTED


def test_a_decision_from_before_a_change_says_so_and_is_made_again(
    operator, sessions, dear, purchase, now
):
    operator.submit(f"/invoices/{dear}/accept")
    assert "Changed since" not in operator.get("/invoices").text
    with sessions.writing() as session:
        note_change(session, purchase.id, now)

    page = operator.get(f"/invoices/{dear}").text
    assert "What it bills changed after this was decided" in page
    assert f'action="/invoices/{dear}/accept"' in page
    assert "Changed since" in operator.get("/invoices").text

    operator.submit(f"/invoices/{dear}/accept")
    page = operator.get(f"/invoices/{dear}").text
    assert "What it bills changed after" not in page
    assert f'action="/invoices/{dear}/accept"' not in page


def test_a_viewer_decides_nothing(sign_in_as, dear):
    viewer = sign_in_as(Role.VIEWER)
    assert viewer.submit(f"/invoices/{dear}/accept").status_code == 403
    assert viewer.get("/invoices/new").status_code == 403
    assert "Accept" not in viewer.get(f"/invoices/{dear}").text


def test_the_list_as_a_file_holds_no_formula(operator, dear):
    answer = operator.get("/invoices/export.csv")
    assert answer.headers["Content-Disposition"].endswith('"invoices.csv"')
    assert "'=I-9" in answer.text
    assert "15.00" in answer.text


def _typed(**changes):
    line = {"kind": "item", "purchase_order": "PO-1", "supplier_sku": "S1-A"}
    given = {
        "supplier": "S1",
        "number": "N-1",
        "currency": "usd",
        "issued_on": "2026-03-01",
        "total": "13.00",
        **line,
        "quantity": "2",
        "unit_cost": "5.00",
    }
    return given | changes


WITH_SHIPPING = {
    "kind": ["item", "shipping", "item"],
    "purchase_order": ["PO-1", "", ""],
    "supplier_sku": ["S1-A", "", ""],
    "quantity": ["2", "", ""],
    "unit_cost": ["5.00", "3.00", ""],
}


def test_the_form_holds_what_was_agreed(operator, purchase):
    page = operator.get("/invoices/new?purchase=PO-1").text
    assert 'value="S1-A"' in page
    assert 'value="5.00"' in page
    assert 'value="3.00"' in page


def test_a_typed_invoice_is_entered_and_matches(operator, sessions, purchase):
    file = (BytesIO(b"%PDF-1.7 bill"), "bill.pdf")
    answer = operator.submit("/invoices/new", **_typed(**WITH_SHIPPING), file=file)
    assert answer.status_code == 303
    (row,) = _all(sessions)
    assert row.status is InvoiceStatus.MATCHED
    assert (row.total_cents, row.entered_by) == (1300, "operator@example.com")
    got = operator.get(f"/invoices/{row.id}/file")
    assert got.data == b"%PDF-1.7 bill"
    assert got.headers["Content-Disposition"].startswith("attachment")
    again = operator.submit("/invoices/new", follow=True, **_typed(**WITH_SHIPPING))
    assert "here already" in again.text


@pytest.fixture
def given(sessions, purchase, tmp_path, now):
    """A bill that S1 attached to PO-1, and one of S2 about an order of its own."""

    def attached(session, purchase, content):
        return attach(
            session,
            tmp_path,
            content,
            now,
            name="their bill.pdf",
            supplier_id=purchase.supplier_id,
            purchase_order_id=purchase.id,
            by="supplier",
        ).id

    with sessions.writing() as session:
        theirs = bought(session, supplier="S2", reference="PO-2")
        ours = attached(session, purchase, b"%PDF-1.7 from S1")
        return ours, attached(session, theirs, b"%PDF-1.7 from S2")


def test_a_file_its_supplier_attached_is_offered_and_taken(operator, sessions, given):
    form = operator.get("/invoices/new?purchase=PO-1").text
    assert "their bill.pdf" in form
    assert "their bill.pdf" not in operator.get("/invoices/new").text
    typed = _typed(**WITH_SHIPPING, attached=str(given[0]))
    more = operator.submit("/invoices/new", **typed, more="yes").text
    assert f'<option value="{given[0]}" selected>' in more

    assert operator.submit("/invoices/new", **typed).status_code == 303

    (row,) = _all(sessions)
    assert row.attachment_id == given[0]
    assert operator.get(f"/invoices/{row.id}/file").data == b"%PDF-1.7 from S1"


def test_a_file_of_another_supplier_is_neither_offered_nor_taken(
    operator, sessions, given
):
    typed = _typed(**WITH_SHIPPING, attached=str(given[1]))
    form = operator.submit("/invoices/new", **typed, more="yes").text
    assert f'<option value="{given[1]}"' not in form
    operator.submit("/invoices/new", **typed)
    assert _all(sessions)[0].attachment_id is None


def test_a_file_that_is_uploaded_goes_before_one_that_was_attached(
    operator, sessions, given
):
    file = (BytesIO(b"%PDF-1.7 uploaded"), "bill.pdf")
    typed = _typed(**WITH_SHIPPING, attached=str(given[0]))
    operator.submit("/invoices/new", **typed, file=file)
    (row,) = _all(sessions)
    assert operator.get(f"/invoices/{row.id}/file").data == b"%PDF-1.7 uploaded"


WRONG = {
    "no supplier": ({"supplier": ""}, "Choose a supplier."),
    "no number": ({"number": ""}, "invoice&#39;s number"),
    "no such currency": ({"currency": "XXX"}, "three letters"),
    "no day": ({"issued_on": "soon"}, "The day on the invoice."),
    "no amount": ({"total": "much"}, "such as 4.50"),
    "half a unit": ({"quantity": "0.5"}, "A whole number"),
    "no unit cost": ({"unit_cost": "-1"}, "such as 4.50"),
    "not a line": (
        {"purchase_order": "", "supplier_sku": "", "quantity": "", "unit_cost": ""},
        "at least one line",
    ),
}


@pytest.mark.parametrize(("change", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_stands_beside_what_was_typed(
    operator, sessions, purchase, change, words
):
    answer = operator.submit("/invoices/new", **_typed(**change))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="2026-03-01"' in answer.text or "issued_on" in change
    assert _all(sessions) == []


def test_a_program_is_no_invoice(operator, sessions, purchase):
    file = (BytesIO(b"MZ\x00\x00"), "bill.exe")
    answer = operator.submit("/invoices/new", **_typed(), file=file)
    assert answer.status_code == 422
    assert _all(sessions) == []


def test_more_lines_keep_what_was_typed(operator, sessions, purchase):
    answer = operator.submit("/invoices/new", **_typed(), more="yes")
    assert answer.status_code == 200
    assert 'value="S1-A"' in answer.text
    assert answer.text.count('name="unit_cost"') == 7
    assert _all(sessions) == []


def _upload(operator, text, **given):
    file = (BytesIO(text.encode()), "invoices.csv")
    fields = {"supplier": "S1", "file": file} | given
    return operator.submit("/invoices/upload", follow=True, **fields)


HEADER = "invoice,issued_on,currency,total,kind,purchase_order,sku,quantity,unit_cost\n"
GOOD = (
    "F-1,2026-03-01,USD,13.00,item,PO-1,S1-A,2,5.00\n"
    "F-1,2026-03-01,USD,13.00,shipping,,,,3.00\n"
)


def test_a_file_with_many_invoices_is_taken_in(operator, sessions, purchase):
    page = _upload(
        operator, HEADER + GOOD + "F-2,2026-03-01,USD,5.00,item,PO-1,S1-A,1,5\n"
    )
    assert "2 invoices are here." in page.text
    by_number = {row.number: row.status for row in _all(sessions)}
    assert by_number == {
        "F-1": InvoiceStatus.MATCHED,
        "F-2": InvoiceStatus.DIFFERS,
    }
    with sessions.reading() as session:
        assert len(session.exec(select(SupplierInvoiceLine)).all()) == 3


BAD = {
    "an amount": ("B,2026-03-01,USD,1.00,item,P,S,1,much\n", "line 4, unit_cost"),
    "a kind": ("B,2026-03-01,USD,1.00,gift,P,S,1,1\n", "line 4, kind"),
    "a day": ("B,1.3.26,USD,1.00,item,P,S,1,1\n", "line 4, issued_on"),
    "cut off": ("B,2026-03-01,USD\n", "line 4: has 3 columns"),
    "two heads": (
        "B,2026-03-01,USD,1.00,item,P,S,1,1\nB,2026-03-02,USD,1.00,item,P,S,1,1\n",
        "line 5, issued_on",
    ),
}


@pytest.mark.parametrize(("rows", "words"), BAD.values(), ids=BAD)
def test_a_bad_row_is_named_and_harms_no_other_invoice(
    operator, sessions, purchase, rows, words
):
    page = _upload(operator, HEADER + GOOD + rows)
    assert words in page.text
    assert [row.number for row in _all(sessions)] == ["F-1"]


def test_a_file_that_is_none_is_refused(operator, sessions, purchase):
    assert "missing columns" in _upload(operator, "a,b\n1,2\n").text
    assert "Choose a supplier." in _upload(operator, HEADER + GOOD, supplier="").text
    assert _all(sessions) == []


def test_another_invoice_with_a_known_number_is_named(operator, sessions, purchase):
    _upload(operator, HEADER + GOOD)
    page = _upload(operator, HEADER + GOOD.replace("13.00", "14.00"))
    assert "line 2, invoice" in page.text
    with sessions.reading() as session:
        totals = select(SupplierInvoice.total_cents).order_by(col(SupplierInvoice.id))
        assert session.exec(totals).all() == [1300]
