"""Locks that the operating system gives back when a process dies, however it dies.

flock on files beside the state: it holds between processes and between two openings in one process, and needs no
heartbeat. A folder on a network share may not honour it; the state belongs on a local disk.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from samepic.ports.state import PersonLock, RouteBusy

_STRIPES = 256


class Locks(Protocol):
    """What a store's two kinds of locks are made by."""

    def route(self, route: str, who: str, since: datetime) -> AbstractContextManager[None]:
        """As `samepic.ports.state.State.route_lock`."""
        ...

    def person(self, route: str, key: str) -> PersonLock:
        """As `samepic.ports.state.State.person_lock`."""
        ...

    def still_held(self) -> None:
        """Return where what was taken is held as yet. Raises StateUnusable."""
        ...

    def close(self) -> None:
        """Give back whatever is held; safe to call twice."""
        ...


class FileLocks:
    """Locks as files of a folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def route(self, route: str, who: str, since: datetime) -> Iterator[None]:
        """Hold a route for this process; says in the file who does, for the one who is turned away."""
        descriptor = _open(self._folder, f"route-{_digest(route)}")
        try:
            if not _take(descriptor):
                holder = _read(descriptor)
                raise RouteBusy(route, *holder)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps({"who": who, "since": since.isoformat()}).encode(), 0)
            yield
        finally:
            os.close(descriptor)

    def person(self, route: str, key: str) -> FilePersonLock:
        """See the port."""
        return FilePersonLock(self._folder, route, key)

    def still_held(self) -> None:
        """Always: nobody but the process itself lets go of them."""

    def close(self) -> None:
        """Nothing: each lock is its own file, closed by who holds it."""


class FilePersonLock:
    """One of 256 files stands for a person: a rare neighbour waits for nothing, at no cost but that wait.

    Nobody holds two, so nobody can wait in a circle.
    """

    def __init__(self, folder: Path, route: str, key: str) -> None:
        stripe = int(_digest(f"{route}\n{key}"), 16) % _STRIPES
        self._folder = folder
        self._name = f"person-{stripe:02x}"
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Try to take it, without waiting."""
        if self._descriptor is not None:
            return True
        descriptor = _open(self._folder, self._name)
        if not _take(descriptor):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give it back; harmless where it was not taken."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _open(folder: Path, name: str) -> int:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(descriptor: int) -> tuple[str, datetime | None]:
    """Who holds it; the holder may not have said so yet."""
    try:
        told = json.loads(os.pread(descriptor, 1000, 0))
        return str(told["who"]), datetime.fromisoformat(told["since"])
    except (ValueError, KeyError, TypeError):
        return "another process", None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
