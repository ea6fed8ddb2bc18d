"""What a dialect's model says against typed options, beside the field it is about."""

import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from erp.web.frame.words import N_, _
from erp.web.pages.suppliers.setup.shape import Group, Leaf, Node

FILLED = {
    "nothing fills": N_("Nothing fills %(what)s."),
    "this is no JMESPath expression:": N_("This is no JMESPath expression: %(what)s"),
    "an encoding is one of:": N_("An encoding is one of: %(what)s"),
    "the columns lack": N_("The columns lack: %(what)s"),
    "it is no regular expression:": N_("This is no regular expression: %(what)s"),
    "groups are called:": N_("Groups are called: %(what)s"),
}
SAID = {
    "write a JMESPath expression": N_("Write a JMESPath expression."),
    "this header is written by us": N_("This header is written by us."),
    "what follows a ? belongs into query": N_("What follows a ? belongs below."),
    "it must hold {signature}": N_("It must hold {signature}."),
    "say in timestamp_header where the signed moment is sent": N_(
        "Say in which header the signed moment is sent."
    ),
    "there is no such time zone: write it like Europe/Madrid": N_(
        "There is no such time zone."
    ),
    "say one of order, id and location: where its answer is": N_(
        "Say one of the three: where the order, its number or its address stands."
    ),
    "an order has no {id} before it is placed": N_(
        "An order has no {id} before it is placed."
    ),
    "say either order or orders: where its answer is": N_(
        "Say either where the order stands or where the list of orders stands."
    ),
    "say in absent how it tells that there is no such order": N_(
        "Say how it tells that there is no such order."
    ),
    "only a list of orders has pages": N_("Only a list of orders has pages."),
    "an order is looked up by our {reference}, not by its {id}": N_(
        "An order is looked up by our {reference}, not by its {id}."
    ),
    "say in since from where on changes are asked for": N_(
        "Say from where on changes are asked for."
    ),
    "changes are not asked for by one order": N_(
        "Changes are not asked for by one order."
    ),
    "stock is not asked for by one order": N_("Stock is not asked for by one order."),
    "say in currency what the unit_cost is counted in": N_(
        "Say where the currency of the cost stands."
    ),
    "say order if, and only if, it answers with the order": N_(
        "Say where the order stands if, and only if, it answers with the order."
    ),
    "say by which status or codes a conflict is told": N_(
        "Say by which status or codes a conflict is told."
    ),
    "only unique_ref_conflict tells of a conflict": N_(
        "Only one that refuses a second order tells of a conflict."
    ),
    "a status that may be a success needs codes besides": N_(
        "A status that may be a success needs codes besides."
    ),
    "changes needs the call changes": N_("This needs the list of changes below."),
    "each needs the call look_up": N_("This needs the look-up below."),
    "native_key needs idempotency_header or {reference}": N_(
        "This needs the header of the key, or {reference} in the order."
    ),
    "lookup_by_ref needs the call look_up": N_("This needs the look-up below."),
    "list_scan needs the call look_up": N_("This needs the look-up below."),
    "none has no look_up: say lookup_by_ref or list_scan": N_(
        "With a look-up, say that it can be asked, or that its list is read."
    ),
    "lookup_by_ref needs {reference} in look_up: "
    "a list that is not asked by {reference} is list_scan": N_(
        "This needs {reference} in the look-up: without it, say that its list is read."
    ),
    "lookup_by_ref has no paging: a list that has pages is list_scan": N_(
        "The look-up has pages: say that its list is read."
    ),
    "codes are read where failure says": N_("Codes need the part on failures below."),
    "say order or id, or how to look_up the first order": N_(
        "Say where the first order or its number stands, or how it is looked up."
    ),
    "this needs the call look_up": N_("This needs the look-up."),
    "settled codes are read where failure says": N_(
        "Codes need the part on failures below."
    ),
    "without a header, the separator must be declared": N_(
        "Without a header, the separator must be chosen."
    ),
    "the format must name a year, a month and a day": N_(
        "The format must name a year, a month and a day."
    ),
    "a cancellation is told by the column of the action": N_(
        "A cancellation is told by the column of the action."
    ),
    "a group must be called tracking": N_("A group must be called tracking."),
    "the groups sku and quantity come together or not at all": N_(
        "The groups sku and quantity come together or not at all."
    ),
    "times are written like 09:00 15:30": N_("Times are written like 09:00 15:30."),
    "patterns need a mailbox in which replies arrive": N_(
        "Patterns need a mailbox in which replies arrive."
    ),
    # what is wrong with a value in an answer
    "is no JSON": N_("This is no JSON."),
    "is no list": N_("This is no list."),
    "is no text": N_("This is no text."),
    "is no word": N_("This is no word."),
    "is no count": N_("This is no count."),
    "is no amount": N_("This is no amount."),
    "has no currency": N_("It has no currency."),
    "is no amount with the decimals of its currency": N_(
        "This is no amount with the decimals of its currency."
    ),
    "is no currency code": N_("This is no currency code."),
    "is not there": N_("Nothing stands there."),
    "nothing stands there": N_("Nothing stands there."),
    "says a word that the map does not have": N_("This word is in no line of the map."),
    "is no ISO moment": N_("This is no ISO moment."),
    "has no offset, and no time zone is declared": N_(
        "It has no offset, and no time zone is chosen."
    ),
    "is no number of seconds": N_("This is no number of seconds."),
    "is neither true nor false": N_("This is neither true nor false."),
    "no order is read from its answer": N_("No order is read from this answer."),
    "this call is not declared": N_("This call is not set up."),
}


