"""Opening the database: its settings, its version, and the two ways to speak to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, Executable, Table, bindparam, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from samepic.ports.state import StateUnusable

KEYS_AT_ONCE = 512  # keys in one question: SQLite takes no more than 32,766 parameters, older ones 999

_SIZES = (1, 8, 64, KEYS_AT_ONCE)
"""Numbers of keys that questions have. The driver keeps what it prepared, by the text: with any number of keys a run
fills that with a hundred versions of each question, megabytes of them."""


_WRITERS = 0x53616D65_70696301
"""The advisory lock that every transaction which writes holds in PostgreSQL, shared or alone."""

_AMONG_OTHERS = select(func.pg_advisory_xact_lock_shared(_WRITERS))
_ALONE = select(func.pg_advisory_xact_lock(_WRITERS))


_FIRST_TOLD = 500


class Database:
    """One engine, read and written in short transactions."""

    def __init__(
        self,
        engine: Engine,
        in_writing: Callable[[Connection], None] = lambda _: None,
        before_writing: Callable[[], None] = lambda: None,
    ) -> None:
        """in_writing: called first in each transaction that may write; what it raises ends that.

        before_writing: raises where this process may not write any more, its locks being lost.
        """
        self.engine = engine
        self._in_writing = in_writing
        self._before_writing = before_writing
        self._is_postgresql = engine.dialect.name == "postgresql"
        self._reading = engine.execution_options(**(_A_MOMENT if self._is_postgresql else {"reads_only": True}))
        self._grown: dict[str, tuple[str, int, int]] = {}

    @contextmanager
    def write(self, *, alone: bool = False) -> Iterator[Connection]:
        """One transaction that may write; committed at the end, durable when this returns. Raises StateUnusable.

        alone: no other transaction writes meanwhile, so that what it reads stays true until it has written. A SQLite
        file has one writer at a time whoever asks.
        """
        self._before_writing()
        with usable(self.engine), self.engine.begin() as connection:
            if self._is_postgresql:
                connection.execute(_ALONE if alone else _AMONG_OTHERS)
            self._in_writing(connection)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that reads, at one moment; it keeps nobody from writing. Raises StateUnusable."""
        with usable(self.engine), self._reading.connect() as connection:
            yield connection

    def grown(self, table: Table, of: str, rows: int) -> None:
        """Tell PostgreSQL's planner of a table that fills up faster than it looks: whenever a run's rows have doubled.

        What it knows is of the last run. Of a new one it expects a row, takes any index that begins with the run,
        and reads everybody for each page: a run's time then grows with the square of its people. of: the run.
        """
        if not self._is_postgresql:
            return
        run, count, next_at = self._grown.get(table.name, (of, 0, _FIRST_TOLD))
        if run != of:
            count, next_at = 0, _FIRST_TOLD
        count += rows
        if count >= next_at:
            with usable(self.engine), self.engine.begin() as connection:
                connection.execute(text(f"ANALYZE (SKIP_LOCKED) {table.name}"))
            next_at = 2 * count
        self._grown[table.name] = (of, count, next_at)

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
        """As the function of that name."""
        upsert(connection, table, rows, newer_by)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    newer_by: str | None = None,
    only: str | None = None,
) -> None:
    """Enter rows, or replace all other columns of those whose primary key is there.

    newer_by: only where this column is greater in the new row. only: this column alone is replaced; none where it is
    "".

    Rows are locked as they are entered: in the order of their keys, so that no two transactions wait in a circle.
    """
    if rows:
        key = [column.name for column in table.primary_key]
        in_order = sorted(rows, key=lambda row: [row[name] for name in key])
        connection.execute(_upsert(connection.dialect.name, table, newer_by, only), in_order)


_A_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""PostgreSQL else sees every statement of a transaction at a moment of its own."""


@contextmanager
def usable(engine: Engine) -> Iterator[None]:
    """Say in one error what the database, or the disk under it, refuses. Raises StateUnusable."""
    try:
        yield
    except DBAPIError as error:
        raise StateUnusable(where(engine), _words(error)) from error


def where(engine: Engine) -> str:
    """Which database, as an administrator knows it; no password, nor who signs in."""
    url = engine.url
    if engine.dialect.name != "postgresql":
        return str(url.database)
    hosts = url.query.get("host", url.host or "this machine")
    host = hosts if isinstance(hosts, str) else ", ".join(hosts)
    return f"in PostgreSQL's {url.database!r} on {host}{f':{url.port}' if url.port else ''}"


def _words(error: DBAPIError) -> str:
    """What the database said, in a line, without what it says about the values: they are people's."""
    told = getattr(getattr(error.orig, "diag", None), "message_primary", None) or str(error.orig)
    lost = "the connection was lost; the next run goes on from here: " if error.connection_invalidated else ""
    return lost + " ".join(told.split())


@cache
def _upsert(dialect: str, table: Table, newer_by: str | None, only: str | None) -> Executable:
    """Built once: building takes ten times as long as executing it."""
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    key = [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    if only is not None:
        others = {name: value for name, value in others.items() if name == only}
    if not others:
        return statement.on_conflict_do_nothing(index_elements=key)
    newer = table.c[newer_by] < statement.excluded[newer_by] if newer_by else None
    return statement.on_conflict_do_update(index_elements=key, set_=others, where=newer)


def fold(value: str | None) -> str | None:
    """A key as it is compared."""
    return value.casefold() if value else None


def many(name: str) -> BindParameter[Any]:
    """A parameter that takes a portion of keys, for a statement that is built once."""
    return bindparam(name, expanding=True)


def portions(keys: Iterable[str]) -> Iterator[list[str]]:
    """Keys in numbers that fit one question, in few different numbers: the last key is repeated to fill up."""
    rest = iter(keys)
    while portion := list(islice(rest, KEYS_AT_ONCE)):
        size = next(size for size in _SIZES if size >= len(portion))
        yield portion + portion[-1:] * (size - len(portion))
