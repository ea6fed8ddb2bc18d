"""Drafts in the sandbox's books: orders that are written down, and not yet placed."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from suppliers.sandbox.books import stamp
from suppliers.sandbox.messages import Ordered


@dataclass(frozen=True, slots=True)
class Draft:
    id: int
    reference: str
    ordered: Ordered
    created_at: datetime
    is_cancelled: bool
    purchase_id: int | None  # the order it became


def find(books: sqlite3.Connection, supplier: str, key: str) -> Draft | None:
    """The draft of this number, or under the reference after an `@`."""
    column, value = ("reference", key[1:]) if key.startswith("@") else ("id", key)
    row = books.execute(
        "SELECT id, reference, body, created_at, is_cancelled, purchase_id FROM draft"
        f" WHERE supplier = ? AND {column} = ?",
        (supplier, value),
    ).fetchone()
    if row is None:
        return None
    number, reference, body, created_at, is_cancelled, purchase_id = row
    return Draft(
        number,
        reference,
        Ordered.model_validate_json(body),
        datetime.fromisoformat(created_at),
        bool(is_cancelled),
        purchase_id,
    )


def save(
    books: sqlite3.Connection, supplier: str, ordered: Ordered, now: datetime
) -> None:
    books.execute(
        "INSERT INTO draft (supplier, reference, body, created_at) VALUES (?, ?, ?, ?)",
        (supplier, ordered.reference, ordered.model_dump_json(), stamp(now)),
    )


def place(books: sqlite3.Connection, draft: Draft, purchase_id: int) -> None:
    books.execute(
        "UPDATE draft SET purchase_id = ? WHERE id = ?", (purchase_id, draft.id)
    )


def cancel(books: sqlite3.Connection, draft: Draft) -> None:
    books.execute("UPDATE draft SET is_cancelled = 1 WHERE id = ?", (draft.id,))
