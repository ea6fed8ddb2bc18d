"""Our mails to a supplier: text, HTML, and the order as a CSV file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.money import to_text
from suppliers.contract import PurchaseRequest, Recipient
from suppliers.dialects.csvfeed.rows.orders import purchase_orders_file
from suppliers.dialects.email.numbering import CANCEL, Numbering
from suppliers.dialects.email.options import Options
from suppliers.dialects.email.wording import MARK, WORDS

# Seven bits get through every server; a line is never too long.
POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Desk:
    """Who writes to whom."""

    store: str
    sender: str  # an address, with or without a name
    numbering: Numbering
    options: Options


def order_mail(desk: Desk, request: PurchaseRequest, now: datetime) -> EmailMessage:
    """Raises ValueError if the order cannot be written as its file is declared."""
    options, words = desk.options, WORDS[desk.options.language]
    title = words.order.format(reference=request.reference, store=desk.store)
    message = _mail(desk, title, desk.numbering.of(request.reference), now)
    items = [
        {
            "supplier_sku": item.supplier_sku,
            "quantity": item.quantity,
            "unit_cost": to_text(item.unit_cost_cents, request.currency),
        }
        for item in request.items
    ]
    address = list(_address(request.recipient, words.phone))
    is_read = options.mailbox is not None
    facts = {"request": request, "items": items, "address": address}
    _fill(message, desk, "order", title, **facts, is_read=is_read)
    message.add_attachment(
        purchase_orders_file(options.csv, [request]),
        maintype="text",
        subtype="csv",
        params={"charset": options.csv.encoding.removesuffix("-sig")},
        filename=f"{_file_name(request.reference)}.csv",
    )
    message["Content-Language"] = options.language  # of the whole, so at its end
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


def _fill(
    message: EmailMessage, desk: Desk, template: str, title: str, **facts: object
) -> None:
    facts |= {
        "title": title,
        "store": desk.store,
        "words": WORDS[desk.options.language],
        "language": desk.options.language,
        "mark": MARK,
    }
    message.set_content(_templates().get_template(f"{template}.txt").render(facts))
    html = _templates().get_template(f"{template}.html").render(facts)
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


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
