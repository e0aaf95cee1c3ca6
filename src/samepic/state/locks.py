"""Locks that the operating system gives back when a process dies, however it dies.

flock on files beside the state, and on Linux one byte of a file for each person: both hold between processes and
between two openings in one process, and need no heartbeat. A folder on a network share may not honour them; the state
belongs on a local disk.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from samepic.ports.state import PersonLock, RouteBusy

_STRIPES = 4096
_BYTES = 2**62


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
    """A byte of one file stands for a person, far behind its end: no two people share it.

    A sweep holds a hundred people at a time; whoever asks for their own picture is to wait for none of them. Where the
    system knows no such locks (fcntl(2), open file description locks), one of 4,096 files stands for a person. Nobody
    holds two, so nobody can wait in a circle.
    """

    def __init__(self, folder: Path, route: str, key: str) -> None:
        self._folder = folder
        self._number = int(_digest(f"{route}\n{key}"), 16)
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Try to take it, without waiting."""
        if self._descriptor is not None:
            return True
        if sys.platform == "linux":
            descriptor = _open(self._folder, "people")
            taken = _take_byte(descriptor, self._number % _BYTES)
        else:
            descriptor = _open(self._folder, f"person-{self._number % _STRIPES:03x}")
            taken = _take(descriptor)
        if not taken:
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


if sys.platform == "linux":

    def _take_byte(descriptor: int, at: int) -> bool:
        """Let go of as flock is: when the descriptor is closed, by whomever."""
        wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, at, 1, 0)  # struct flock, with 64 bits
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
        except (BlockingIOError, PermissionError):
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
