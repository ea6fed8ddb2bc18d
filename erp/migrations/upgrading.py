"""Brings a database to the newest schema; nothing happens if it is there already."""

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine

VERSIONS = Path(__file__).parent / "versions"


def upgrade(engine: Engine) -> None:
    """Apply the migrations that are missing; two at once do it in turn."""
    if current_revision(engine) == newest_revision():
        return
    with engine.begin() as connection:
        upgrade_within(connection)


def upgrade_within(connection: Connection) -> None:
    """The same in a transaction of somebody else's."""
    # Alembic is a tenth of every start, and nearly none has anything to apply.
    from erp.migrations.applying import apply  # noqa: PLC0415  (see above)

    apply(connection)


def current_revision(engine: Engine) -> str | None:
    """The revision a database stands at; None if it has no schema yet."""
    with engine.execution_options(erp_begin="BEGIN").connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        asked = connection.execute(text("SELECT version_num FROM alembic_version"))
        found: str | None = asked.scalar()
        return found


def newest_revision() -> str:
    """Revisions count up, and each file's name begins with its own."""
    return max(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))
