"""Alembic's entry: `erp` hands in a connection; the command line makes its own."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.engine import Connection

from config.database import connect
from config.settings import load
from erp.migrations.tables import metadata


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Migrations outlive the code: plain SQLAlchemy types, no imports of ours."""
    if kind != "type":
        return False
    plain = {
        "AutoString": f"sa.String({getattr(item, 'length', None) or ''})",
        "UTCDateTime": "sa.DateTime(timezone=True)",
        "_StoredByValue": "sa.String(40)",
    }
    return plain.get(type(item).__name__) or False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    engine = connect(load().database_url)
    with engine.begin() as own:
        run(own)
    engine.dispose()
