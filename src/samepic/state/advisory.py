"""Locks that PostgreSQL gives back when the session ends that holds them, whichever machine it was on.

A store has one session for all its locks, opened when the first is taken. It may end while the process lives: the
server was started anew, or somebody ended it. The locks are lost then, and whoever held them must write no more.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from sqlalchemy import Connection, Engine, Select, column, func, select, table
from sqlalchemy.exc import DBAPIError

from samepic.ports.state import RouteBusy, StateUnusable
from samepic.state.database import Database, usable, where
from samepic.state.tables import route_holder

_LOOKED_AFTER_S = 5.0
"""How long a session is believed to live that was seen alive."""

_LOCKS = table("pg_locks", column("locktype"), column("database"), column("classid"), column("objid"), column("pid"))
_ME = table("pg_database", column("oid"), column("datname"))


class AdvisoryLocks:
    """Locks of one store; several threads may take and release them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._held: set[int] = set()
        self._session: Connection | None = None
        self._lost = False
        self._alive_at = 0.0

    @contextmanager
    def route(self, route: str, who: str, since: datetime) -> Iterator[None]:
        """Hold a route for this process, and enter who does, for the one who is turned away."""
        number = _number("route", route)
        if not self.take(number):
            raise RouteBusy(route, *self._holder(route, number))
        try:
            self._tell(route, who, since)
            yield
        finally:
            self.release(number)

    def person(self, route: str, key: str) -> AdvisoryPersonLock:
        """See the port."""
        return AdvisoryPersonLock(self, _number("person", f"{route}\n{key}"))

    def take(self, number: int) -> bool:
        """Try to take a lock, without waiting; one session could take its own again. Raises StateUnusable."""
        with self._turn:
            if number in self._held:
                return False
            if not self._ask(select(func.pg_try_advisory_lock(number))):
                return False
            self._held.add(number)
            return True

    def release(self, number: int) -> None:
        """Give it back; where the session has ended that was done already."""
        with self._turn:
            self._held.discard(number)
            if self._session is not None:
                with suppress(StateUnusable):
                    self._ask(select(func.pg_advisory_unlock(number)))
            if not self._held:
                self._lost = False

    def still_held(self) -> None:
        """Return where what was taken is held as yet. Raises StateUnusable."""
        with self._turn:
            if self._held and (self._lost or time.monotonic() > self._alive_at + _LOOKED_AFTER_S):
                self._ask(select(1))

    def close(self) -> None:
        """End the session, and with it whatever it holds."""
        with self._turn:
            self._end()
            self._held.clear()

    def _ask(self, question: Select[tuple[object]]) -> object:
        """Ask in the session that holds the locks; a new one is opened only where none is held."""
        again = not self._held and self._session is not None
        try:
            return self._answer(question)
        except StateUnusable:
            if not again:
                raise
        return self._answer(question)

    def _answer(self, question: Select[tuple[object]]) -> object:
        if self._lost:
            raise StateUnusable(where(self._engine), "the session ended that held this run's locks")
        with usable(self._engine):
            try:
                if self._session is None:
                    session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                    session.detach()  # it is nobody else's, and is closed with us
                    self._session = session
                answer: object = self._session.execute(question).scalar_one()
            except DBAPIError:
                self._lost = bool(self._held)
                self._end()
                raise
        self._alive_at = time.monotonic()
        return answer

    def _end(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(DBAPIError):
                session.close()

    def _tell(self, route: str, who: str, since: datetime) -> None:
        with self._turn:
            session = self._ask(select(func.pg_backend_pid()))
        database = Database(self._engine)
        with database.write() as connection:
            row = {"route": route, "who": who, "since": since, "session": session}
            database.upsert(connection, route_holder, [row])

    def _holder(self, route: str, number: int) -> tuple[str, datetime | None]:
        """Who holds it; the holder may not have said so yet, and who held it before is not meant."""
        unsigned = number % 2**64
        sessions = select(_LOCKS.c.pid).where(
            _LOCKS.c.locktype == "advisory",
            _LOCKS.c.database == select(_ME.c.oid).where(_ME.c.datname == func.current_database()).scalar_subquery(),
            _LOCKS.c.classid == unsigned >> 32,
            _LOCKS.c.objid == unsigned % 2**32,
        )
        wanted = select(route_holder.c.who, route_holder.c.since)
        wanted = wanted.where(route_holder.c.route == route, route_holder.c.session.in_(sessions))
        with Database(self._engine).read() as connection:
            told = connection.execute(wanted).first()
        return (told.who, told.since) if told is not None else ("another process", None)


class AdvisoryPersonLock:
    """A number of 64 bits stands for a person: no two people share it."""

    def __init__(self, locks: AdvisoryLocks, number: int) -> None:
        self._locks = locks
        self._number = number
        self._mine = False

    def take(self) -> bool:
        """Try to take it, without waiting. Raises StateUnusable."""
        self._mine = self._mine or self._locks.take(self._number)
        return self._mine

    def release(self) -> None:
        """Give it back; harmless where it was not taken."""
        if self._mine:
            self._mine = False
            self._locks.release(self._number)


def _number(kind: str, name: str) -> int:
    """A lock's number, signed: other programs of the same database do not hit on it by chance."""
    return int.from_bytes(hashlib.sha256(f"samepic {kind}\n{name}".encode()).digest()[:8], signed=True)
