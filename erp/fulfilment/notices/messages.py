"""What a notice says: that something happened, and where to read it. Pure.

Thin on purpose: whoever reads on needs a token, so that no address of a customer ever
goes to a URL that somebody mistyped.
"""

import json
from datetime import UTC, datetime
from urllib.parse import quote


def body_of(kind: str, occurred_at: datetime, reference: str, base_url: str) -> bytes:
    """The message; without a reference it is about no purchase order."""
    moment = occurred_at.astimezone(UTC).isoformat(timespec="milliseconds")
    data = {"reference": reference, "url": _url(base_url, reference)}
    said = {
        "type": kind,
        "timestamp": moment.replace("+00:00", "Z"),
        "data": data if reference else {},
    }
    return json.dumps(said, separators=(",", ":")).encode()


def _url(base_url: str, reference: str) -> str:
    path = f"/supplier/v1/purchase-orders/{quote(reference, safe='')}"
    return base_url.rstrip("/") + path
