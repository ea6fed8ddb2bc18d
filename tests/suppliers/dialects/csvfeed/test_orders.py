"""Purchase orders as files: written safely, put once, looked for where they stay."""

import csv
import io

import pytest

from suppliers.contract import (
    PurchaseItem,
    PurchaseRequest,
    Recipient,
    RejectReason,
    ReportedStatus,
)
from suppliers.dialects.csvfeed.options import Pickup, Upload
from suppliers.dialects.csvfeed.rows.orders import (
    purchase_order_lines,
    purchase_orders_file,
)
from suppliers.errors import (
    Ambiguous,
    Garbled,
    RateLimited,
    Rejected,
    ShutOut,
    SupplierError,
    Unavailable,
)

UPLOAD = {"way": "upload", "files_stay": True, "takes_cancellations": True}
FILE = "/erp/orders/PO-1.csv"


def asked_for(reference: str = "PO-1", **changed) -> PurchaseRequest:
    request = {
        "reference": reference,
        "order_name": "#1001",
        "currency": "EUR",
        "recipient": Recipient("Ana", "1 Road", "Town", "1000", "PT", phone="+351 1"),
        "items": (PurchaseItem("A-1", 2, 500), PurchaseItem("-B", 1, 1205)),
        "page_url": "https://shop.test/p/x",
    }
    return PurchaseRequest(**{**request, **changed})


def rows_of(file: bytes, encoding: str = "utf-8", delimiter: str = ","):
    text = io.StringIO(file.decode(encoding), newline="")
    return list(csv.DictReader(text, delimiter=delimiter, strict=True))


def test_an_order_is_a_row_for_each_item_with_its_recipient():
    first, second = rows_of(purchase_orders_file(Upload(), [asked_for()]))

    assert first == {
        "purchase_order": "PO-1",
        "action": "order",
        "row": "1",
        "rows": "2",
        "order_name": "#1001",
        "sku": "A-1",
        "quantity": "2",
        "unit_cost": "5.00",
        "currency": "EUR",
        "name": "Ana",
        "company": "",
        "address1": "1 Road",
        "address2": "",
        "city": "Town",
        "province": "",
        "postal_code": "1000",
        "country": "PT",
        "phone": "'+351 1",
        "page_url": "https://shop.test/p/x",
    }
    assert (second["row"], second["sku"], second["unit_cost"]) == ("2", "'-B", "12.05")
    assert second["name"] == "Ana"


def test_what_a_customer_typed_is_not_run_by_a_spreadsheet():
    recipient = Recipient('=HYPERLINK("x")', "@1\nRoad", "Town", "1000", "PT")
    (row, _) = rows_of(purchase_orders_file(Upload(), [asked_for(recipient=recipient)]))

    assert row["name"] == '\'=HYPERLINK("x")'
    assert row["address1"] == "'@1\nRoad"


def test_a_program_may_get_texts_as_they_are():
    declared = Upload(is_formula_safe=False)

    assert rows_of(purchase_orders_file(declared, [asked_for()]))[1]["sku"] == "-B"


def test_columns_separator_decimal_sign_and_encoding_are_as_declared():
    declared = Upload.model_validate(
        {
            "columns": [
                {"header": "מק״ט", "field": "sku"},  # noqa: RUF001  Hebrew
                {"header": "Bestellung", "field": "reference"},
                {"header": "Menge", "field": "quantity"},
                {"header": "Preis", "field": "unit_cost"},
            ],
            "separator": "semicolon",
            "decimal": "comma",
            "encoding": "windows-1255",
        }
    )

    file = purchase_orders_file(declared, [asked_for()])

    assert file.decode("windows-1255").splitlines()[1] == "A-1;PO-1;2;5,00"
    assert file.startswith("מק״ט;".encode("windows-1255"))  # noqa: RUF001  Hebrew


def test_all_open_orders_are_one_file_written_line_by_line():
    requests = (asked_for(f"PO-{number}") for number in range(1000))
    lines = purchase_order_lines(Pickup(), requests, cancelled=["PO-0"])

    assert next(lines).startswith("purchase_order,action,")
    *ordered, off = lines
    assert len(ordered) == 2000
    assert off.startswith("PO-0,cancel,,")


