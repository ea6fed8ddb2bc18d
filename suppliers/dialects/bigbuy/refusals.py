"""How BigBuy says no: in codes, in nested JSON, and in answers that look well.

A 200 may hold an error, `{"code": 500, "message": "Something went wrong"}`, or a whole
other answer, `HTTP/1.0 500 Internal Server Error ...`: `plain` brings either to light.
A refusal is `{"code", "message"}`, its message often JSON again (`info` and `data`), or
a list of `errors`, or a form of fields with the errors of each.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from suppliers.contract import RejectReason
from suppliers.errors import printable
from suppliers.http import Answer

LONGEST_ERROR_BYTES = 64 * 1024  # more is no error, and need not be looked through
DEEPEST_FORM = 5

ITS_CODE = r"ER\d{3}"
CONFLICT = 409  # the status it gives its codes
EXISTS = "ER008"
REASONS: Mapping[str, RejectReason] = MappingProxyType(
    {
        "ER001": RejectReason.INVALID_SKU,  # product not found
        "ER002": RejectReason.INVALID_SKU,  # incorrect reference
        "ER003": RejectReason.INVENTORY_OUT_OF_STOCK,
        "ER004": RejectReason.INCORRECT_ADDRESS,  # the form of the postcode
        "ER007": RejectReason.OTHER,  # below its smallest order
        "ER010": RejectReason.UNDELIVERABLE_DESTINATION,  # no carrier goes there
        "ER012": RejectReason.PAYMENT_DECLINED,  # too little for a bank transfer
        "ER013": RejectReason.INTERNATIONAL_SHIPPING_UNAVAILABLE,  # export
        "ER014": RejectReason.MERCHANT_BLOCKED_OR_SUSPENDED,  # our subscription there
    }
)
# What passes, or is ours to put right: the order waits, and goes to nobody else.
WAITS: Mapping[str, str] = MappingProxyType(
    {
        "ER005": "the purse there holds too little: it must be topped up",
        "ER009": "it cannot take orders for a while",
        "ER011": "it does not take our method of payment: the options must be changed",
    }
)
CONTACT = ("phone", "email", "firstName", "lastName", "companyName")


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    words: str
    reason: RejectReason | None  # None: it does not say anything that we know


def plain(answer: Answer) -> Answer:
    """The answer as it is meant: an error is an error whatever its status says."""
    if not 200 <= answer.status < 300 or len(answer.body) > LONGEST_ERROR_BYTES:
        return answer
    text = answer.body.lstrip()
    head = re.match(rb"HTTP/[0-9.]+ (\d{3})", text)
    if head is not None:
        _, _, body = text.replace(b"\r\n", b"\n").partition(b"\n\n")
        return plain(Answer(int(head[1]), answer.headers, body))
    hidden = _hidden_status(text)
    return answer if hidden is None else Answer(hidden, answer.headers, answer.body)


def refusal(body: bytes) -> Refusal | None:
    """What it says about its no; None if it is not BigBuy that speaks."""
    said = _read(body)
    if said is None:
        return None
    code, words = _code_and_words(said)
    nested = _read(words) or {}
    words = str(nested.get("info") or words)
    reason = REASONS.get(code) or _spoken_reason(said, words, nested)
    return Refusal(code, printable(words), reason)


def _hidden_status(text: bytes) -> int | None:
    said = _read(text)
    if said is None or "id" in said or not {"message", "errors"} & said.keys():
        return None
    code = said.get("code")
    if isinstance(code, int):
        return code if 400 <= code < 600 else None
    return CONFLICT if "errors" in said or re.fullmatch(ITS_CODE, str(code)) else None


def _code_and_words(said: Mapping[str, object]) -> tuple[str, str]:
    """Its code and message, from wherever it writes them this time."""
    errors = said.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        said = errors[0]
    code, words = said.get("code", ""), said.get("message", said.get("error", ""))
    if isinstance(words, int) and isinstance(code, str):
        code, words = words, code
    return str(code), str(words)


def _spoken_reason(
    said: Mapping[str, object], words: str, nested: Mapping[str, object]
) -> RejectReason | None:
    """What it says without a code of its own."""
    if words.startswith("Products error"):
        return RejectReason.INELIGIBLE_PRODUCT
    detail = said.get("error_detail", nested.get("error_detail"))
    if isinstance(detail, dict) and "different warehouses" in words:
        return RejectReason.OTHER
    fields = list(_wrong_fields(said.get("errors"), "", DEEPEST_FORM))
    if fields or words.startswith("Validation Failed"):
        return _reason_of(fields)
    return None


def _reason_of(fields: list[str]) -> RejectReason:
    if fields and all(field.endswith(CONTACT) for field in fields):
        return RejectReason.INVALID_CONTACT_INFORMATION
    if any(field.startswith(("shippingAddress", "delivery")) for field in fields):
        return RejectReason.INCORRECT_ADDRESS
    if any(field.startswith("products") for field in fields):
        return RejectReason.INCORRECT_PRODUCT_INFO
    return RejectReason.OTHER


def _wrong_fields(form: object, path: str, depth: int) -> Iterator[str]:
    """The fields of a form that hold errors of their own."""
    if not isinstance(form, dict) or depth == 0:
        return
    if form.get("errors") and path:
        yield path
    children = form.get("children")
    for name, child in children.items() if isinstance(children, dict) else ():
        yield from _wrong_fields(child, f"{path}.{name}" if path else name, depth - 1)


def _read(text: bytes | str) -> dict[str, object] | None:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
