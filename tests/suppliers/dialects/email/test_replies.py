"""What a reply says itself, which order it is about, and what that order learns."""

from datetime import UTC, datetime

import pytest

from suppliers.contract import RejectReason, ReportedStatus, ScanKind
from suppliers.dialects.email.numbering import Numbering
from suppliers.dialects.email.options import Options
from suppliers.dialects.email.quoting import own_words, text_of
from suppliers.dialects.email.reading import read
from suppliers.dialects.email.replies import Replies
from suppliers.dialects.email.wording import MARK
from tests.suppliers.dialects.email.letters import reply

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UPS = "1Z999AA10123456784"
OTHER = "1Z879E930346834440"
BARE, SLASHED = "P7K3QM4XW2ABN", "<order.a%2Fb.acme@shop.test>"
OURS = f"{MARK} Please write your answer above this line {MARK}\n\nPurchase {OTHER}"
QUOTED = "> " + OURS.replace("\n", "\n> ")


def told(mail, **options):
    given = {"to": ["orders@acme.test"], "mailbox": {"user": "x"}} | options
    replies = Replies(Numbering("acme", "shop.test"), Options(**given))
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    (news,) = replies.news(read(raw), "<1@acme.test>", NOON)
    return news


@pytest.mark.parametrize(
    "text",
    [
        f"Sent: {UPS}\n\nOn Mon, 2 Mar 2026, Shop\n<o@shop.test> wrote:\n{QUOTED}",
        f"On its way: {UPS}\n\nOn Monday the shop wrote:\n{QUOTED}",
        f"On its way: {UPS}\nOn Monday the shop wrote:\n{QUOTED}",
        f"Sent: {UPS}\n\n{OURS}",
        f"Sent: {UPS}\n\n-----Original Message-----\nFrom: shop\n{OTHER}",
        f"Sent: {UPS}\n________________________________\nFrom: shop\n{OTHER}",
        f"Sent: {UPS}\n\nFrom: Corner Shop\nSent: Monday\nTo: us\n\n{OTHER}",
        f"Sent: {UPS}\n\nמאת: חנות\nנשלח: יום שני\n\n{OTHER}",
        f"Sent: {UPS}\n\n‏בתאריך יום שני, 2 במרץ 2026, מאת חנות כתב:\n> {OTHER}",
        f"Sent: {UPS}\n\nمن: متجر\nتاريخ الإرسال: الاثنين\n\n{OTHER}",  # noqa: RUF001  Arabic
        f"Sent: {UPS}\n\n-----الرسالة الأصلية-----\n{OTHER}",
        f"Sent: {UPS}\n\n‏في الاثنين، 2 مارس 2026 تمت كتابة ما يلي بواسطة {OTHER} "
        f"<o@shop.test>:\u200e\n> {OTHER}",
        f"> {OTHER}\n> more\n\nSent: {UPS}",
    ],
    ids=[
        *(
            "gmail",
            "begins alike",
            "begins alike at once",
            "mark",
            "outlook",
            "outlook line",
            "outlook block",
        ),
        *("outlook hebrew", "gmail hebrew", "outlook arabic", "outlook arabic line"),
        *("gmail arabic", "answer below"),
    ],
)
def test_our_own_mail_is_cut_off_before_it_is_read(text):
    (report,) = told(reply(text)).reports

    assert [parcel.tracking_number for parcel in report.parcels] == [UPS]


def test_what_a_page_says_is_read_without_what_it_quotes():
    page = (
        "<html><head><style>p {}</style></head><body><p>Sent&nbsp;today</p>"
        f'<a href="https://ups.com/track?n={UPS}">Track</a>'
        f'<div class="gmail_quote"><p>{OTHER}<br></p></div>'
        f"<blockquote><p>{OTHER}</blockquote> bye</body></html>"
    )

    text = own_words(text_of(page))

    assert "Sent today" in text
    assert UPS in text
    assert "bye" in text
    assert OTHER not in text
    assert "p {}" not in text


def test_a_reply_that_is_only_a_page_is_read():
    mail = reply()
    mail.set_content(f"<p>Sent: <b>{UPS}</b></p>", subtype="html")

    assert told(mail).reports[0].parcels[0].tracking_number == UPS


