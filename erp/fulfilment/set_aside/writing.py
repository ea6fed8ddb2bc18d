"""A report as it is kept: whatever it holds, and whole."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from suppliers.contract import PurchaseReport

_REPORT = TypeAdapter(PurchaseReport)


def written(report: PurchaseReport) -> str:
    """As JSON in plain ASCII, the same for the same report."""
    return json.dumps(asdict(report), default=datetime.isoformat, sort_keys=True)


def legible(kept: dict[str, Any]) -> str:
    """Its words as they were told, without what it says nothing of.

    Half a character is none, and no page could show it.
    """
    told = {name: said for name, said in kept.items() if said}
    words = json.dumps(told, ensure_ascii=False, indent=1)
    return words.encode("utf-8", "replace").decode("utf-8")


def read(kept: dict[str, Any]) -> PurchaseReport:
    """The report again. Raises ValueError for what we could not take in any more."""
    return _REPORT.validate_python(kept)
