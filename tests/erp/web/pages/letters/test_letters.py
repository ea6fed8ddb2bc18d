"""The operator reads what suppliers wrote, and says what each letter is about."""

import csv
import io
import re

import pytest
from sqlmodel import col, select

from erp.accounts.models import AuditEntry
from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import PurchaseOrder
from erp.orders.models import OrderEvent
from tests.erp.web.pages.letters.writing import write, written
from tests.factories import NOW


def ids(sessions):
    """By the number in the subject."""
    with sessions.reading() as session:
        rows = session.exec(select(SupplierLetter))
        return {int(row.subject.split()[-1]): row.id for row in rows}


def letter(sessions, number):
    with sessions.reading() as session:
        found = session.get_one(SupplierLetter, ids(sessions)[number])
        session.expunge(found)
    return found


def listed(browser, query=""):
    """Numbers of the letters on the page, in their order."""
    page = browser.get(f"/letters{query}")
    assert page.status_code == 200
    return [int(each) for each in re.findall(r"<bdi>Question (\d+)</bdi>", page.text)]


def test_without_letters_the_page_says_where_they_come_from(operator):
    page = operator.get("/letters").text
    assert "No letters yet" in page
    assert "mailbox" in page


def test_unread_letters_stand_first_and_the_newest_of_them_on_top(operator, letters):
    assert listed(operator) == [1, 3, 4, 2]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?unread=yes", [1, 3, 4]),
        ("?lone=yes", [1, 4]),
        ("?returned=yes", [3]),
        ("?supplier=S2", [4]),
        ("?supplier=S1&lone=yes", [1]),
        ("?q=olga3", [3]),
        ("?q=quest+4", [4]),
        ("?q=olga9", []),
        ("?q=%23%21", []),
        ("?q=77S1", [3, 2]),
    ],
)
def test_letters_are_filtered_and_found_by_who_and_what(
    operator, letters, query, found
):
    assert listed(operator, query) == found


def test_letters_are_found_by_our_reference(operator, letters, bought):
    assert listed(operator, f"?q={bought[0].lower()}") == [3, 2]
    assert listed(operator, f"?purchase={bought[0]}") == [3, 2]


def test_the_pages_of_a_long_list_hold_every_letter_once(sessions, operator):
    with sessions.writing() as session:
        write(session, *(written(number) for number in range(1, 121)))
    seen, query = [], "?unread=yes"
    while query:
        page = operator.get(f"/letters{query}").text
        seen += [int(n) for n in re.findall(r"<bdi>Question (\d+)</bdi>", page)]
        after = re.search(r'rel="next" href="/letters([^"]+)"', page)
        query = after[1].replace("&amp;", "&") if after else ""
    assert seen == list(range(1, 121))


def test_a_common_word_and_a_rare_one_find_what_has_both(
    sessions, operator, monkeypatch
):
    monkeypatch.setattr("erp.fulfilment.letters.queries.FEW", 10)
    with sessions.writing() as session:
        write(session, *(written(number) for number in range(1, 41)))
    assert listed(operator, "?q=question+olga17") == [17]
    assert len(listed(operator, "?q=question")) == 40


def test_a_letter_is_shown_as_plain_text(sessions, operator):
    text = "<script>alert(1)</script>\n  <b>two</b>"
    with sessions.writing() as session:
        write(session, written(1, text=text, sender="<i>x</i>", subject="<u>1"))
        letter_id = session.exec(select(SupplierLetter.id)).one()

    page = operator.get(f"/letters/{letter_id}").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n  &lt;b&gt;two&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert "<i>x" not in page
    assert "<u>1" not in page


def test_one_letter_is_read_and_unread_again(sessions, operator, letters):
    here = f"/letters/{ids(sessions)[1]}"
    operator.submit(f"{here}/read")
    read = letter(sessions, 1)
    assert (read.read_at, read.read_by) == (NOW, "operator@example.com")
    assert listed(operator) == [3, 4, 1, 2]

    operator.submit(f"{here}/unread")

    assert letter(sessions, 1).read_at is None
    assert listed(operator) == [1, 3, 4, 2]


def test_many_are_read_at_once_and_who_read_before_stays(sessions, operator, letters):
    wanted = [ids(sessions)[1], ids(sessions)[2], ids(sessions)[4]]

    page = operator.submit("/letters/read", follow=True, letter=wanted)

    assert "2 letters are read" in page.text
    assert listed(operator, "?unread=yes") == [3]
    assert letter(sessions, 2).read_by == ""


def test_all_that_match_are_read(operator, letters):
    operator.submit("/letters/read?supplier=S1", all="yes")
    assert listed(operator, "?unread=yes") == [4]


