"""A connection is tried without any order, and troubles are told apart."""

import json
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from config.settings import load
from suppliers.dialects.email.sending import Outgoing
from suppliers.overhearing import Trouble, trouble_of
from suppliers.registry import Connection
from suppliers.sandbox.messages import SandboxStock
from suppliers.tried import Question
from suppliers.trying import FEW_ROWS, fetch_sample, try_connection
from tests.suppliers import declared
from tests.suppliers.conftest import NOON
from tests.suppliers.ways import WAYS


def clock():
    return NOON


@contextmanager
def answering(status, body=b"", **headers):
    """A server that answers everything alike; yields its address."""

    class Always(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Always)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _connection(base_url, **changed):
    given = {"supplier_id": 1, "kind": "rest", "code": "T", "token": "secret"}
    times = {"connect_seconds": 1.0, "read_seconds": 1.0, "total_seconds": 2.0}
    given |= times | {"base_url": base_url, "allow_private": True} | changed
    return Connection(**given)


def _of(desk, **changed):
    base_url = desk.remote.base_url(desk.code, desk.way.wire)
    options = desk.way.options(base_url)
    return _connection(
        base_url,
        kind=desk.way.kind,
        code=desk.code,
        options=options,
        **({"token": f"token of {desk.code}"} | changed),
    )


def test_a_connection_that_works_is_understood_and_nothing_is_ordered(way, new_desk):
    desk = new_desk(way)
    desk.remote.set_stock(desk.code, [SandboxStock(sku="A-1", quantity=5)])
    tried = try_connection(desk.connection(), clock, desk.outgoing)
    asked = [each for each in tried if each.is_asked]
    assert [each.trouble for each in asked] == [None] * len(asked)
    assert all(e.is_reached and e.is_signed_in and e.is_understood for e in asked)
    assert not desk.remote.books()["suppliers"][desk.code]["references"]


def test_every_question_is_asked_of_one_who_answers_them_all(desk):
    desk.remote.set_stock(desk.code, [SandboxStock(sku="A-1", quantity=5)])
    tried = {each.question: each for each in try_connection(_of(desk), clock)}
    assert list(tried) == list(Question)
    assert tried[Question.STOCK].count == 1
    assert tried[Question.LOOK_UP].status == 404
    assert all(0 < each.seconds < 10 for each in tried.values())


def test_of_long_lists_only_the_head_is_asked_for(new_desk):
    desk = new_desk(WAYS["declared in an envelope"])
    many = [SandboxStock(sku=f"A-{n}", quantity=n) for n in range(40)]
    desk.remote.set_stock(desk.code, many)
    stock = try_connection(_of(desk), clock)[-1]
    assert (stock.question, stock.is_understood, stock.count) == (
        "stock",
        True,
        FEW_ROWS,
    )


@pytest.mark.parametrize("name", ["rest", "declared flat", "csvfeed", "bigbuy"])
def test_a_wrong_credential_is_told_from_a_wrong_address(name, new_desk):
    desk = new_desk(WAYS[name])
    first = try_connection(_of(desk, token="wrong"), clock)[-1]
    assert (first.is_reached, first.is_signed_in) == (True, False)
    assert first.trouble is Trouble.SIGN_IN


def test_the_wrong_shape_is_told_from_the_wrong_address(new_desk):
    desk = new_desk(WAYS["declared flat"])
    changed = declared.FLAT | {"stock": declared.FLAT["stock"] | {"rows": "nowhere"}}
    tried = try_connection(replaced(_of(desk), options=changed), clock)
    assert [each.trouble for each in tried] == [None, None, Trouble.SHAPE]
    assert tried[2].is_signed_in
    assert tried[2].is_understood is False


def replaced(connection, **changed):
    fields = {name: getattr(connection, name) for name in connection.__slots__}
    return Connection(**(fields | changed))


def test_an_answer_for_an_order_that_cannot_exist_is_not_believed():
    order = {"ref": "ERP-TEST-NO-SUCH-ORDER", "id": "7", "standing": "received"}
    options = declared.FLAT | {"follows": "told"}
    with answering(200, json.dumps(order).encode()) as url:
        first = try_connection(_connection(url, options=options), clock)[0]
    assert first.is_understood is False
    assert "cannot exist" in first.detail


STATUSES = {
    301: Trouble.ELSEWHERE,
    403: Trouble.SIGN_IN,
    429: Trouble.THROTTLED,
    500: Trouble.BROKEN,
    418: Trouble.SHAPE,
}


