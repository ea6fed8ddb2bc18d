"""A store moves whole or not at all, and what arrived is what was there."""

import hashlib
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from config.database import Sessions, connect
from config.settings import load
from erp.bootstrap import assemble
from erp.jobs.runner import lead
from erp.migrations.tables import metadata
from erp.migrations.upgrading import upgrade
from erp.moving.errors import NotMovedError
from erp.moving.move import Proof, move
from erp.moving.rows import BATCH
from erp.orders.models import Order
from suppliers.models import Supplier
from tests.conftest import ROOT
from tests.factories import make_order, make_product
from tests.filled_store import fill
from tests.running import ERP

LATER = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("store")
    fill(data)
    return data


@pytest.fixture
def source(filled: Path) -> Iterator[Engine]:
    yield from disposed(connect(f"sqlite:///{filled / 'erp.db'}"))


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Engine]:
    """A store that a test may spoil."""
    engine = connect(f"sqlite:///{tmp_path / 'erp.db'}")
    upgrade(engine)
    yield from disposed(engine)


@pytest.fixture
def target(postgres_url: str) -> Iterator[Engine]:
    yield from disposed(connect(postgres_url))


def disposed(engine: Engine) -> Iterator[Engine]:
    yield engine
    engine.dispose()


def quiet(what: str, done: int, total: int) -> None:
    pass


def moved(source: Engine, target: Engine) -> list[Proof]:
    return move(source, target, LATER, quiet)


def tables_of(engine: Engine) -> list[str]:
    return inspect(engine).get_table_names()


def test_every_row_of_every_table_arrives(source: Engine, target: Engine) -> None:
    proofs = {each.table: each.content.rows for each in moved(source, target)}
    assert proofs.keys() == metadata.tables.keys()
    for engine in (source, target):
        with engine.connect() as connection:
            for table, rows in proofs.items():
                counted = connection.execute(text(f"SELECT count(*) FROM {table}"))
                assert counted.scalar_one() == rows, table
    for filled_table in ("customer_order", "purchase_order", "decision", "reading"):
        assert proofs[filled_table] > 0


def test_the_program_goes_on_where_it_left_off(
    filled: Path, source: Engine, target: Engine
) -> None:
    moved(source, target)
    url = target.url.render_as_string(hide_password=False)
    erp = assemble(load(filled, {"ERP_DATABASE_URL": url}))
    with Sessions(source).reading() as session:
        names = session.exec(select(Order.name).order_by(Order.id)).all()
        supplier = session.exec(select(Supplier)).first()
    with erp.sessions.writing() as session:
        assert session.exec(select(Order.name).order_by(Order.id)).all() == names
        assert session.exec(select(Supplier)).first() == supplier
        assert make_order(session).id > len(names)
    erp.close()


def test_what_is_done_is_told_to_the_end(source: Engine, target: Engine) -> None:
    told: list[tuple[str, int, int]] = []
    move(source, target, LATER, lambda *each: told.append(each))
    for kind in ("copying", "proving"):
        done = [done for what, done, _ in told if what.startswith(kind)]
        assert done == sorted(done)
        assert done[-1] == told[0][2]


def test_a_table_of_many_batches_arrives_whole(small: Engine, target: Engine) -> None:
    with Sessions(small).writing() as session:
        session.connection().exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            f"{2 * BATCH + 7}) INSERT INTO exchange_rate "
            "(base, currency, day, rate_millionths) "
            "SELECT 'A' || char(65 + i % 26) || char(97 + i % 25), 'EUR',"
            " date('2020-01-01', i || ' days'), 1500000 FROM n"
        )
    proofs = {each.table: each.content.rows for each in moved(small, target)}
    assert proofs["exchange_rate"] == 2 * BATCH + 7


def test_a_target_that_holds_anything_is_refused(small: Engine, target: Engine) -> None:
    upgrade(target)
    with Sessions(target).writing() as session:
        make_product(session, "A")
    with pytest.raises(NotMovedError, match="not empty: product"):
        moved(small, target)


def test_a_database_of_somebody_else_is_refused(small: Engine, target: Engine) -> None:
    with target.begin() as connection:
        connection.execute(text("CREATE TABLE blog (id int)"))
    with pytest.raises(NotMovedError, match="other tables: blog"):
        moved(small, target)
    assert tables_of(target) == ["blog"]


def test_a_store_that_is_served_is_refused(small: Engine, target: Engine) -> None:
    with Sessions(small).writing() as session:
        lead(session, "shop:4711", LATER)
    with pytest.raises(NotMovedError, match="shop:4711"):
        moved(small, target)
    assert tables_of(target) == []


def test_a_move_that_is_interrupted_leaves_the_target_empty_and_the_source_alone(
    filled: Path, source: Engine, target: Engine
) -> None:
    def before() -> str:
        return hashlib.sha256((filled / "erp.db").read_bytes()).hexdigest()

    was = before()

    def interrupt(what: str, done: int, total: int) -> None:
        if what == "proving purchase_order":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(source, target, LATER, interrupt)
    assert tables_of(target) == []
    assert before() == was
    assert moved(source, target)


def test_a_row_that_arrives_otherwise_is_seen(small: Engine, target: Engine) -> None:
    upgrade(target)
    with target.begin() as connection:
        for statement in (
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.title = upper(NEW.title); RETURN NEW; END $$",
            "CREATE TRIGGER spoil BEFORE INSERT ON product "
            "FOR EACH ROW EXECUTE FUNCTION spoil()",
        ):
            connection.execute(text(statement))
    with Sessions(small).writing() as session:
        make_product(session, "A", title="Tea pot")
    with pytest.raises(NotMovedError, match="product is not the same"):
        moved(small, target)
    with Sessions(target).reading() as session:
        assert rows_in(session, "product") == 0


def test_what_postgresql_cannot_hold_is_named_without_showing_it(
    small: Engine, target: Engine
) -> None:
    with Sessions(small).writing() as session:
        make_product(session, "A", title="Tea\0pot")
    with pytest.raises(NotMovedError, match=r"row of product: .*NUL") as refused:
        moved(small, target)
    assert "Tea" not in str(refused.value)


def rows_in(session: Session, table: str) -> int:
    found: int = session.connection().scalar(text(f"SELECT count(*) FROM {table}"))
    return found


def run(data: Path, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ERP, "migrate-to", "--data", str(data), url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_what_it_proved(filled: Path, postgres_url: str) -> None:
    done = run(filled, postgres_url)
    assert done.returncode == 0, done.stderr
    assert "moved and proved row by row" in done.stdout
    assert "purchase_order_line" in done.stdout
    again = run(filled, postgres_url)
    assert again.returncode == 1
    assert "not empty" in again.stderr


def test_the_command_makes_no_store_where_there_is_none(
    tmp_path: Path, postgres_url: str
) -> None:
    done = run(tmp_path, postgres_url)
    assert done.returncode == 1
    assert "there is no store" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_command_moves_to_postgresql_alone(tmp_path: Path) -> None:
    done = run(tmp_path, "mysql://localhost/erp")
    assert "it has to begin with postgresql://" in done.stderr
