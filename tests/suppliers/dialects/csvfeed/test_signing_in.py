"""How a credential is shown, and where never."""

import pytest

from suppliers.errors import ShutOut, SupplierError, Unavailable

STOCK = {"place": "stock.csv"}
LINES = "sku,quantity\nA,1\n"


@pytest.mark.parametrize(
    ("auth", "header", "query"),
    [
        ({}, None, b""),
        ({"way": "bearer"}, "Bearer pass:wörd", b""),
        ({"way": "basic", "username": "shop"}, "Basic c2hvcDpwYXNzOnfDtnJk", b""),
        ({"way": "query", "parameter": "key"}, None, b"key=pass%3Aw%C3%B6rd"),
    ],
    ids=["none", "bearer", "basic", "query"],
)
def test_a_credential_is_shown_as_declared(server, new_client, auth, header, query):
    token = "secret" if auth.get("way") == "bearer" else "pass:wörd"
    server.say("/erp/stock.csv", LINES)
    new_client(stock=STOCK, auth=auth, token=token).read_stock()

    (asked,) = server.asked
    wanted = "Bearer secret" if auth.get("way") == "bearer" else header
    assert asked.headers.get("authorization") == wanted
    assert asked.url.query == query


def test_a_query_of_the_address_stays(server, new_client):
    server.say("/erp/feed", LINES)
    stock = {"place": "feed?list=7"}
    new_client(stock=stock, auth={"way": "query"}).read_stock()

    assert server.asked[0].url.query == b"list=7&token=secret"


def test_a_file_that_is_open_to_all_is_fetched_without_a_credential(server, new_client):
    server.say("/stock.csv", LINES)
    stock = {"place": "https://files.test/stock.csv", "signs_in": False}
    new_client(stock=stock, auth={"way": "bearer"}).read_stock()

    (asked,) = server.asked
    assert asked.url.host == "files.test"
    assert "authorization" not in asked.headers


def test_a_refused_credential_is_unavailable_and_never_told(server, new_client):
    server.say("/erp/stock.csv", status=401)
    client = new_client(stock=STOCK, auth={"way": "query"})

    with pytest.raises(Unavailable, match="credentials") as raised:
        client.read_stock()

    assert "secret" not in str(raised.value)


READINGS = {
    "/erp/stock.csv": lambda client: client.read_stock(),
    "/erp/shipments.csv": lambda client: client.changes(None),
    "/erp/orders/PO-1.csv": lambda client: client.look_up("PO-1"),
}


@pytest.mark.parametrize("path", READINGS)
@pytest.mark.parametrize(("status", "kind"), [(401, ShutOut), (403, Unavailable)])
def test_a_file_that_is_not_shown_may_be_missing(
    server, new_client, path, status, kind
):
    server.say("/erp/shipments.csv", "purchase_order,status\n")
    server.say(path, status=status)
    client = new_client(
        stock=STOCK,
        shipments={"place": "shipments.csv"},
        orders={"way": "upload", "files_stay": True},
    )

    with pytest.raises(Unavailable, match=str(status)) as raised:
        READINGS[path](client)

    assert type(raised.value) is kind


def test_a_mark_never_holds_the_credential(server, new_client):
    server.say("/erp/stock.csv", LINES, etag='"7"')
    mark = new_client(stock=STOCK, auth={"way": "query"}).read_stock().mark

    assert "secret" not in mark


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"auth": {"way": "bearer"}, "token": "ключ"}, "token holds characters"),
        ({"base_url": "ftp://acme.test", "stock": STOCK}, "must start with http"),
        ({"base_url": "https://u:p@acme.test", "stock": STOCK}, "hold a user"),
        ({"base_url": "", "orders": {"way": "upload"}}, "must start with http"),
        ({"shipments": {"place": "https://[x"}}, "."),
    ],
    ids=["token", "scheme", "user", "no address", "broken address"],
)
def test_what_cannot_be_reached_says_so_when_it_is_opened(new_client, changed, words):
    with pytest.raises(ValueError, match=words) as raised:
        new_client(**changed)

    assert not isinstance(raised.value, SupplierError)