@pytest.mark.parametrize(
    ("charset", "words"),
    [(each, "ההזמנה נשלחה") for each in ("utf-8", "iso-8859-8", "windows-1255")]
    + [(each, "تم شحن الطلب") for each in ("utf-8", "iso-8859-6", "windows-1256")],
)
@pytest.mark.parametrize("way", ["base64", "quoted-printable", "8bit"])
def test_every_script_is_read_in_every_encoding(charset, words, way):
    mail = reply()
    mail.set_content(f"{words}: {UPS}", charset=charset, cte=way)

    news = told(mail)

    assert words in news.letter.text
    assert news.reports[0].parcels[0].tracking_number == UPS


@pytest.mark.parametrize(
    ("given", "reference"),
    [
        ({"In_Reply_To": "<order.PO-7.acme@shop.test>"}, "PO-7"),
        (
            {"In_Reply_To": "", "References": "<a@b> <order.a%2Fb.acme@shop.test>"},
            "a/b",
        ),
        ({"In_Reply_To": "", "Subject": "AW: Purchase order [PO-9] from us"}, "PO-9"),
        (
            {"In_Reply_To": "", "Subject": "[EXTERNAL] P7K3QM4XW2ABN-1"},
            "P7K3QM4XW2ABN-1",
        ),
        ({"In_Reply_To": "", "text": f"about {BARE}-2"}, f"{BARE}-2"),
        ({"In_Reply_To": "<order.PO-7.apex@shop.test>"}, ""),
        ({"In_Reply_To": "", "text": f"{BARE}-1 and {BARE}-2"}, ""),
        ({"In_Reply_To": ""}, ""),
    ],
    ids=[
        *("answers", "references", "subject", "bare subject", "words"),
        *("another's", "two", "none"),
    ],
)
def test_which_order_a_mail_is_about(given, reference):
    news = told(reply(**given))

    assert news.letter.reference == reference
    assert [report.reference for report in news.reports] == [reference] * bool(
        reference
    )


def test_parcels_of_a_mail_about_no_order_are_left_to_a_human():
    news = told(reply(UPS, In_Reply_To=""))

    assert news.reports == ()
    assert not news.letter.is_understood


def test_of_two_parcels_whose_contents_are_not_told_the_first_holds_all():
    (report,) = told(reply(f"{UPS}\n{OTHER}")).reports

    assert [parcel.holds_rest for parcel in report.parcels] == [True, False]


def test_a_supplier_may_ship_in_parts_only_it_knows():
    (report,) = told(reply(UPS), whole_by_default=False).reports

    assert not report.parcels[0].holds_rest


def test_a_label_may_be_all_that_a_number_means():
    (report,) = told(reply(UPS), shipped_means="label_created").reports

    assert report.parcels[0].scans[0].kind is ScanKind.LABEL_CREATED


def test_words_declared_as_an_answer_are_one():
    no = {
        "pattern": r"sold out",
        "status": "rejected",
        "reason": "inventory_out_of_stock",
    }

    news = told(reply("Sorry, sold out."), answers=[no])

    (report,) = news.reports
    assert report.status is ReportedStatus.REJECTED
    assert report.reason is RejectReason.INVENTORY_OUT_OF_STOCK
    assert "sold out" in report.note
    assert news.letter.is_understood


def test_an_answer_and_parcels_are_one_report_for_each_order():
    row = r"(?P<reference>PO-\d) (?P<tracking>T\d)"
    options = {
        "tracking": [{"pattern": row}],
        "answers": [{"pattern": "confirmed", "status": "accepted"}],
    }

    news = told(reply("confirmed: PO-1 T1, PO-2 T2"), **options)

    found = {r.reference: [p.tracking_number for p in r.parcels] for r in news.reports}
    assert found == {"PO-1": ["T1"], "PO-2": ["T2"]}


def test_a_holiday_reply_answers_nothing():
    news = told(reply(f"away, call {UPS}", Auto_Submitted="auto-replied"))

    assert news.reports == ()
    assert not news.letter.is_understood


def test_a_pattern_that_is_too_slow_leaves_the_mail_to_a_human():
    slow = {"pattern": r"(?:x+x+)+(?P<tracking>y)"}

    news = told(reply("x" * 5_000 + "zy"), tracking=[slow])

    assert news.reports == ()
    assert "takes too long" in news.letter.text
