"""A new state is made without going the way of the migrations: nothing in it may tell it from one that went."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, MetaData, inspect, select, text
from tests.databases import engine_of, postgresql_database

from samepic.state.store import open_state
from samepic.state.versions import migrate

BESIDE_TABLES = {
    "sqlite": [
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')",
        "SELECT tbl_name, row_number() OVER (PARTITION BY tbl_name ORDER BY rowid), name FROM sqlite_master"
        " WHERE type = 'index'",
    ],
    "postgresql": [
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        "SELECT class.relname, attname, own.collname FROM pg_attribute"
        " JOIN pg_class AS class ON class.oid = attrelid JOIN pg_collation AS own ON own.oid = attcollation"
        " WHERE class.relkind = 'r' AND class.relnamespace = 'public'::regnamespace AND attnum > 0",
        "SELECT sequencename, data_type::text FROM pg_sequences",
    ],
}


def described(at: Path | URL) -> dict[str, Any]:
    """Everything that a database has, in an order of its own: tables by their name, columns by theirs."""
    with engine_of(at).connect() as connection:
        looked = inspect(connection)
        found: dict[str, Any] = {}
        for table in looked.get_table_names():
            columns = sorted(
                (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in looked.get_columns(table)
            )
            indexes = sorted((i["name"], i["column_names"], i["unique"]) for i in looked.get_indexes(table))
            options = [(i["name"], i.get("dialect_options", {})) for i in looked.get_indexes(table)]
            wheres = sorted((name, key, str(value)) for name, told in options for key, value in told.items())
            unique = sorted(one["column_names"] for one in looked.get_unique_constraints(table))
            found[table] = (columns, looked.get_pk_constraint(table), indexes, wheres, unique)
        tables = MetaData()
        tables.reflect(connection)
        found["rows"] = {t.name: rows for t in tables.sorted_tables if (rows := connection.execute(select(t)).all())}
        for asked in BESIDE_TABLES[connection.dialect.name]:
            found[asked] = sorted(map(tuple, connection.execute(text(asked))))
    return found


@contextmanager
def another(empty: Path | URL) -> Iterator[Path | URL]:
    """One more of the same kind."""
    if isinstance(empty, Path):
        yield empty.with_name("another.db")
    else:
        with postgresql_database(migrated=False) as url:
            yield url


def test_a_new_state_is_what_the_migrations_lead_to(empty_database: Path | URL) -> None:
    open_state(empty_database).close()
    with another(empty_database) as older:
        with engine_of(older).begin() as connection:
            migrate(connection, "head")
        new, led_to = described(empty_database), described(older)

    assert len(new) > 25 and new["rows"].keys() == {"alembic_version", "audit_head"}
    assert {name: (new.get(name), led_to.get(name)) for name in new | led_to if new.get(name) != led_to.get(name)} == {}


def test_nobody_waits_for_the_migrations_to_be_loaded(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from samepic.state.store import open_state;"
        f"open_state(Path({str(tmp_path / 'state.db')!r})).close(); print('alembic' in sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert loaded.stdout.split() == ["False"]
