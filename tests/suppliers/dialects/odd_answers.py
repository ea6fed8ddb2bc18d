"""A good answer with one thing in it gone wrong, in every way and every place."""

from collections.abc import Iterator
from typing import Any

ODD = (None, True, -1, 1.5, 10**30, "", "x", "1e9", "\x00", "\ud800", [], {}, [None])


def gone_wrong(good: Any) -> Iterator[Any]:
    yield from ODD
    if isinstance(good, dict):
        for name, value in good.items():
            yield {other: good[other] for other in good if other != name}
            yield from (good | {name: wrong} for wrong in gone_wrong(value))
    if isinstance(good, list):
        for position, value in enumerate(good):
            for wrong in gone_wrong(value):
                yield [*good[:position], wrong, *good[position + 1 :]]
