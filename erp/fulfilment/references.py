"""Our reference of a purchase order: what the supplier knows it by, for ever. Pure.

It follows from the channel and the channel's own id of the order, not from our row
numbers. If a store is restored from an old copy and its orders are taken in again, each
gets the reference it had, so that the supplier's own guard knows it for the same one.
"""

import hashlib
from base64 import b32encode

LENGTH = 12  # characters of base 32: a million orders share one with odds of 1 to 10^6


def purchase_reference(channel: str, external_id: str, number: int) -> str:
    """Such as `P7K3QM4XW2ABN-1`, for the order's purchase order of that number."""
    digest = hashlib.sha256(f"{channel}\0{external_id}".encode()).digest()
    return f"P{b32encode(digest).decode()[:LENGTH]}-{number}"
