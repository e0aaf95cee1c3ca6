"""The state in a PostgreSQL database, which several machines may share."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from samepic.model.text import keepable
from samepic.ports.state import StateAway, StateUnusable
from samepic.state.database import usable, where

OLDEST = 14
"""Whose support has not ended, and which knows every setting below."""

_SETTINGS = {
    "lock_timeout": "90s",  # longer than the next: whoever waits outlives one who was stopped with a lock
    "idle_in_transaction_session_timeout": "60s",
    "random_page_cost": "1.1",  # no disk turns any more: 500 people are found by their index, not by reading all
    "idle_session_timeout": "0",  # a session that holds locks says nothing for hours
    "tcp_keepalives_idle": "30",  # so the server gives back the locks of a machine that is gone within a minute
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}

_CONNECTING = {
    "application_name": "samepic",
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

BELIEVED_S = 0.1
"""How long a connection is believed to live that was used a moment ago."""

_GIVEN_BACK = "given back"

DRIVER_MISSING = (
    "the driver for PostgreSQL is not installed; `pip install 'samepic[postgresql]'` brings it, in the same environment"
)

REMEDY = "see that the server of [state] url runs and lets this user in: docs/how-to/run-with-postgresql.md"


_FOR_NOW = re.compile(r"starting up|shutting down|recovery|not yet accepting|too many clients|connection slots")
"""What a server says that will let one in later."""


def url_of(address: str) -> URL:
    """An address as libpq writes it, for our driver. Raises StateUnusable, which shows nothing of it."""
    try:
        return make_url(address).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise StateUnusable("in PostgreSQL", "its address is none that the driver takes") from None


def postgresql_engine(url: URL) -> Engine:
    """An engine for a database that an administrator has made; connects to it once. Raises StateUnusable, StateAway.

    A connection that the server has closed meanwhile is replaced before a transaction begins.
    """
    settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    theirs = url.query.get("options", ())
    options = " ".join([settings, theirs] if isinstance(theirs, str) else [settings, *theirs])  # the last one counts
    asked = {name: value for name, value in _CONNECTING.items() if name not in url.query}
    try:
        engine = create_engine(
            url,
            connect_args=asked | {"options": options},
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            max_overflow=8,
            pool_size=2,
        )
    except ModuleNotFoundError:
        raise StateUnusable("in PostgreSQL", DRIVER_MISSING) from None
    event.listen(engine, "connect", _settle_connection)
    event.listen(engine, "checkin", _given_back)
    event.listen(engine, "checkout", partial(_seen_alive, engine))
    try:
        with usable(engine), engine.connect() as connection:
            told: Any = connection.connection.dbapi_connection
            server = told.info
    except StateUnusable as error:
        engine.dispose()
        kind = StateUnusable if _is_refused(error.saw) else StateAway
        raise kind(error.where, f"{error.saw}; {REMEDY}") from error
    try:
        _refuse_what_does_not_fit(where(engine), server)
    except StateUnusable:
        engine.dispose()
        raise
    return engine


def _is_refused(saw: str) -> bool:
    """Whether a server has answered, and said no for good: to a name, a password, a database that is not there.

    The driver tells it in the server's own words only. Those of a server that speaks another language are taken for
    one that may come yet: whoever waits says them.
    """
    return "FATAL" in saw and _FOR_NOW.search(saw) is None


def named(at: Path | URL, holder: str) -> Path | URL:
    """The same state, where a server shows whose each session is: those of a worker that is silent can be ended."""
    return at if isinstance(at, Path) else at.update_query_dict({"application_name": _name(holder)})


def end_sessions_of(connection: Connection, holder: str) -> None:
    """Have the server close all connections of a worker, and give back their locks. Those of other users are left."""
    theirs = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = :it AND datname = current_database() AND usename = current_user"
    )
    connection.execute(theirs, {"it": _name(holder)})


def _name(holder: str) -> str:
    return f"samepic {holder}"[:63].encode("ascii", "replace").decode()  # the server keeps as much


def jobs_engine(url: URL) -> Engine:
    """The same for DBOS, which waits for a server that is away only where it is told that a connection was lost.

    It looks for some of the driver's words; others say the same (a socket's file that is not there, a name that nobody
    resolves), and a job that is told of them would end and be nobody's. Raises StateUnusable.
    """
    engine = postgresql_engine(url)
    event.listen(engine, "handle_error", _is_lost)
    return engine


def _is_lost(context: ExceptionContext) -> None:
    from psycopg import OperationalError

    if context.connection is None and isinstance(context.original_exception, OperationalError):
        context.is_disconnect = True


def _settle_connection(connection: Any, record: object) -> None:
    """What neither PostgreSQL nor UTF-8 takes becomes the sign for it, whatever table it was meant for."""
    from psycopg.types.string import StrDumper

    class Keepable(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj if obj.isascii() and "\0" not in obj else keepable(obj))

    connection.adapters.register_dumper(str, Keepable)


def _given_back(connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_GIVEN_BACK] = monotonic()


def _seen_alive(engine: Engine, connection: Any, record: ConnectionPoolEntry, proxy: object) -> None:
    """Replace what the server has closed, before a transaction begins.

    A sweep takes a connection hundreds of times a second: one that was used just now is not asked again.
    """
    given_back = record.info.get(_GIVEN_BACK)
    if given_back is None or monotonic() - given_back < BELIEVED_S:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        raise InvalidatePoolError from None


def _refuse_what_does_not_fit(name: str, server: Any) -> None:
    if server.server_version < OLDEST * 10_000:
        saw = f"the server is PostgreSQL {server.server_version // 10_000}; {OLDEST} or newer is needed"
        raise StateUnusable(name, saw)
    encoding = server.parameter_status("server_encoding")
    if encoding != "UTF8":
        saw = f"its encoding is {encoding}; make one with CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'"
        raise StateUnusable(name, saw)
