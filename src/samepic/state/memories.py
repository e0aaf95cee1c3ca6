"""What lasts from run to run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select

from samepic.model.remembered import Change, Closed, Footing, Intent, Kept, Memory, Refusal, Seen
from samepic.state.database import Database, fold, many, portions
from samepic.state.kept import ceased, enter, kept_of
from samepic.state.tables import change as change_table
from samepic.state.tables import intent, memory, refusal, rendition, seen

_OF_MEMORY = tuple(f.name for f in fields(Memory))
_OF_SEEN = tuple(f.name for f in fields(Seen))
_OF_CHANGE = tuple(f.name for f in fields(Change))
_OF_INTENT = tuple(f.name for f in fields(Intent) if f.name != "renditions")


class MemoryTable:
    """`samepic.ports.state.Memories` in tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, route: str, keys: Collection[str]) -> dict[str, Memory]:
        """By key; nobody who was never met."""
        found: dict[str, Memory] = {}
        with self._database.read() as connection:
            for portion in portions(keys):
                found |= _memories(connection, route, portion)
        return found

    def remember(self, route: str, memories: Sequence[Memory]) -> None:
        """Replace what is remembered of these people, where what is there is of an earlier version."""
        if memories:
            with self._database.write() as connection:
                rows = [_columns(route, one) for one in memories]
                self._database.upsert(connection, memory, rows, newer_by="version")

    def count(self, route: str) -> int:
        """How many people are remembered."""
        with self._database.read() as connection:
            wanted = select(func.count()).select_from(memory).where(memory.c.route == route)
            return int(connection.execute(wanted).scalar_one())

    def refusals(self, route: str, keys: Collection[str]) -> dict[str, Refusal]:
        """Which source picture of a person was refused, and why; by key."""
        found: dict[str, Refusal] = {}
        with self._database.read() as connection:
            for portion in portions(keys):
                wanted = select(refusal).where(refusal.c.route == route, refusal.c.key.in_(portion))
                for told in connection.execute(wanted).mappings():
                    found[told["key"]] = Refusal(told["stamp"], told["words"], told["at"], told["not_eligible"])
        return found

    def refuse(self, route: str, key: str, one: Refusal) -> None:
        """Remember that this picture cannot be carried over, so that it is not fetched again."""
        with self._database.write() as connection:
            self._database.upsert(connection, refusal, [_refused(route, key, one)])

    def seen(self, system: str, people: Collection[str]) -> dict[str, Seen]:
        """The latest picture of each of these people that was read from a system."""
        found: dict[str, Seen] = {}
        with self._database.read() as connection:
            for portion in portions(people):
                wanted = select(seen).where(seen.c.system == system, seen.c.key.in_(portion))
                found |= {r["key"]: _seen(r) for r in connection.execute(wanted).mappings()}
        return found

    def saw(self, system: str, pictures: Mapping[str, Seen]) -> None:
        """Remember what was found out; only the latest stamp of a person is kept."""
        if pictures:
            with self._database.write() as connection:
                _saw(self._database, connection, [(system, key, one) for key, one in pictures.items()])