def test_nothing_chosen_is_nothing_read(operator, letters):
    page = operator.submit("/letters/read", follow=True)
    assert "Choose at least one letter" in page.text
    assert listed(operator, "?unread=yes") == [1, 3, 4]


def test_a_letter_is_attached_and_stands_on_the_orders_timeline(
    sessions, operator, letters, bought
):
    letter_id = ids(sessions)[1]

    page = operator.submit(
        f"/letters/{letter_id}/attach", follow=True, reference=f" {bought[0]} "
    )

    assert f"/purchases/{bought[0]}" in page.text
    assert letter(sessions, 1).read_by == "operator@example.com"
    with sessions.reading() as session:
        wrote = select(OrderEvent).where(
            col(OrderEvent.kind) == "supplier_wrote",
            col(OrderEvent.actor) == "operator@example.com",
        )
        assert session.exec(wrote).one().facts["note"] == "Where is the label of 1?"
        entry = session.exec(
            select(AuditEntry).where(col(AuditEntry.action) == "letter_attached")
        ).one()
        assert (entry.subject, entry.actor) == (bought[0], "operator@example.com")


def test_a_mail_of_ours_that_came_back_makes_its_order_a_decision(
    sessions, operator, bought
):
    with sessions.writing() as session:
        write(session, written(1, is_returned=True))

    operator.submit(f"/letters/{ids(sessions)[1]}/attach", reference=bought[0])

    with sessions.reading() as session:
        found = select(PurchaseOrder).where(col(PurchaseOrder.reference) == bought[0])
        purchase = session.exec(found).one()
        assert purchase.status is PurchaseStatus.NEEDS_ATTENTION
        assert purchase.remark is Remark.NOT_DELIVERED


@pytest.mark.parametrize("reference", ["", "P-404", "another's"])
def test_a_letter_is_attached_to_its_own_suppliers_orders_only(
    sessions, operator, letters, bought, reference
):
    asked = bought[1] if reference == "another's" else reference
    letter_id = ids(sessions)[1]

    answer = operator.submit(f"/letters/{letter_id}/attach", reference=asked)

    assert answer.status_code == 422
    assert "no purchase order of ours" in answer.text
    assert letter(sessions, 1).purchase_order_id is None


def test_a_letter_that_is_about_an_order_stays_there(
    sessions, operator, letters, bought
):
    letter_id = ids(sessions)[3]
    page = operator.submit(
        f"/letters/{letter_id}/attach", follow=True, reference=bought[0]
    )
    assert "Nothing was changed" in page.text


def test_a_viewer_reads_and_changes_nothing(sessions, viewer, letters, bought):
    letter_id = ids(sessions)[1]
    assert listed(viewer) == [1, 3, 4, 2]
    page = viewer.get(f"/letters/{letter_id}").text
    assert "Where is the label" in page
    assert "Mark as read" not in page
    for path in ("read", f"{letter_id}/read", f"{letter_id}/unread"):
        assert viewer.submit(f"/letters/{path}").status_code == 403
    refused = viewer.submit(f"/letters/{letter_id}/attach", reference=bought[0])
    assert refused.status_code == 403


@pytest.mark.parametrize("path", ["", "/read", "/attach", "/unread"])
def test_no_letter_has_an_id_that_nobody_gave(operator, path):
    answer = operator.submit(f"/letters/99{path}", reference="P")
    if path == "":
        answer = operator.get("/letters/99")
    if path in ("/read", "/unread"):
        answer = operator.get(answer.headers["Location"])
    assert answer.status_code == 404


def test_the_list_is_a_file_too_and_runs_no_formula(sessions, operator, bought):
    with sessions.writing() as session:
        write(session, written(1, bought[0], sender="=cmd()", is_understood=True))

    rows = list(csv.reader(io.StringIO(operator.get("/letters/export.csv").text)))

    assert len(rows) == 2
    assert rows[1][0] == "S1"
    assert rows[1][2].startswith("'=")
    assert rows[1][4:] == [bought[0], "yes", "no"]


def test_today_shows_unread_letters_and_the_pages_lead_to_them(
    operator, letters, bought
):
    today = operator.get("/").text
    assert re.search(
        r'href="/letters\?unread=yes">Unread <span class="count">3<', today
    )
    assert "Question 3" in operator.get(f"/purchases/{bought[0]}").text
    assert "/letters?supplier=S1" in operator.get("/suppliers/S1").text


def test_today_says_nothing_of_letters_that_were_read(operator, letters):
    operator.submit("/letters/read", all="yes")
    assert 'href="/letters?unread=yes"' not in operator.get("/").text
