"""The file in which the durable jobs are kept, beside the state's: who has to do what yet; nothing of any person."""

from __future__ import annotations

from pathlib import Path
from time import time
from typing import Any

from sqlalchemy import Engine, create_engine, event

from samepic.ports.state import StateUnusable

_WAIT_MS = 30_000


def jobs_file(path: Path) -> Engine:
    """An engine as DBOS wants it, for a file of mode 0600. Raises StateUnusable.

    A file of its own: a sweep's batches of rows would keep its many small transactions waiting, and they the sweep's.
    """
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StateUnusable(str(path), error.strerror or str(error)) from error
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _settle_connection)
    return engine


def _settle_connection(connection: Any, record: object) -> None:
    """NORMAL: a power cut may take back the last steps. They are done again, and do no harm: the state is durable.

    From Python 3.12 DBOS asks for `unixepoch('subsec')`, which SQLite has since 3.42 and answers with NULL before.
    """
    connection.isolation_level = "IMMEDIATE"
    for setting in (
        f"busy_timeout = {_WAIT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "journal_size_limit = 4194304",
    ):
        connection.execute(f"PRAGMA {setting}")
    connection.create_function("unixepoch", -1, _unixepoch)


def _unixepoch(*asked: str) -> float:
    """The present in seconds, which is all that DBOS asks for."""
    return time() if "subsec" in asked else int(time())