class IntentTable:
    """`samepic.ports.state.Intents` in tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, route: str, one: Intent, kept: Sequence[Kept] = ()) -> None:
        """Commit an intent before the first request of its write, with whose the pictures in the vault are."""
        self.open_all(route, [(one, kept)])

    def open_all(self, route: str, openings: Sequence[tuple[Intent, Sequence[Kept]]]) -> None:
        """The same for several people, in one commit."""
        intents = [one for one, _ in openings]
        renditions = [
            {"route": route, "key": one.key, "position": position, "sha256": sha256, "data": data}
            for one in intents
            for position, (sha256, data) in enumerate(zip(one.sha256, one.renditions, strict=True))
        ]
        rows = [{"route": route} | {name: getattr(one, name) for name in _OF_INTENT} for one in intents]
        with self._database.write() as connection:
            enter(connection, [one for _, kept in openings for one in kept])
            _drop(connection, route, [one.key for one in intents])
            self._database.upsert(connection, intent, rows)
            self._database.upsert(connection, rendition, renditions)

    def footing(self, route: str, keys: Collection[str]) -> dict[str, Footing]:
        """How each of these people stands, at one moment; everybody is in the answer."""
        unfinished: set[str] = set()
        memories: dict[str, Memory] = {}
        pictures: dict[str, list[Kept]] = {}
        with self._database.read() as connection:
            for portion in portions(keys):
                theirs = {"of_route": route, "keys": portion}
                unfinished.update(connection.execute(_UNFINISHED, theirs).scalars())
                memories |= _memories(connection, route, portion)
                for one in kept_of(connection, route, portion):
                    pictures.setdefault(one.key, []).append(one)
        return {key: Footing(key in unfinished, memories.get(key), tuple(pictures.get(key, ()))) for key in keys}

    def of(self, route: str, key: str) -> Intent | None:
        """A person's open intent."""
        with self._database.read() as connection:
            wanted = select(intent).where(intent.c.route == route, intent.c.key == key)
            told = connection.execute(wanted).mappings().one_or_none()
            if told is None:
                return None
            data = select(rendition.c.data).where(rendition.c.route == route, rendition.c.key == key)
            renditions = tuple(connection.execute(data.order_by(rendition.c.position)).scalars())
        return Intent(renditions=renditions, **{name: told[name] for name in _OF_INTENT})

    def page(self, route: str, after: str, limit: int) -> list[str]:
        """The keys of those with an open intent, beginning after a key."""
        wanted = select(intent.c.key).where(intent.c.route == route, intent.c.key > after)
        with self._database.read() as connection:
            return list(connection.execute(wanted.order_by(intent.c.key).limit(limit)).scalars())

    def count(self, route: str) -> int:
        """How many are open."""
        with self._database.read() as connection:
            return int(connection.execute(_HOW_MANY, {"of_route": route}).scalar_one())

    def close(
        self,
        route: str,
        key: str,
        remembered: Memory | None = None,
        pictures: Mapping[str, Seen] | None = None,
        change: Change | None = None,
    ) -> None:
        """Remember what the write left and close its intent, in one commit; None leaves the memory as it was.

        Whoever closes has the person's lock and has seen the target, so that no version outdoes theirs.
        """
        self.close_all(route, [Closed(key, remembered, pictures or {}, change)])

    def close_all(self, route: str, closings: Sequence[Closed]) -> None:
        """The same for several people, in one commit; each is closed with all that is said of them, or none is."""
        memories = [_columns(route, one.remembered) for one in closings if one.remembered is not None]
        refusals = [_refused(route, one.key, one.refusal) for one in closings if one.refusal is not None]
        changes = [one.change for one in closings if one.change is not None]
        with self._database.write() as connection:
            self._database.upsert(connection, memory, memories)
            self._database.upsert(connection, refusal, refusals)
            shown = [(system, one.key, seen) for one in closings for system, seen in one.pictures.items()]
            _saw(self._database, connection, shown)
            if changes:
                rows = [{"route": route} | {name: getattr(one, name) for name in _OF_CHANGE} for one in changes]
                connection.execute(insert(change_table), rows)
            for one in changes:
                if isinstance(one.before, str) and one.before != one.after:
                    ceased(connection, route, one.key, one.before, one.at)
            _drop(connection, route, [one.key for one in closings])


def _columns(route: str, one: Memory) -> dict[str, object]:
    return {"route": route, "folded_upn": fold(one.upn)} | {name: getattr(one, name) for name in _OF_MEMORY}


def _refused(route: str, key: str, one: Refusal) -> dict[str, object]:
    return {"route": route, "key": key} | asdict(one)


def _saw(database: Database, connection: Connection, pictures: Sequence[tuple[str, str, Seen]]) -> None:
    rows = [
        {"system": system, "key": key} | {name: getattr(one, name) for name in _OF_SEEN}
        for system, key, one in pictures
    ]
    database.upsert(connection, seen, rows)


_UNFINISHED = select(intent.c.key).where(intent.c.route == bindparam("of_route"), intent.c.key.in_(many("keys")))
_HOW_MANY = select(func.count()).select_from(intent).where(intent.c.route == bindparam("of_route"))
_REMEMBERED = select(memory).where(memory.c.route == bindparam("of_route"), memory.c.key.in_(many("keys")))
"""Statements that are executed for every person are built once: building one takes as long as executing it."""

_DROP = tuple(
    delete(table).where(table.c.route == bindparam("of_route"), table.c.key == bindparam("of_key"))
    for table in (rendition, intent)
)


def _drop(connection: Connection, route: str, keys: Sequence[str]) -> None:
    if keys:
        theirs = [{"of_route": route, "of_key": key} for key in sorted(keys)]
        for statement in _DROP:
            connection.execute(statement, theirs)


def _memories(connection: Connection, route: str, portion: Sequence[str]) -> dict[str, Memory]:
    found = connection.execute(_REMEMBERED, {"of_route": route, "keys": portion}).mappings()
    return {told["key"]: _memory(told) for told in found}


def _memory(told: RowMapping) -> Memory:
    return Memory(**{name: told[name] for name in _OF_MEMORY})


def _seen(told: RowMapping) -> Seen:
    return Seen(**{name: told[name] for name in _OF_SEEN})
