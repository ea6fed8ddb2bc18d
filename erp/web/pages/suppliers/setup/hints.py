"""A word of help beside a field, and what the choices of a field are called."""

from config.languages import LANGUAGES
from erp.web.frame.words import N_, _
from erp.web.pages.suppliers.setup.shape import Control, Leaf
from erp.web.pages.suppliers.setup.titles import known

HINTS = {
    "headers": N_("Name = value, one on each line. Never a credential."),
    "idempotency_header": N_("It takes a second order with the same key as the first."),
    "auth.prefix": N_("Such as Token, with the space after it."),
    "auth.message": N_(
        "It may hold {method}, {path}, {query}, {path_query}, {timestamp} and {body}."
    ),
    "auth.value": N_("It must hold {signature}; {timestamp} may stand in it."),
    "submit.body": N_(
        "{reference}, {order_name}, {currency}, {recipient.name} and the like are "
        'filled; {"$items": …} is repeated for each item with {sku}, {quantity} and '
        "{unit_cost}; a name that ends in ? is left out where it is empty."
    ),
    "body": N_("Empty: nothing is sent. {reference} and {id} are filled."),
    "path": N_("Below the address; {reference} is our number, {id} the supplier's."),
    "changes.path": N_("Below the address."),
    "stock.path": N_("Below the address."),
    "query": N_("Name = value, one on each line."),
    "submit.order": N_("@ if the answer is the order itself."),
    "location": N_("Such as /orders/{id}, if the number stands only there."),
    "look_up.order": N_("For an answer with one order; @ if it is the order itself."),
    "look_up.orders": N_("For an answer with a list in which ours is looked for."),
    "absent.when": N_(
        "True of the one answer that means it; whatever else is said proves nothing."
    ),
    "absent.reference": N_("Makes sure that the answer speaks of our order."),
    "more": N_("True or false; without it a full page means that more waits."),
    "since.value": N_("It grows with every change, such as a revision or a moment."),
    "zone": N_("Such as Europe/Madrid, where no offset is written."),
    "form": N_("Such as %d/%m/%Y %H:%M:%S"),
    "settled": N_("One on each line: too late to cancel, or cancelled before."),
    "retryable": N_("One on each line: surely nothing was placed."),
    "duplicates.codes": N_("One on each line."),
    "statuses": N_("Theirs = ours, one on each line."),
    "reasons": N_("Theirs = ours, one on each line; * stands for any other."),
    "kinds": N_("Theirs = ours, one on each line; nothing after = means no scan."),
    "failure.when": N_("Such as ok == `false`, for a no that comes as a success."),
    "stock.place": N_("A path below the address, or a whole address."),
    "shipments.place": N_("A path below the address, or a whole address."),
    "encoding": N_("Such as utf-8 or windows-1252; auto where the file tells it."),
    "csvfeed.stock.moments": N_("Such as %d/%m/%Y; empty: ISO 8601."),
    "csvfeed.shipments.moments": N_("Such as %d/%m/%Y; empty: ISO 8601."),
    "time_zone": N_("Such as Europe/Madrid, where no offset is written."),
    "quantity_words": N_("Such as: in stock = 5, one on each line."),
    "orders.columns": N_("Their header => our field, one on each line."),
    "csv.columns": N_("Their header => our field, one on each line."),
    "files_stay": N_("So that an order can be looked for before it is sent again."),
    "csvfeed.stock.currency": N_("Where no column tells it, such as EUR."),
    "store_id": N_("Only if the token is that of a whole account."),
    "shipping": N_("Empty: its standard."),
    "most_over_cents": N_(
        "A draft that costs more than this above our reckoning is taken back; empty: "
        "any price is confirmed."
    ),
    "bigbuy.email": N_("It wants one with every order; never the customer's."),
    "phone": N_("For customers who gave none."),
    "carriers": N_("Their names there, one on each line; none: any."),
    "taxonomies": N_("Their numbers, one on each line; none: all."),
    "to": N_("One address on each line."),
    "senders": N_("One on each line; none: those that mail goes to."),
    "batch_at": N_("Such as 09:00 15:30; empty: at once."),
    "sent_folder": N_("If the server keeps copies of what we send there."),
    "email.tracking": N_(
        "A regular expression with a group called tracking => carrier, one on each "
        "line."
    ),
    "email.answers": N_(
        "A regular expression => accepted, rejected or cancelled => reason."
    ),
}
PLACE = N_("Where it stands in the answer, as a JMESPath expression.")