@pytest.mark.parametrize(("status", "trouble"), STATUSES.items())
def test_what_it_answers_says_where_to_look(status, trouble):
    with answering(status) as url:
        first = try_connection(_connection(url), clock)[0]
    assert (first.is_reached, first.trouble, first.status) == (True, trouble, status)


def test_whoever_is_out_of_reach_is_asked_once():
    with answering(200) as url:
        pass  # it has closed
    (only,) = try_connection(_connection(url), clock)
    assert (only.is_reached, only.trouble) == (False, Trouble.CONNECTION)
    assert only.is_signed_in is only.is_understood is None


def test_our_own_network_is_not_called():
    (only,) = try_connection(
        _connection("http://127.0.0.1:9", allow_private=False), clock
    )
    assert (only.is_reached, only.trouble) == (False, Trouble.FORBIDDEN)


def test_a_name_that_leads_nowhere_is_told():
    (only,) = try_connection(_connection("http://no-such-host.invalid"), clock)
    assert only.trouble is Trouble.NAME


def test_a_server_without_tls_is_told():
    with answering(200) as url:
        secure = url.replace("http:", "https:")
        (only,) = try_connection(_connection(secure), clock)
    assert only.trouble is Trouble.SECURITY


def test_a_certificate_that_is_not_trusted_is_told():
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError()
    assert trouble_of(error) is Trouble.SECURITY


def test_silence_is_told():
    assert trouble_of(httpx.ReadTimeout("")) is Trouble.SILENCE


def test_options_that_do_not_fit_are_told_and_nothing_is_called():
    with answering(200) as url:
        (only,) = try_connection(_connection(url, options={"a": 1}), clock)
    assert only.trouble is Trouble.SETTINGS
    assert only.is_reached is None


def test_a_credential_that_cannot_be_sent_is_told_and_not_repeated():
    with answering(200) as url:
        (only,) = try_connection(_connection(url, token="hush "), clock)
    assert (only.is_reached, only.trouble) == (None, Trouble.SETTINGS)
    assert "hush" not in only.detail


def test_a_kind_that_calls_nobody_is_not_asked():
    assert not any(
        e.is_asked for e in try_connection(_connection("", kind="portal"), clock)
    )


def _by_mail(base_url="", **more):
    options = {"to": ["orders@supplier.test"], **more}
    return _connection(base_url, kind="email", options=options)


def _outgoing(folder):
    return Outgoing(load(folder, {}).mail, folder, "Shop", "shop.test")


def test_a_mailbox_out_of_reach_is_told(tmp_path):
    with answering(200) as url:
        imap = url.replace("http:", "imap:")
    connection = _by_mail(imap, mailbox={"user": "shop"})
    tried = try_connection(connection, clock, _outgoing(tmp_path))
    assert [each.is_asked for each in tried] == [False, True]
    assert (tried[1].is_reached, tried[1].trouble) == (False, Trouble.CONNECTION)


def test_who_only_takes_mail_is_asked_nothing(tmp_path):
    tried = try_connection(_by_mail(), clock, _outgoing(tmp_path))
    assert not any(each.is_asked for each in tried)
    assert not list(tmp_path.iterdir())


def test_a_fetched_answer_comes_as_it_was_sent(new_desk):
    desk = new_desk(WAYS["declared flat"])
    desk.remote.set_stock(desk.code, [SandboxStock(sku="A-1", quantity=5)])
    sample = fetch_sample(_of(desk), clock, Question.STOCK, "")
    assert sample.status == 200
    assert json.loads(sample.body)["stock"][0]["sku"] == "A-1"
    assert sample.is_whole


def test_an_answer_is_fetched_even_if_it_cannot_be_read(new_desk):
    desk = new_desk(WAYS["declared flat"])
    changed = declared.FLAT | {"stock": declared.FLAT["stock"] | {"rows": "nowhere"}}
    connection = replaced(_of(desk), options=changed)
    sample = fetch_sample(connection, clock, Question.STOCK, "")
    assert sample.status == 200
    assert sample.body
    assert sample.detail


def test_where_there_was_no_answer_there_is_no_sample():
    with answering(200) as url:
        pass  # it has closed
    sample = fetch_sample(_connection(url), clock, Question.STOCK, "")
    assert (sample.status, sample.body) == (None, b"")
    assert sample.trouble is Trouble.CONNECTION
