"""Opening the database: its settings, its version, and the two ways to speak to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from samepic.ports.state import StateUnusable

_CACHE_KIB = 1024  # pages in memory per connection: what a run needs at hand, however many people there are
_WAIT_MS = 30_000  # for another process's commit; each is a batch of rows

KEYS_AT_ONCE = 512  # keys in one question: SQLite takes no more than 32,766 parameters, older ones 999

_SIZES = (1, 8, 64, KEYS_AT_ONCE)
"""Numbers of keys that questions have. The driver keeps what it prepared, by the text: with any number of keys a run
fills that with a hundred versions of each question, megabytes of them."""


class Database:
    """One engine, read and written in short transactions."""

    def __init__(self, engine: Engine, in_writing: Callable[[Connection], None] = lambda _: None) -> None:
        """in_writing: called first in each transaction that may write; what it raises ends that."""
        self.engine = engine
        self._in_writing = in_writing

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; committed at the end, durable when this returns. Raises StateUnusable."""
        with usable(self.engine), self.engine.begin() as connection:
            self._in_writing(connection)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that reads; it keeps nobody from writing."""
        with usable(self.engine), self.engine.connect() as connection:
            yield connection.execution_options(reads_only=True)

    def overwrite_what_was_deleted(self) -> None:
        """Leave nothing of deleted rows in the file: SQLite keeps their pages for later. Raises StateUnusable."""
        if self.engine.dialect.name != "sqlite":
            return
        with usable(self.engine), closing(self.engine.raw_connection()) as connection:
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.cursor().execute(statement)

    def upsert(
        self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], newer_by: str | None = None
    ) -> None:
        """Enter rows, or replace all other columns of those whose primary key is there.

        newer_by: only where this column is greater in the new row.
        """
        if rows:
            connection.execute(_upsert(connection.dialect.name, table, newer_by), list(rows))


@contextmanager
def usable(engine: Engine) -> Iterator[None]:
    """Say in one error what the database, or the disk under it, refuses. Raises StateUnusable."""
    try:
        yield
    except DBAPIError as error:
        raise StateUnusable(str(engine.url.database), str(error.orig)) from error


@cache
def _upsert(dialect: str, table: Table, newer_by: str | None) -> Executable:
    """Built once: building takes ten times as long as executing it."""
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    key = [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    if not others:
        return statement.on_conflict_do_nothing(index_elements=key)
    newer = table.c[newer_by] < statement.excluded[newer_by] if newer_by else None
    return statement.on_conflict_do_update(index_elements=key, set_=others, where=newer)


def sqlite_engine(path: Path) -> Engine:
    """An engine for a state file of mode 0600, in a folder made if missing. Raises StateUnusable."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StateUnusable(str(path), error.strerror or str(error)) from error
    engine = create_engine(f"sqlite:///{path}", pool_size=2, max_overflow=4)
    event.listen(engine, "connect", _settle_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _settle_connection(connection: Any, record: object) -> None:
    """WAL lets a request read and write beside a sweep; FULL makes a commit outlive a power cut."""
    connection.isolation_level = None  # the driver begins nothing of its own accord; `_begin` does
    cursor = connection.cursor()
    for setting in (
        f"busy_timeout = {_WAIT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"cache_size = -{_CACHE_KIB}",
        "temp_store = FILE",
        "journal_size_limit = 16777216",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once, or SQLite refuses a reader that turns writer instead of letting it wait."""
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def fold(value: str | None) -> str | None:
    """A key as it is compared."""
    return value.casefold() if value else None


def portions(keys: Iterable[str]) -> Iterator[list[str]]:
    """Keys in numbers that fit one question, in few different numbers: the last key is repeated to fill up."""
    rest = iter(keys)
    while portion := list(islice(rest, KEYS_AT_ONCE)):
        size = next(size for size in _SIZES if size >= len(portion))
        yield portion + portion[-1:] * (size - len(portion))
