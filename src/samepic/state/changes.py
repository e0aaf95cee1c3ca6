"""What our writes did."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import RowMapping, or_, select

from samepic.model.plan import RunId
from samepic.model.remembered import Change
from samepic.state.database import Database
from samepic.state.tables import change, memory

_OF_CHANGE = tuple(f.name for f in fields(Change))


class ChangeTable:
    """`samepic.ports.kept.Changes` in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, route: str, key: str) -> list[Change]:
        """A person's, newest first."""
        wanted = select(change).where(change.c.route == route, change.c.key == key)
        with self._database.read() as connection:
            found = connection.execute(wanted.order_by(change.c.number.desc())).mappings()
            return [_change(told) for told in found]

    def people_of(self, route: str, run: RunId, after: str, limit: int) -> list[str]:
        """The keys of whomever a run of this route changed, in order, beginning after a key."""
        of_run = (change.c.route == route, change.c.run == run, change.c.key > after)
        wanted = select(change.c.key).where(*of_run).distinct()
        with self._database.read() as connection:
            return list(connection.execute(wanted.order_by(change.c.key).limit(limit)).scalars())

    def known_as(self, name: str) -> str | None:
        """The key of a person by object id or user principal name, however long they have been gone."""
        folded = name.casefold()
        wanted = select(memory.c.key).where(or_(memory.c.key == folded, memory.c.folded_upn == folded))
        with self._database.read() as connection:
            found = set(connection.execute(wanted.distinct().limit(2)).scalars())
        return found.pop() if len(found) == 1 else None


def _change(told: RowMapping) -> Change:
    return Change(**{name: told[name] for name in _OF_CHANGE})
