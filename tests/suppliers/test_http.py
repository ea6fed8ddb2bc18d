from datetime import UTC, datetime, timedelta
from io import BytesIO

import httpx
import pytest

from suppliers.errors import (
    Ambiguous,
    Garbled,
    RateLimited,
    ShutOut,
    SupplierError,
    Unavailable,
)
from suppliers.http import LONGEST_RETRY_AFTER, SupplierHttp, retry_after
from suppliers.transport import HttpPolicy

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (None, None),
        ("120", timedelta(seconds=120)),
        (" 0 ", timedelta()),
        ("Mon, 02 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 02 Mar 2026 12:05:00 -0000", timedelta(minutes=5)),
        ("Mon, 02 Mar 2026 11:00:00 GMT", timedelta()),
        ("99999999999999999999999", LONGEST_RETRY_AFTER),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_AFTER),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Mon, 99 Foo 2026", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_a_day(said, wait):
    assert retry_after(said, NOON) == wait


def failure(status: int, *, places: bool, **headers: str) -> SupplierError:
    answer = httpx.Response(status, headers=headers, content=b"secret words")
    transport = httpx.MockTransport(lambda _: answer)
    line = SupplierHttp("acme", HttpPolicy(), lambda: NOON, transport)
    url = "https://acme.test/orders"
    with pytest.raises(SupplierError) as raised:
        line.place(url, {}, b"{}") if places else line.ask(url, {})
    return raised.value


@pytest.mark.parametrize("status", [301, 303, 307, 408, 500, 502, 503, 504, 520])
def test_an_order_may_stand_behind_a_broken_answer(status):
    assert type(failure(status, places=True)) is Ambiguous
    assert type(failure(status, places=False)) is Unavailable


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_placed_nothing(status):
    assert type(failure(status, places=True)) is ShutOut


@pytest.mark.parametrize("status", [429, 503])
def test_come_back_later_placed_nothing(status):
    said = failure(status, places=True, **{"Retry-After": "30"})

    assert isinstance(said, RateLimited)
    assert said.retry_after == timedelta(seconds=30)


def test_too_many_calls_need_not_say_when_to_come_back():
    said = failure(429, places=True)

    assert isinstance(said, RateLimited)
    assert said.retry_after is None


def test_texts_name_the_supplier_and_the_status_but_no_words_of_the_body():
    said = str(failure(500, places=True))

    assert said == "acme: it answered 500"


def test_a_credential_that_cannot_be_sent_is_not_repeated():
    line = SupplierHttp("acme", HttpPolicy(allow_private=True), lambda: NOON)
    with pytest.raises(Unavailable) as caught:
        line.ask("http://127.0.0.1:9", {"Authorization": "Bearer hush\n"})
    line.close()
    assert "hush" not in str(caught.value)


def fetched(answer: httpx.Response, most_bytes: int = 10) -> tuple[int, bytes]:
    transport = httpx.MockTransport(lambda _: answer)
    line = SupplierHttp("acme", HttpPolicy(), lambda: NOON, transport)
    file = BytesIO()
    said = line.fetch("https://acme.test/file", {}, file, most_bytes)
    return said.status, file.getvalue()


def test_a_file_goes_where_it_is_wanted_up_to_its_size():
    assert fetched(httpx.Response(200, content=b"0123456789")) == (200, b"0123456789")
    with pytest.raises(Garbled, match="too large"):
        fetched(httpx.Response(200, content=b"0123456789A"))


def test_a_refusal_is_no_file():
    assert fetched(httpx.Response(404, content=b"no such file")) == (404, b"")


def test_unchanged_answers_a_question_and_no_order():
    assert fetched(httpx.Response(304)) == (304, b"")
    assert type(failure(304, places=True)) is Ambiguous
