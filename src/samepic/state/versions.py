"""Which version a state has, and how it is brought to ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.schema import CreateIndex, CreateTable

from samepic.ports.state import StateNewer, StateUnusable
from samepic.state.database import where

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0017"
"""The revision this code speaks; a test holds it to the newest file of migrations/versions."""

_VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table, as Alembic makes it."""

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

    Alembic is loaded only where there is something to migrate: it takes longer to load than a request may last.
    """
    with engine.connect() as connection:
        found = _revision(connection)
    if found == HEAD:
        return
    if found is not None:
        _refuse_unknown(engine, found)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
        found = _revision(connection)  # another process may have been quicker
        if found is None:
            _make(connection)
        elif found != HEAD:
            migrate(connection, "head")


def _make(connection: Connection) -> None:
    """Make what the migrations would lead to, without going their way; a test compares the two."""
    from samepic.state.tables import INDEXES
    from samepic.state.tables_of_deeds import audit_head, metadata  # with the others behind it
    from samepic.state.tables_of_plans import STAYS

    for table in (*metadata.sorted_tables, _VERSION):
        connection.execute(CreateTable(table))
    for index in INDEXES:
        connection.execute(CreateIndex(index))
    for statement in STAYS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    connection.execute(insert(audit_head), {"number": 0, "hash": ""})
    connection.execute(insert(_VERSION), {"version_num": HEAD})
    if connection.dialect.name == "postgresql":
        _order_by_bytes(connection)


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


def _refuse_unknown(engine: Engine, found: str) -> None:
    from alembic.script import ScriptDirectory

    if found in {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}:
        return
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
    return connection.execute(select(_VERSION.c.version_num)).scalar()
