"""What our writes did."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import bindparam, or_, select

from samepic.model.plan import RunId
from samepic.model.remembered import Change
from samepic.state.database import Database
from samepic.state.tables import change, memory

_OF_ONE = (
    select(*(change.c[one.name] for one in fields(Change)))
    .where(change.c.route == bindparam("of_route"), change.c.key == bindparam("of_key"))
    .order_by(change.c.number.desc())
)
_KNOWN_AS = (
    select(memory.c.key)
    .where(or_(memory.c.key == bindparam("name"), memory.c.folded_upn == bindparam("name")))
    .distinct()
    .limit(2)
)
"""Pages ask these each time, and building a question takes longer than its answer."""


class ChangeTable:
    """`samepic.ports.kept.Changes` in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, route: str, key: str) -> list[Change]:
        """A person's, newest first."""
        with self._database.read() as connection:
            return [Change(*told) for told in connection.execute(_OF_ONE, {"of_route": route, "of_key": key})]

    def people_of(self, route: str, run: RunId, after: str, limit: int) -> list[str]:
        """The keys of whomever a run of this route changed, in order, beginning after a key."""
        of_run = (change.c.route == route, change.c.run == run, change.c.key > after)
        wanted = select(change.c.key).where(*of_run).distinct()
        with self._database.read() as connection:
            return list(connection.execute(wanted.order_by(change.c.key).limit(limit)).scalars())

    def known_as(self, name: str) -> str | None:
        """The key of a person by object id or user principal name, however long they have been gone."""
        folded = name.casefold()
        with self._database.read() as connection:
            found = set(connection.execute(_KNOWN_AS, {"name": folded}).scalars())
        return found.pop() if len(found) == 1 else None
