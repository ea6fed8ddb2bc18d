"""Files that suppliers give us: kept in the data folder under the hash of their bytes.

What a file is, is read from its bytes: neither its name nor what the sender says of it
is believed, since it is handed out again later.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

from sqlmodel import Session, col, select

from erp.fulfilment.attachments.models import Attachment
from erp.fulfilment.models import PurchaseOrder
from suppliers.models import Supplier

FOLDER = "attachments"
OURS_ALONE = 0o700
LONGEST_NAME = 200
MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SUFFIXES = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "text/csv": ".csv",
}


class UnfitFile(ValueError):
    """A file of a kind that we do not keep."""


def attach(
    session: Session,
    data: Path,
    content: bytes,
    now: datetime,
    *,
    name: str,
    supplier_id: int,
    purchase_order_id: int | None,
    by: str,
) -> Attachment:
    """Keep a file; the same one given twice is one.

    Its bytes are on disk before its row is: a row never names a file that is not there.
    Raises UnfitFile for anything but a PDF, a PNG, JPEG or WebP image, or a CSV file.
    """
    media_type = media_type_of(content)
    digest = hashlib.sha256(content).hexdigest()
    known = _known(session, supplier_id, purchase_order_id, digest)
    _store(path_of(data, digest), content)
    if known is not None:
        return known
    row = Attachment(
        supplier_id=supplier_id,
        purchase_order_id=purchase_order_id,
        sha256=digest,
        name=plain_name(name, media_type),
        media_type=media_type,
        size_bytes=len(content),
        attached_at=now,
        attached_by=by,
    )
    session.add(row)
    session.flush()
    return row


def attachments_of(session: Session, purchase_order_id: int) -> Sequence[Attachment]:
    """The files of a purchase order, oldest first."""
    query = select(Attachment).where(
        col(Attachment.purchase_order_id) == purchase_order_id
    )
    return session.exec(query.order_by(col(Attachment.id))).all()


def attachments_to(
    session: Session, supplier_code: str, references: Collection[str]
) -> Sequence[Attachment]:
    """What a supplier gave to these purchase orders, by our reference; newest first."""
    query = (
        select(Attachment)
        .join(PurchaseOrder, col(PurchaseOrder.id) == col(Attachment.purchase_order_id))
        .join(Supplier, col(Supplier.id) == col(Attachment.supplier_id))
        .where(
            col(Supplier.code) == supplier_code,
            col(PurchaseOrder.reference).in_(references),
        )
    )
    return session.exec(query.order_by(col(Attachment.id).desc())).all()


def path_of(data: Path, sha256: str) -> Path:
    """Where a file's bytes lie."""
    return data / FOLDER / sha256[:2] / sha256


def media_type_of(content: bytes) -> str:
    """What the bytes are. Raises UnfitFile for a kind that we do not keep."""
    for magic, media_type in MAGIC:
        if content.startswith(magic):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if _is_table(content):
        return "text/csv"
    raise UnfitFile("neither a PDF, an image nor a CSV file")


def plain_name(name: str, media_type: str) -> str:
    """The file's own name, without folders and odd characters, ending as it should."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(each for each in last if each.isprintable() and each not in '"<>|?*')
    suffix = SUFFIXES[media_type]
    stem = PurePosixPath(kept.strip(" .")).stem or "file"
    return stem[: LONGEST_NAME - len(suffix)] + suffix


def _is_table(content: bytes) -> bool:
    """Text in lines with separators, in an encoding of ASCII's family."""
    first = content.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    is_markup = first.startswith(b"<")  # a browser might take it for a page
    has_cells = any(mark in first for mark in (b",", b";", b"\t"))
    return has_cells and not is_markup and not NOT_TEXT.search(content)


def _known(
    session: Session, supplier_id: int, purchase_order_id: int | None, digest: str
) -> Attachment | None:
    query = select(Attachment).where(
        col(Attachment.supplier_id) == supplier_id,
        col(Attachment.purchase_order_id) == purchase_order_id,
        col(Attachment.sha256) == digest,
    )
    return session.exec(query).first()


def _store(path: Path, content: bytes) -> None:
    """The whole file or none, however we end."""
    if path.exists():
        return
    path.parent.mkdir(mode=OURS_ALONE, parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{secrets.token_hex(4)}.half")
    with half.open("wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    half.replace(path)
