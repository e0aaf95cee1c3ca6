"""What a run's listings said, and who is in the policy's groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields

from sqlalchemy import Column, RowMapping, func, insert, select

from samepic.model.person import Keys, PersonId
from samepic.model.picture import Place
from samepic.model.plan import RunId
from samepic.model.system import Listed
from samepic.state.database import Database, fold, portions
from samepic.state.tables import listed, member

_OF_KEYS = tuple(f.name for f in fields(Keys))


class ListingTable:
    """`samepic.ports.state.Listings` in tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, run: RunId, system: str, page: Sequence[Listed]) -> None:
        """Enter a page as it came."""
        if not page:
            return
        rows = [
            {"run": run, "system": system, "person": one.person, "state": one.state, "place": one.place}
            | {name: getattr(one.keys, name) for name in _OF_KEYS}
            | {f"folded_{name}": fold(getattr(one.keys, name)) for name in _OF_KEYS}
            for one in page
        ]
        with self._database.write() as connection:
            connection.execute(insert(listed), rows)
        self._database.grown(listed, run, len(rows))

    def candidates(self, run: RunId, system: str, keys: Collection[Keys], places: Collection[Place]) -> list[Listed]:
        """Every row that shares any key with any of these people, or lies at one of these places."""
        found: dict[int, Listed] = {}
        for name in _OF_KEYS:
            told = {folded for one in keys if (folded := fold(getattr(one, name)))}
            self._find(found, run, system, listed.c[f"folded_{name}"], told)
        self._find(found, run, system, listed.c.place, set(places))
        return [found[number] for number in sorted(found)]

    def put_members(self, run: RunId, group: str, people: Collection[str]) -> None:
        """Enter some of a group's members, by folded object id."""
        rows = [{"run": run, "group": group, "person": who} for who in people]
        with self._database.write() as connection:
            self._database.upsert(connection, member, rows)

    def members_among(self, run: RunId, group: str, people: Collection[str]) -> set[str]:
        """Which of these people are in the group."""
        among: set[str] = set()
        with self._database.read() as connection:
            for portion in portions(people):
                wanted = select(member.c.person).where(member.c.run == run, member.c.group == group)
                among.update(connection.execute(wanted.where(member.c.person.in_(portion))).scalars())
        return among

    def count_members(self, run: RunId) -> int:
        """See the port."""
        wanted = select(func.count()).select_from(member).where(member.c.run == run)
        with self._database.read() as connection:
            return int(connection.execute(wanted).scalar_one())

    def _find(
        self, found: dict[int, Listed], run: RunId, system: str, column: Column[str], values: Collection[str]
    ) -> None:
        with self._database.read() as connection:
            for portion in portions(values):
                wanted = select(listed).where(listed.c.run == run, listed.c.system == system, column.in_(portion))
                for told in connection.execute(wanted).mappings():
                    found[told["number"]] = _listed(told)


def _listed(told: RowMapping) -> Listed:
    return Listed(
        keys=Keys(**{name: told[name] for name in _OF_KEYS}),
        person=PersonId(told["person"]) if told["person"] is not None else None,
        state=told["state"],
        place=Place(told["place"]) if told["place"] is not None else None,
    )
