"""Which version a state has, and how it is brought to ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from samepic.ports.state import StateNewer

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0005"
"""The revision this code speaks; a test holds it to the newest file of migrations/versions."""


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables or migrate them. Raises StateNewer, leaving everything as it is.

    Alembic is loaded only where something is to be done: it takes longer to load than a request may last.
    """
    with engine.connect() as connection:
        found = _revision(connection)
    if found == HEAD:
        return
    from alembic import command
    from alembic.script import ScriptDirectory

    config = alembic_config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StateNewer(str(engine.url.database), found)
    with engine.begin() as connection:
        if _revision(connection) != HEAD:  # another process may have been quicker
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


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
