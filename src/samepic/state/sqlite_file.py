"""The state as one SQLite file."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from samepic.ports.state import StateUnusable

_CACHE_KIB = 128  # pages in memory per connection: what a run needs at hand, however many people there are
_WAIT_MS = 30_000  # for another process's commit; each is a batch of rows


def sqlite_engine(path: Path) -> Engine:
    """An engine for a state file of mode 0600, in a folder made if missing. Raises StateUnusable."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StateUnusable(str(path), error.strerror or str(error)) from error
    engine = create_engine(f"sqlite:///{path}", pool_size=2, max_overflow=4, hide_parameters=True)
    event.listen(engine, "connect", _settle_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _settle_connection(connection: Any, record: object) -> None:
    """WAL lets a request read and write beside a sweep; FULL makes a commit outlive a power cut."""
    connection.isolation_level = None  # the driver begins nothing of its own accord; `_begin` does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
    _turn_to_wal(cursor)
    for setting in (
        "synchronous = FULL",
        "foreign_keys = ON",
        f"cache_size = -{_CACHE_KIB}",
        "temp_store = FILE",
        "journal_size_limit = 16777216",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _turn_to_wal(cursor: Any) -> None:
    """Wait for others who open a new state: SQLite itself does not wait where it turns a file to WAL."""
    until = time.monotonic() + _WAIT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _begin(connection: Connection) -> None:
    """Take the write lock at once, or SQLite refuses a reader that turns writer instead of letting it wait."""
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