def test_an_order_is_put_under_its_reference(server, new_client):
    server.say_to_put(FILE, 201)
    report = new_client(orders=UPLOAD).submit(asked_for())

    assert report.reference == report.supplier_reference == "PO-1"
    assert report.status is ReportedStatus.RECEIVED
    (asked,) = server.asked
    assert asked.headers["content-type"] == "text/csv"
    assert [row["sku"] for row in rows_of(asked.content)] == ["A-1", "'-B"]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_the_same_file_again_is_the_same_order(server, new_client, status):
    server.say_to_put(FILE, status)

    assert new_client(orders=UPLOAD).submit(asked_for()).reference == "PO-1"


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind"),
    [
        (200, b"<html>Please sign in", {"content_type": "text/html"}, Ambiguous),
        (201, b"\xff", {"content_type": "text/plain; charset=utf-8"}, Ambiguous),
        (201, b"x", {"content_type": "text/plain; charset=none"}, Ambiguous),
        (302, b"", {}, Ambiguous),
        (500, b"", {}, Ambiguous),
        (507, b"", {}, Ambiguous),
        (403, b"", {}, ShutOut),
        (404, b"", {}, Unavailable),
        (409, b"<html>no such folder", {}, Unavailable),
        (422, b'{"reason": "because"}', {}, Unavailable),
        (422, b'{"reason": "invalid_sku", "note": "A-1"}', {}, Rejected),
        (429, b"", {"retry_after": "5"}, RateLimited),
    ],
)
def test_what_an_answer_to_a_file_means(
    server, new_client, status, body, headers, kind
):
    server.say_to_put(FILE, status, body, **headers)

    with pytest.raises(SupplierError) as raised:
        new_client(orders=UPLOAD).submit(asked_for())

    assert type(raised.value) is kind


def test_a_refusal_says_its_reason(server, new_client):
    server.say_to_put(FILE, 422, b'{"reason": "invalid_sku", "note": "A-1\\u0007"}')

    with pytest.raises(Rejected, match=r"invalid_sku: A-1$") as raised:
        new_client(orders=UPLOAD).submit(asked_for())

    assert raised.value.reason is RejectReason.INVALID_SKU


def test_a_name_its_encoding_lacks_is_refused_unsent(server, new_client):
    recipient = Recipient("Zoë Ł", "1 Road", "Town", "1000", "PL")
    client = new_client(orders={**UPLOAD, "encoding": "windows-1252"})

    with pytest.raises(Rejected, match="lacks a character"):
        client.submit(asked_for(recipient=recipient))

    assert server.asked == []


def test_a_file_that_is_there_was_received(server, new_client):
    server.say(FILE, purchase_orders_file(Upload(), [asked_for()]))

    assert new_client(orders=UPLOAD).look_up("PO-1").status is ReportedStatus.RECEIVED


def test_a_file_that_never_came_is_not_found(server, new_client):
    assert new_client(orders=UPLOAD).look_up("PO-1") is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: b"",
        lambda file: file[:-1],
        lambda file: file[: file.rindex(b"PO-1")],
        lambda file: file[: len(file) // 2],
        lambda file: file.replace(b"PO-1", b"PO-2"),
        lambda file: b"\xff" + file,
        lambda file: b"<html>Please sign in",
    ],
    ids=["empty", "cut", "a row lost", "half", "another", "spoilt", "web page"],
)
def test_a_file_that_is_not_whole_proves_nothing(server, new_client, spoil):
    server.say(FILE, spoil(purchase_orders_file(Upload(), [asked_for()])))

    with pytest.raises(Garbled, match="not whole"):
        new_client(orders=UPLOAD).look_up("PO-1")


@pytest.mark.parametrize("status", [405, 410])
def test_a_server_that_shows_no_files_proves_nothing(server, new_client, status):
    server.say(FILE, status=status)

    with pytest.raises(Rejected):
        new_client(orders=UPLOAD).look_up("PO-1")


def test_where_files_are_taken_away_an_absent_one_proves_nothing(server, new_client):
    with pytest.raises(Rejected, match="may have been taken in"):
        new_client(orders={"way": "upload"}).look_up("PO-1")

    assert server.asked == []


def test_a_cancellation_is_a_file_of_its_own_and_answered_later(server, new_client):
    server.say_to_put("/erp/orders/PO-1.cancel.csv", 201)

    assert new_client(orders=UPLOAD).cancel("PO-1") is None
    (row,) = rows_of(server.asked[0].content)
    assert (row["purchase_order"], row["action"], row["sku"]) == ("PO-1", "cancel", "")


@pytest.mark.parametrize("way", ["upload", "pickup"])
def test_a_cancellation_that_is_not_declared_is_rejected_unsent(
    server, new_client, way
):
    with pytest.raises(Rejected, match="no cancellations"):
        new_client(orders={"way": way}).cancel("PO-1")

    assert server.asked == []


def test_an_order_to_be_picked_up_lies_ready_and_is_never_lost(server, new_client):
    client = new_client(orders={"way": "pickup", "takes_cancellations": True})

    assert client.submit(asked_for()).status is ReportedStatus.RECEIVED
    assert client.look_up("PO-1").status is ReportedStatus.RECEIVED
    assert client.cancel("PO-1") is None
    assert server.asked == []


def test_what_was_not_declared_is_rejected(new_client):
    with pytest.raises(Rejected, match="no stock list"):
        new_client().read_stock()
    with pytest.raises(Rejected, match="no file of shipments"):
        new_client().changes(None)
