"""Our mails to a supplier: text, HTML, and the order as a CSV file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from pathlib import Path

from config.mailing import mail_templates
from config.money import to_text
from suppliers.contract import PurchaseRequest, Recipient
from suppliers.dialects.csvfeed.rows.orders import purchase_orders_file
from suppliers.dialects.email.numbering import CANCEL, ORDERS_HEADER, Numbering
from suppliers.dialects.email.options import Options
from suppliers.dialects.email.wording import MARK, WORDS

TEMPLATES = Path(__file__).parent / "templates"


class _Names(UnstructuredHeader, BaseHeader):
    """Message-IDs, one to a line: the library would write long ones in a code of its
    own, in which no other mail is known by them."""

    def fold(self, *, policy: Policy) -> str:
        names = f"{policy.linesep} ".join(str(self).split())
        return f"{self.name}: {names}{policy.linesep}"


_HEADERS = HeaderRegistry()
for _name in ("Message-ID", "In-Reply-To", "References", ORDERS_HEADER):
    _HEADERS.map_to_type(_name, _Names)
# Seven bits get through every server.
POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who writes to whom."""

    store: str
    sender: str  # an address, with or without a name
    numbering: Numbering
    options: Options


def order_mail(desk: Desk, request: PurchaseRequest, now: datetime) -> EmailMessage:
    """Raises ValueError if the order cannot be written as its file is declared."""
    words = WORDS[desk.options.language]
    title = words.order.format(reference=request.reference, store=desk.store)
    message = _mail(desk, title, desk.numbering.of(request.reference), now)
    _fill(message, desk, "order", title, **_facts(desk, request))
    _attach(message, desk, [request], _file_name(request.reference))
    return message


def batch_mail(
    desk: Desk, requests: Sequence[PurchaseRequest], now: datetime
) -> EmailMessage:
    """Many orders in one mail and one file; raises as `order_mail` does."""
    words, numbering = WORDS[desk.options.language], desk.numbering
    title = words.batch.format(count=len(requests), store=desk.store)
    name = numbering.of_batch(each.reference for each in requests)
    message = _mail(desk, title, name, now)
    every = " ".join(numbering.of(each.reference) for each in requests)
    message[ORDERS_HEADER] = every
    _fill(
        message, desk, "batch", title, orders=[_facts(desk, each) for each in requests]
    )
    _attach(message, desk, requests, f"orders-{now:%Y-%m-%d-%H%M}")
    return message


def cancel_mail(desk: Desk, reference: str, now: datetime) -> EmailMessage:
    """In the thread of the order itself."""
    words = WORDS[desk.options.language]
    title = words.cancel.format(reference=reference, store=desk.store)
    message = _mail(desk, title, desk.numbering.of(reference, CANCEL), now)
    for header in ("In-Reply-To", "References"):
        message[header] = desk.numbering.of(reference)
    _fill(message, desk, "cancel", title)
    message["Content-Language"] = desk.options.language
    return message


def _mail(desk: Desk, title: str, message_id: str, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["From"] = desk.sender
    message["To"] = ", ".join(desk.options.to)
    if desk.options.reply_to:
        message["Reply-To"] = desk.options.reply_to
    message["Subject"] = " ".join(title.split())  # a line break would begin a header
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # no holiday replies, please
    return message


def _facts(desk: Desk, request: PurchaseRequest) -> dict[str, object]:
    """What is shown of an order."""
    rows = [
        {
            "supplier_sku": item.supplier_sku,
            "quantity": item.quantity,
            "unit_cost": to_text(item.unit_cost_cents, request.currency),
        }
        for item in request.items
    ]
    phone = WORDS[desk.options.language].phone
    address = list(_address(request.recipient, phone))
    return {"request": request, "rows": rows, "address": address}


def _attach(
    message: EmailMessage, desk: Desk, requests: Sequence[PurchaseRequest], name: str
) -> None:
    declared = desk.options.csv
    message.add_attachment(
        purchase_orders_file(declared, requests),
        maintype="text",
        subtype="csv",
        params={"charset": declared.encoding.removesuffix("-sig")},
        filename=f"{name}.csv",
    )
    message["Content-Language"] = desk.options.language  # of the whole, so at its end


def _fill(
    message: EmailMessage, desk: Desk, template: str, title: str, **facts: object
) -> None:
    facts |= {
        "title": title,
        "store": desk.store,
        "words": WORDS[desk.options.language],
        "language": desk.options.language,
        "mark": MARK,
        "is_read": desk.options.mailbox is not None,
    }
    templates = mail_templates(TEMPLATES)
    message.set_content(templates.get_template(f"{template}.txt").render(facts))
    html = templates.get_template(f"{template}.html").render(facts)
    message.add_alternative(html, subtype="html")


def _address(recipient: Recipient, phone: str) -> Iterator[str]:
    """As it stands on a label, without empty lines."""
    town = f"{recipient.postal_code} {recipient.city}".strip()
    lines = (recipient.name, recipient.company, recipient.address1, recipient.address2)
    yield from (each for each in (*lines, town, recipient.province) if each)
    yield recipient.country
    if recipient.phone:
        yield f"{phone}: {recipient.phone}"


def _file_name(reference: str) -> str:
    kept = "".join(each if each.isalnum() else "-" for each in reference)
    return kept[:64] or "order"
