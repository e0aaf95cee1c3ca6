"""A tenant's state on disk: what differs from the world it started with, and the bytes that were uploaded.

The world itself is not stored: it is drawn again from the seed that the folder remembers, and the changes are laid
over it. A change is in the folder before the answer to whoever made it begins (SQLite, write-ahead log), an upload's
bytes before the record that names them (a file that appears whole or not at all), so a kill at any moment loses only
what nobody was told had happened.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import RLock
from typing import Any

from localtenant.store.codec import as_text, from_text

LAYOUT = 1
_REMEMBER = "insert or replace into remembered values (?, ?)"


class StateInUse(Exception):
    """Another process serves from this folder."""


class StateUnreadable(Exception):
    """The folder holds something else than this version's state."""


class StateFolder:
    """One folder, used by one process at a time. Raises StateInUse, StateUnreadable. Safe to call from threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock_file = _locked(folder / "lock")
        self._blobs = folder / "pictures"
        self._blobs.mkdir(mode=0o700, exist_ok=True)
        self._pending: dict[tuple[str, str], object | None] = {}
        self._lock = RLock()
        try:
            self._database = _opened(folder / "tenant.sqlite")
        except sqlite3.DatabaseError as error:
            self._lock_file.close()
            raise StateUnreadable(f"{folder} does not hold a tenant's state ({error})") from None
        if self.remembered("layout") not in (None, LAYOUT):
            self.close()
            raise StateUnreadable(f"{folder} was written by another version of the tenant")

    def remembered(self, name: str) -> Any:
        """A value that `remember` was given, None if it never was."""
        row = self._database.execute("select value from remembered where name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def remember(self, **values: object) -> None:
        """Keep values by name, all at once."""
        rows = [(name, json.dumps(value)) for name, value in values.items()]
        with self._lock, self._database:
            self._database.executemany(_REMEMBER, rows)

    def changes(self, table: str) -> dict[str, Any]:
        """Records by key that differ from the world's, None for those taken away; in the order of their making."""
        rows = self._database.execute("select key, record from changed where name = ? order by rowid", (table,))
        return {key: None if record is None else from_text(record) for key, record in rows}

    def note(self, table: str, key: str, record: object | None) -> None:
        """A change, kept at the next `commit`."""
        with self._lock:
            self._pending[table, key] = record

    def commit(self, **values: object) -> None:
        """Keep what was noted, all of it or nothing, and these values with it."""
        if not self._pending:
            return
        with self._lock:
            rows = [(t, k, None if r is None else as_text(r)) for (t, k), r in self._pending.items()]
            with self._database:
                self._database.executemany(
                    "insert into changed (name, key, record) values (?, ?, ?)"
                    " on conflict (name, key) do update set record = excluded.record",
                    rows,
                )
                self._database.executemany(_REMEMBER, [(name, json.dumps(value)) for name, value in values.items()])
            self._pending.clear()

    def hold(self, sha256: str, data: bytes) -> None:
        """Keep a picture's bytes."""
        path = self._path(sha256)
        if path.exists():
            return
        path.parent.mkdir(mode=0o700, exist_ok=True)
        beside = path.with_name(f".{sha256}.{secrets.token_hex(4)}")
        with os.fdopen(_private(beside, os.O_EXCL), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)

    def held(self, sha256: str) -> bytes:
        """Bytes that were kept; KeyError where they never were."""
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise KeyError(sha256) from None

    def forget_changes(self) -> None:
        """Back to the world: every change and upload goes, what is remembered by name stays."""
        with self._lock:
            self._pending.clear()
            with self._database:
                self._database.execute("delete from changed")
            self.sweep(set())

    def sweep(self, named: set[str]) -> None:
        """Remove pictures that no record names, and files that a kill left half-written."""
        for path in list(self._files()):
            if path.name not in named:
                path.unlink()

    def close(self) -> None:
        """Keep what is noted and let another process in."""
        self.commit()
        self._database.close()
        self._lock_file.close()

    def _path(self, sha256: str) -> Path:
        return self._blobs / sha256[:2] / sha256

    def _files(self) -> Iterator[Path]:
        return (path for path in self._blobs.rglob("*") if path.is_file())


def _locked(path: Path) -> Any:
    """The system takes the lock back when the process ends, however it ends."""
    file = os.fdopen(_private(path), "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise StateInUse(f"{path.parent} is in use by another tenant") from None
    return file


def _opened(path: Path) -> sqlite3.Connection:
    os.close(_private(path))
    path.chmod(0o600)  # one that was there may be of an older version; its journals take the mode over
    database = sqlite3.connect(path, check_same_thread=False)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = normal")
    database.executescript(
        "create table if not exists remembered (name text primary key, value text not null);"
        "create table if not exists changed"
        " (name text not null, key text not null, record text, unique (name, key));"
    )
    return database


def _private(path: Path, how: int = 0) -> int:
    """Open a file for writing, made with mode 0600 where there is none: the folder may be somebody's own, and open."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
