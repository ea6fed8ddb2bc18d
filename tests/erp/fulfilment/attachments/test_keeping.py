"""Suppliers' files: kept once, by their bytes, as what they are."""

import hashlib

import pytest
from sqlmodel import select

from erp.fulfilment.attachments.keeping import (
    UnfitFile,
    attach,
    attachments_of,
    path_of,
)
from erp.fulfilment.attachments.models import Attachment
from tests.factories import NOW, make_order, make_purchase_order, make_supplier

PDF = b"%PDF-1.7\n1 0 obj\n"
CSV = b"sku;quantity\nA;1\n"


@pytest.fixture
def give(sessions, tmp_path):
    """`give(bytes, name)` attaches a file to the one purchase order there is."""
    with sessions.writing() as session:
        supplier = make_supplier(session)
        purchase = make_purchase_order(session, make_order(session), supplier)
        ids = {"supplier_id": supplier.id, "purchase_order_id": purchase.id}

    def attached(content: bytes, name: str = "bill.pdf") -> Attachment:
        with sessions.writing() as session:
            return attach(
                session, tmp_path, content, NOW, name=name, by="supplier S1", **ids
            )

    return attached


def test_a_file_lies_in_the_data_folder_under_its_hash(give, tmp_path):
    row = give(PDF)
    assert row.sha256 == hashlib.sha256(PDF).hexdigest()
    assert path_of(tmp_path, row.sha256).read_bytes() == PDF
    assert (row.name, row.media_type, row.size_bytes) == (
        "bill.pdf",
        "application/pdf",
        len(PDF),
    )


def test_the_same_file_given_twice_is_one(give, sessions, tmp_path):
    assert give(PDF, "bill.pdf").id == give(PDF, "copy.pdf").id
    give(CSV, "bill.csv")
    with sessions.reading() as session:
        row = session.exec(select(Attachment)).first()
        assert len(attachments_of(session, row.purchase_order_id)) == 2
    folder = tmp_path / "attachments"
    assert len([each for each in folder.rglob("*") if each.is_file()]) == 2


def test_a_file_that_was_lost_comes_back_when_it_is_given_again(give, tmp_path):
    row = give(PDF)
    path_of(tmp_path, row.sha256).unlink()
    give(PDF)
    assert path_of(tmp_path, row.sha256).read_bytes() == PDF


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (CSV, "text/csv"),
        ("\ufeffכמה,מחיר\n1,2\n".encode(), "text/csv"),
        ("artículo,precio\n".encode("cp1252"), "text/csv"),
    ],
)
def test_a_file_is_what_its_bytes_say(give, content, media_type):
    assert give(content, "x.html").media_type == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00\x03,",
        b"<html>a,b</html>",
        b"  <svg onload=alert(1)>,",
        b"just words",
        b"PK\x03\x04,",
        b"a,b\n\x00",
    ],
)
def test_what_is_neither_bill_nor_picture_is_not_kept(give, tmp_path, content):
    with pytest.raises(UnfitFile):
        give(content)
    assert not (tmp_path / "attachments").exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\bills\\march.PDF", "march.pdf"),
        ("חשבונית 7.pdf", "חשבונית 7.pdf"),
        ('a"b<c>\r\n.html', "abc.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("x" * 400, "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_a_plain_name_with_the_right_ending(give, given, kept):
    assert give(PDF, given).name == kept
