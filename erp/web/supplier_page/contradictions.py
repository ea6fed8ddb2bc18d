"""Why an answer cannot stand beside what was said before, in the reader's language.

The supplier is told so itself; an operator, who enters what it said, is told of it.
"""

import re
from typing import NamedTuple

from erp.fulfilment.answering.contradictions import Contradiction
from erp.web.frame.words import N_, _


class Told(NamedTuple):
    """A shape of contradiction in words."""

    shape: str
    to_supplier: str
    about_it: str = ""  # to somebody else, where that is another sentence


SHAPES = (
    Told(
        "it was accepted in part: .*",
        N_(
            "Nothing was changed: you accepted only a part of it, and the rest is "
            "bought elsewhere."
        ),
        N_(
            "Nothing was changed: the supplier accepted only a part of it before, and "
            "the rest is bought elsewhere."
        ),
    ),
    Told(
        "nothing of it is accepted: .*",
        N_("Nothing of it would come. If so, reject it and say why."),
    ),
    Told(
        r"(?P<sku>.+): (?P<count>\d+) at most, not \d+",
        N_("Nothing was changed: of %(sku)s you can accept %(count)s at most."),
        N_(
            "Nothing was changed: of %(sku)s the supplier can accept %(count)s at most."
        ),
    ),
    Told(
        r"(?P<sku>.+): (?P<count>\d+) are in parcels already, not \d+",
        N_("Nothing was changed: %(count)s of %(sku)s are in parcels already."),
    ),
    Told(
        "some of it was shipped: .*",
        N_(
            "Nothing was changed: some of it is on its way. Say which units will not "
            "come instead."
        ),
    ),
    Told(
        "a new parcel: say what is in it",
        N_("Say how many units are in the parcel."),
    ),
    Told(
        r"(?P<sku>.+): (?P<count>\d+) are left to be shipped, not \d+",
        N_("Nothing was changed: of %(sku)s only %(count)s are left to be shipped."),
    ),
    Told(
        r"(?P<sku>.+): this parcel holds (?P<count>\d+), as told before",
        N_(
            "Nothing was changed: you told us before that this parcel holds "
            "%(count)s of %(sku)s."
        ),
        N_(
            "Nothing was changed: the supplier said before that this parcel holds "
            "%(count)s of %(sku)s."
        ),
    ),
    Told(
        "it was (rejected|cancelled): it cannot go on",
        N_("Nothing was changed: it had ended before, and cannot go on."),
    ),
    Told(
        "nobody asks to cancel it",
        N_("Nothing was changed: we do not ask to cancel it."),
    ),
    Told(
        "it was (rejected|cancelled): what it asked for is free again",
        N_("Nothing was changed: it had ended before. Please do not ship it."),
        N_(
            "Nothing was changed: it had ended before. If a parcel is on its way all "
            "the same, enter the parcel."
        ),
    ),
    Told(
        "we ask to cancel it: answer that first",
        N_("Nothing was changed: we ask you to cancel it. Please answer that first."),
        N_(
            "Nothing was changed: the supplier is asked to cancel it. Enter its answer "
            "to that first."
        ),
    ),
)
SHAPED = tuple((re.compile(each.shape), each) for each in SHAPES)
OTHERWISE = N_("Nothing was changed: this does not fit what was said before.")


def in_words(contradiction: Contradiction) -> str:
    """For the supplier, who can act on it."""
    told, facts = _told(contradiction)
    return _(told.to_supplier, **facts)


def in_words_about(contradiction: Contradiction) -> str:
    """For the operator, who enters what the supplier said."""
    told, facts = _told(contradiction)
    return _(told.about_it or told.to_supplier, **facts)


def _told(contradiction: Contradiction) -> tuple[Told, dict[str, str]]:
    for shape, told in SHAPED:
        if found := shape.fullmatch(str(contradiction)):
            return told, {k: v for k, v in found.groupdict().items() if v is not None}
    return Told("", OTHERWISE), {}
