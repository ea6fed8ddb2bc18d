"""The invoice that comes in, and the packing slip that goes into the parcel."""

import io

import pytest
from sqlmodel import select

from erp.fulfilment.attachments.keeping import path_of
from erp.fulfilment.attachments.models import Attachment
from erp.fulfilment.lifecycle import PurchaseStatus

PDF = b"%PDF-1.7\n1 0 obj\n"
P = PurchaseStatus


def _attach(desk, content=PDF, name="bill.pdf"):
    return desk.act("files", file=(io.BytesIO(content), name))


def _kept(desk):
    with desk.sessions.reading() as session:
        return list(session.exec(select(Attachment)))


def test_an_invoice_is_kept_in_the_data_folder(desk, tmp_path):
    assert _attach(desk).status_code == 303
    (row,) = _kept(desk)
    assert path_of(tmp_path, row.sha256).read_bytes() == PDF
    assert (row.name, row.attached_by) == ("bill.pdf", "supplier S1")
    assert "bill.pdf" in desk.get().text


def test_the_same_invoice_again_is_one(desk):
    _attach(desk)
    _attach(desk)
    assert len(_kept(desk)) == 1


def test_an_invoice_may_follow_what_was_delivered(desk_of):
    desk = desk_of(P.DELIVERED)
    assert _attach(desk).status_code == 303


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file."),
        (b"MZ\x90\x00", "Only PDF"),
        (b"<html>,", "Only PDF"),
        (b"%PDF-" + b"x" * 2000, "larger than the limit"),
    ],
)
@pytest.mark.parametrize(
    "settings_given", [{"ERP_SUPPLIER_PAGE_MAX_FILE_BYTES": "1000"}]
)
def test_what_is_no_invoice_is_refused_in_words(desk, content, words):
    answer = _attach(desk, content)
    assert answer.status_code == 422
    assert words in answer.text
    assert _kept(desk) == []


@pytest.mark.parametrize("settings_given", [{"ERP_SERVER_MAX_BODY_BYTES": "3000"}])
def test_a_body_over_the_servers_limit_is_told_on_a_page_like_the_others(desk):
    answer = _attach(desk, b"%PDF-" + b"x" * 5000)
    assert answer.status_code == 413
    assert "Too large" in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_files_do_not_pile_up_without_end(desk):
    token = desk.form_token()
    for number in range(21):
        file = (io.BytesIO(PDF + str(number).encode()), f"{number}.pdf")
        answer = desk.post("files", csrf_token=token, file=file)
    assert answer.status_code == 409
    assert len(_kept(desk)) == 20


def test_what_has_ended_takes_no_invoice(desk):
    token = desk.form_token()
    desk.act("reject", reason="other", confirmed="yes")
    answer = desk.post("files", csrf_token=token, file=(io.BytesIO(PDF), "a.pdf"))
    assert answer.status_code == 409
    assert _kept(desk) == []


@pytest.mark.parametrize("settings_given", [{"ERP_STORE_NAME": "Teapots & Sons"}])
def test_a_packing_slip_is_in_the_stores_name_and_names_no_price(desk):
    page = desk.get("/packing-slip").text
    assert "Sold by Teapots &amp; Sons" in page
    for each in ("Ada Lovelace", "12 Analytical Street", "#1001", "Product A"):
        assert each in page
    for each in ("$", "5.00", "19.00", "Northern Lights", "S1-A", "ada@example.com"):
        assert each not in page


def test_a_slip_lists_what_comes(desk):
    desk.act("accept-part", units_0="1", units_1="0", confirmed="yes")
    page = desk.get("/packing-slip").text
    assert "Product A" in page
    assert "Product B" not in page


def test_each_of_several_parcels_has_a_slip_of_its_own(desk):
    given = {"carrier": "UPS", "tracking_number": "T1"}
    desk.act("parcels", units_0="2", **given)
    desk.act("parcels", units_1="1", **(given | {"tracking_number": "T2"}))
    second = desk.parcels()[1]
    page = desk.get(f"/packing-slip?parcel={second.id}").text
    assert "Product B" in page
    assert "Product A" not in page
    assert "several parcels" in page


@pytest.mark.parametrize("language", ["he", "ar"])
def test_a_slip_in_hebrew_or_arabic_reads_from_right_to_left(desk_of, language):
    page = desk_of(language=language).get("/packing-slip").text
    assert f'<html lang="{language}" dir="rtl">' in page


def test_what_is_over_has_no_slip(desk_of):
    assert desk_of(P.DELIVERED).get("/packing-slip").status_code == 404