CHOICES = {
    "auth.kind": {
        "bearer": N_("Bearer token"),
        "header": N_("Key in a header"),
        "basic": N_("User name and password"),
        "query": N_("Key in the address"),
        "hmac": N_("Signature (HMAC-SHA-256)"),
    },
    "follows": {
        "changes": N_("It lists what changed"),
        "each": N_("Each open order is looked up"),
        "told": N_("It tells us by itself"),
    },
    "duplicates.how": {
        "native_key": N_("It knows our key, and answers as it did the first time"),
        "unique_ref_conflict": N_("It refuses a second order with our reference"),
        "lookup_by_ref": N_("Nothing, but it can be asked for our reference"),
        "list_scan": N_("Nothing, but its list can be read"),
        "none": N_("Nothing: after a lost answer, a human decides"),
    },
    "moments.kind": {
        "iso": N_("ISO 8601"),
        "epoch_seconds": N_("Seconds since 1970"),
        "epoch_milliseconds": N_("Milliseconds since 1970"),
        "format": N_("In a form of its own"),
    },
    "auth.timestamp": {
        "iso": N_("ISO 8601"),
        "epoch_seconds": N_("Seconds since 1970"),
        "epoch_milliseconds": N_("Milliseconds since 1970"),
    },
    "paging.kind": {
        "": N_("It has one page"),
        "page": N_("By page number"),
        "offset": N_("By how many came before"),
        "cursor": N_("By a cursor in the answer"),
        "link": N_("By the header Link"),
    },
    "money": {"cents": N_("In cents"), "decimal": N_("With decimals")},
    "cancel.answers": {
        "order": N_("It answers with the order"),
        "look_up": N_("The order is looked up afterwards"),
        "later": N_("It answers in its own time"),
    },
    "auth.way": {
        "none": N_("Not at all"),
        "basic": N_("User name and password"),
        "bearer": N_("Bearer token"),
        "query": N_("Key in the address"),
    },
    "orders.way": {
        "pickup": N_("It fetches one file of all open orders"),
        "upload": N_("We put one file for each order on its server"),
    },
    "separator": {
        "auto": N_("By the first line"),
        "comma": N_("Comma"),
        "semicolon": N_("Semicolon"),
        "tab": N_("Tab"),
        "pipe": N_("Vertical line"),
    },
    "decimal": {"point": N_("Point"), "comma": N_("Comma")},
    "shipped_means": {
        "picked_up": N_("The carrier has it"),
        "label_created": N_("It has a label, no more"),
    },
    "payment": {
        "moneybox": N_("Money box"),
        "paypal": N_("PayPal"),
        "bankwire": N_("Bank transfer"),
    },
    "language": LANGUAGES,
}


def hint(leaf: Leaf) -> str:
    """A word of help; every place in an answer has one."""
    words = known(HINTS, leaf.path)
    place = _(PLACE) if leaf.control is Control.PLACE else ""
    return " ".join(each for each in (_(words) if words else "", place) if each)


def choice(path: str, value: str) -> str:
    """What a choice is called; codes and methods go by their own name."""
    words = (known(CHOICES, path) or {}).get(value, "")
    return _(words) if words else value


def named(leaf: Leaf) -> list[tuple[str, str]]:
    """The choices of a field; nothing is one where nothing need be said."""
    first = [] if leaf.default or leaf.is_needed else [("", "—")]
    return first + [(value, choice(leaf.path, value)) for value in leaf.choices]
