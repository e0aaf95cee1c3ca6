"""Which version a state has, and how it is brought to ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, func, inspect, select, text

from samepic.ports.state import StateNewer, StateUnusable
from samepic.state.database import where

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0017"
"""The revision this code speaks; a test holds it to the newest file of migrations/versions."""


_ONE_AT_A_TIME = 0x53616D65_70696302
"""The advisory lock in PostgreSQL of whoever makes or migrates the tables."""

_ORDERED_BY_A_LANGUAGE = text("""
    SELECT quote_ident(class.relname) AS name,
           string_agg(format('ALTER %I TYPE %s COLLATE "C"', attname, format_type(atttypid, atttypmod)), ', ')
    FROM pg_attribute JOIN pg_class AS class ON class.oid = attrelid
         JOIN pg_collation AS own ON own.oid = attcollation
    WHERE class.relkind = 'r' AND class.relnamespace = current_schema()::regnamespace AND attnum > 0
          AND NOT attisdropped AND class.relname = ANY(:tables) AND own.collname <> 'C'
    GROUP BY class.relname
""")


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables or migrate them. Raises StateNewer, leaving everything as it is.

    Alembic is loaded only where something is to be done: it takes longer to load than a request may last.
    """
    with engine.connect() as connection:
        found = _revision(connection)
    if found == HEAD:
        return
    from alembic.script import ScriptDirectory

    config = alembic_config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        _refuse(engine, found)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
        if _revision(connection) != HEAD:  # another process may have been quicker
            migrate(connection, "head")


def migrate(connection: Connection, revision: str) -> None:
    """Go to a revision, in the connection's transaction."""
    from alembic import command

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if connection.dialect.name == "postgresql":
        _order_by_bytes(connection)


def _order_by_bytes(connection: Connection) -> None:
    """Give every text the order that SQLite has, whatever language the database was made for: pages depend on it.

    Here and not in each migration, so that none can forget it.
    """
    from samepic.state.tables_of_deeds import metadata  # with the others behind it

    told = connection.execute(_ORDERED_BY_A_LANGUAGE, {"tables": list(metadata.tables)}).all()
    for name, changes in told:  # both as PostgreSQL itself has quoted them
        connection.execute(text(f"ALTER TABLE {name} {changes}"))


def _refuse(engine: Engine, found: str) -> None:
    if not inspect(engine).has_table("run_person"):
        saw = f"it holds another program's tables (revision {found}); give Samepic a database of its own"
        raise StateUnusable(where(engine), saw)
    raise StateNewer(where(engine), found)


def alembic_config() -> Config:
    """Alembic's settings, without its file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "samepic.state:migrations")
    return config


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
