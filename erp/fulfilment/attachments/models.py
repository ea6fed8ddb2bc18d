"""What is known of a file beside its bytes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel


class Attachment(SQLModel, table=True):
    """A file a supplier gave us; its bytes lie in the data folder by their hash."""

    __table_args__ = (
        UniqueConstraint("supplier_id", "purchase_order_id", "sha256"),
        CheckConstraint("size_bytes > 0", name="size_positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    supplier_id: int = Field(foreign_key="supplier.id", index=True)
    # None: it is not about one of them alone
    purchase_order_id: int | None = Field(
        default=None, foreign_key="purchase_order.id", index=True
    )
    sha256: str = Field(max_length=64)
    name: str = Field(max_length=200)  # as it was given, without its folder
    media_type: str = Field(max_length=80)  # by its bytes, whatever was said
    size_bytes: int
    attached_at: datetime
    attached_by: str
