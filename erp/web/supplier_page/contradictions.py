"""Why an answer cannot stand beside what was said before, in the reader's language."""

import re

from erp.fulfilment.answering.contradictions import Contradiction
from erp.web.frame.words import N_, _

SHAPES = (
    (
        "it was accepted in part: .*",
        N_(
            "Nothing was changed: you accepted only a part of it, and the rest is "
            "bought elsewhere."
        ),
    ),
    (
        "nothing of it is accepted: .*",
        N_("Nothing of it would come. If so, reject it and say why."),
    ),
    (
        r"(?P<sku>.+): (?P<count>\d+) at most, not \d+",
        N_("Nothing was changed: of %(sku)s you can accept %(count)s at most."),
    ),
    (
        r"(?P<sku>.+): (?P<count>\d+) are in parcels already, not \d+",
        N_("Nothing was changed: %(count)s of %(sku)s are in parcels already."),
    ),
    (
        "some of it was shipped: .*",
        N_(
            "Nothing was changed: some of it is on its way. Say which units will not "
            "come instead."
        ),
    ),
    (
        "a new parcel: say what is in it",
        N_("Say how many units are in the parcel."),
    ),
    (
        r"(?P<sku>.+): (?P<count>\d+) are left to be shipped, not \d+",
        N_("Nothing was changed: of %(sku)s only %(count)s are left to be shipped."),
    ),
    (
        r"(?P<sku>.+): this parcel holds (?P<count>\d+), as told before",
        N_(
            "Nothing was changed: you told us before that this parcel holds "
            "%(count)s of %(sku)s."
        ),
    ),
    (
        "it was (rejected|cancelled): it cannot go on",
        N_("Nothing was changed: it had ended before, and cannot go on."),
    ),
    (
        "nobody asks to cancel it",
        N_("Nothing was changed: we do not ask to cancel it."),
    ),
    (
        "it was (rejected|cancelled): what it asked for is free again",
        N_("Nothing was changed: it had ended before. Please do not ship it."),
    ),
    (
        "we ask to cancel it: answer that first",
        N_("Nothing was changed: we ask you to cancel it. Please answer that first."),
    ),
)
SHAPED = tuple((re.compile(shape), words) for shape, words in SHAPES)
OTHERWISE = N_("Nothing was changed: this does not fit what was said before.")


def in_words(contradiction: Contradiction) -> str:
    """For the supplier, who can act on it."""
    for shape, words in SHAPED:
        if found := shape.fullmatch(str(contradiction)):
            facts = {k: v for k, v in found.groupdict().items() if v is not None}
            return _(words, **facts)
    return _(OTHERWISE)
