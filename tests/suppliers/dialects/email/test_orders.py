"""The mail itself: complete, safe to open, and in the supplier's language."""

import csv
import io

import pytest

from suppliers.contract import PurchaseItem, Recipient
from suppliers.errors import Rejected

HOSTILE = Recipient(
    "=HYPERLINK(1)", "<b>1 Road</b>", "Town", "1000", "PT", phone="+351 1"
)


def parts(mail):
    """The text, the page and the rows of the file."""
    text = mail.get_body(("plain",)).get_content()
    page = mail.get_body(("html",)).get_content()
    (file,) = mail.iter_attachments()
    rows = list(csv.DictReader(io.StringIO(file.get_content().lstrip("\ufeff"))))
    return text, page, rows


def test_text_page_and_file_say_the_same(mailed, inbox, request_for):
    link = "https://shop.test/p/abc"
    mailed().submit(request_for("PO-1", wanted={"A-1": 2, "B-2": 1}, page_url=link))

    (mail,) = inbox.mails
    text, page, rows = parts(mail)
    for words in (text, page):
        for told in ("PO-1", "A-1", "B-2", "Ana", "1 Road", "1000 Town", "5.00", link):
            assert told in words
    assert [(row["sku"], row["quantity"]) for row in rows] == [
        ("A-1", "2"),
        ("B-2", "1"),
    ]
    assert {row["purchase_order"] for row in rows} == {"PO-1"}
    assert mail["Subject"] == "Purchase order [PO-1] from Corner Shop"
    assert mail["To"] == "orders@acme.test"
    assert mail["From"] == "Corner Shop <orders@shop.test>"
    assert "[PO-1]" in mail["Subject"]


def test_without_a_page_there_is_no_empty_link(mailed, inbox, request_for):
    mailed().submit(request_for("PO-1"))

    text, page, _ = parts(inbox.mails[0])
    assert "http" not in text
    assert "href" not in page


@pytest.mark.parametrize(
    ("language", "subject", "ship_to"),
    [
        ("he", "הזמנת רכש [PO-1] מאת Corner Shop", "למשלוח אל"),
        ("ar", "أمر شراء [PO-1] من Corner Shop", "الشحن إلى"),
    ],
)
def test_hebrew_and_arabic_are_written_from_right_to_left(
    mailed, inbox, request_for, language, subject, ship_to
):
    mailed(language=language).submit(request_for("PO-1"))

    (mail,) = inbox.mails
    text, page, _ = parts(mail)
    assert mail["Subject"] == subject
    assert mail["Content-Language"] == language
    assert ship_to in text
    assert f'<html lang="{language}" dir="rtl">' in page
    assert all(line.isascii() for line in inbox.raw[0].splitlines())


def test_nothing_a_customer_typed_runs_at_the_suppliers(mailed, inbox, request_for):
    items = (PurchaseItem("@SUM(1)", 1, 500),)
    mailed().submit(request_for("PO-1", recipient=HOSTILE, items=items))

    _, page, rows = parts(inbox.mails[0])
    assert (rows[0]["sku"], rows[0]["name"]) == ("'@SUM(1)", "'=HYPERLINK(1)")
    assert "<b>1 Road" not in page


@pytest.mark.parametrize("name", ["#1\r\nBcc: thief@evil.test", "#1\nX: y"])
def test_no_text_begins_a_header_of_its_own(mailed, inbox, request_for, name):
    mailed().submit(request_for("PO-1\nBcc: thief@evil.test", order_name=name))

    (mail,) = inbox.mails
    assert mail["Bcc"] is None
    assert mail["X"] is None


@pytest.mark.parametrize(
    "reference", ["P7K3QM4XW2ABN-1", "a/b?c#d%2F", "x" * 200, "הזמנה", "a..b", "-"]
)
def test_every_attempt_is_the_same_mail(mailed, inbox, request_for, reference):
    client = mailed()
    reports = [client.submit(request_for(reference)) for _ in range(2)]

    first, again = inbox.mails
    assert first["Message-ID"] == again["Message-ID"]
    assert {report.supplier_reference for report in reports} == {first["Message-ID"]}


def test_two_suppliers_never_share_a_message_id(mailed, inbox, request_for):
    for number, code in enumerate(("acme", "apex")):
        connection = {"code": code, "supplier_id": number}
        mailed(connection).submit(request_for("PO-1"))

    first, second = inbox.mails
    assert first["Message-ID"] != second["Message-ID"]


def test_a_line_that_is_only_a_dot_ends_no_mail(mailed, inbox, request_for):
    strange = Recipient("Ana", ".", "Town", "1000", "PT")
    mailed().submit(request_for("PO-1", recipient=strange))

    text, _, _ = parts(inbox.mails[0])
    assert "\n.\n" in text.replace("\r\n", "\n")


def test_a_file_is_written_as_it_was_declared(mailed, inbox, request_for):
    columns = [
        {"header": "PO", "field": "reference"},
        {"header": "Artikel", "field": "sku"},
        {"header": "Menge", "field": "quantity"},
    ]
    declared = {"separator": "semicolon", "encoding": "windows-1252"}
    mailed(csv={"columns": columns, **declared}).submit(request_for("PO-1"))

    (file,) = inbox.mails[0].iter_attachments()
    assert file.get_content().splitlines()[0] == "PO;Artikel;Menge"


def test_what_its_encoding_cannot_write_is_not_sent(mailed, inbox, request_for):
    strange = Recipient("אנה", "1 Road", "Town", "1000", "PT")
    client = mailed(csv={"encoding": "windows-1252"})

    with pytest.raises(Rejected, match="not written"):
        client.submit(request_for("PO-1", recipient=strange))

    assert inbox.mails == []