def mistakes(model: type[BaseModel], group: Group, options: object) -> dict[str, str]:
    """What is wrong, by the path of the field or group; nothing if they fit."""
    try:
        model.model_validate(options)
    except ValidationError as error:
        found: dict[str, str] = {}
        for each in error.errors(include_url=False, include_input=False):
            path, words = _placed(group, each)
            found.setdefault(path, words)
        return found
    return {}


def said(words: str) -> str:
    """Words of a dialect in the reader's language, as far as they are known."""
    if words in SAID:
        return _(SAID[words])
    for beginning, form in FILLED.items():
        if words.startswith(beginning):
            return _(form, what=words.removeprefix(beginning).strip())
    return words


def _placed(group: Group, wrong: ErrorDetails) -> tuple[str, str]:
    node, rest = _found(group, wrong["loc"])
    words = wrong["msg"].removeprefix("Value error, ")
    named = re.match(r"(\w+): ", words)
    if isinstance(node, Group) and named:
        child = _child(node.parts, named[1])
        if child is not None:
            return child.path, said(words[named.end() :])
    text = _words(wrong, words)
    if isinstance(node, Group) and node.variants and "union_tag" in wrong["type"]:
        return node.choice_path, text
    return node.path, f"{'.'.join(rest)}: {text}" if rest else text


def _found(group: Group, steps: Sequence[int | str]) -> tuple[Node, list[str]]:
    """The field that a path of pydantic's leads to, and what of it is left over."""
    here: Node = group
    for number, step in enumerate(steps):
        if isinstance(here, Leaf):
            return here, [str(each) for each in steps[number:] if each != "[key]"]
        if step in here.variants:
            here = Group(here.path, here.variants[str(step)])
            continue
        child = _child(here.parts, str(step))
        if child is None:
            return here, []
        here = child
    return here, []


def _child(parts: Sequence[Node], name: str) -> Node | None:
    return next((each for each in parts if each.path.rpartition(".")[2] == name), None)


def _words(wrong: ErrorDetails, words: str) -> str:
    context: Mapping[str, object] = wrong.get("ctx", {})
    match wrong["type"]:
        case "missing" | "too_short" | "string_too_short":
            return _("This is needed.")
        case "string_pattern_mismatch":
            return _("It is not written as it must be.")
        case "string_too_long":
            most = context.get("max_length", "")
            return _("At most %(count)s letters.", count=most)
        case "int_parsing" | "int_type" | "int_from_float":
            return _("A whole number.")
        case "greater_than_equal":
            return _("At least %(number)s.", number=context.get("ge", ""))
        case "less_than_equal":
            return _("At most %(number)s.", number=context.get("le", ""))
        case "literal_error" | "enum" | "union_tag_invalid":
            known = context.get("expected", context.get("expected_tags", ""))
            return _("One of: %(known)s", known=known)
    return said(words)
