"""The migrations make the tables the models describe, and lose nothing."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from config.database import Sessions, connect
from erp.migrations.applying import alembic_config
from erp.migrations.tables import metadata
from erp.migrations.upgrading import newest_revision, upgrade
from erp.orders.models import Order
from tests.factories import make_order


def revisions() -> list[str]:
    """Oldest first."""
    found = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return [script.revision for script in found][::-1]


def test_upgrading_from_nothing_makes_what_the_models_describe(
    database_url: str,
) -> None:
    engine = connect(database_url)
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        drift = compare_metadata(context, metadata)
    engine.dispose()
    assert drift == []


def test_every_check_and_partial_index_of_the_models_is_in_the_database(
    database_url: str,
) -> None:
    made, described = connect(database_url), connect("sqlite://")
    upgrade(made)
    metadata.create_all(described)
    wanted, found = inspect(described), inspect(made)
    for table in metadata.tables:
        checks = {check["name"] for check in wanted.get_check_constraints(table)}
        assert checks == {c["name"] for c in found.get_check_constraints(table)}
        indexes = {index["name"] for index in wanted.get_indexes(table)}
        assert indexes <= {index["name"] for index in found.get_indexes(table)}
    made.dispose()
    described.dispose()


def test_the_newest_revision_is_told_from_the_file_names_alone() -> None:
    assert newest_revision() == revisions()[-1]


def test_an_upgrade_keeps_what_was_stored(database_url: str) -> None:
    engine = connect(database_url)
    upgrade(engine)
    with Sessions(engine).writing() as session:
        name = make_order(session).name
    upgrade(engine)
    with Sessions(engine).reading() as session:
        kept = session.connection().execute(text("SELECT name FROM customer_order"))
        assert kept.scalars().all() == [name]
        assert session.get_one(Order, 1).name == name
    engine.dispose()


def test_each_revision_can_be_reached_from_the_one_before(database_url: str) -> None:
    engine = connect(database_url)
    config = alembic_config()
    for revision in revisions():
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            reached = MigrationContext.configure(connection).get_current_revision()
        assert reached == revision
    engine.dispose()


def test_two_processes_that_start_together_upgrade_once(database_url: str) -> None:
    engines = [connect(database_url), connect(database_url)]
    for engine in engines:
        upgrade(engine)
    with engines[0].connect() as connection:
        rows = connection.execute(text("SELECT count(*) FROM alembic_version"))
        assert rows.scalar_one() == 1
    for engine in engines:
        engine.dispose()
