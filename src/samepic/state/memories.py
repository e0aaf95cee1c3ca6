"""What lasts from run to run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields

from sqlalchemy import Connection, RowMapping, delete, func, insert, select

from samepic.model.remembered import Change, Intent, Kept, Memory, Refusal, Seen
from samepic.state.database import Database, portions
from samepic.state.kept import ceased, enter
from samepic.state.tables import change as change_table
from samepic.state.tables import intent, memory, refusal, rendition, seen

_OF_MEMORY = tuple(f.name for f in fields(Memory))
_OF_SEEN = tuple(f.name for f in fields(Seen))
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
                wanted = select(memory).where(memory.c.route == route, memory.c.key.in_(portion))
                found |= {told["key"]: _memory(told) for told in connection.execute(wanted).mappings()}
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
        row = {"route": route, "key": key} | asdict(one)
        with self._database.write() as connection:
            self._database.upsert(connection, refusal, [row])

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
        renditions = [
            {"route": route, "key": one.key, "position": position, "sha256": sha256, "data": data}
            for position, (sha256, data) in enumerate(zip(one.sha256, one.renditions, strict=True))
        ]
        row = {"route": route} | {name: getattr(one, name) for name in _OF_INTENT}
        with self._database.write() as connection:
            enter(connection, kept)
            _drop(connection, route, one.key)
            self._database.upsert(connection, intent, [row])
            self._database.upsert(connection, rendition, renditions)

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
            wanted = select(func.count()).select_from(intent).where(intent.c.route == route)
            return int(connection.execute(wanted).scalar_one())

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
        with self._database.write() as connection:
            if remembered is not None:
                self._database.upsert(connection, memory, [_columns(route, remembered)])
            _saw(self._database, connection, [(system, key, one) for system, one in (pictures or {}).items()])
            if change is not None:
                connection.execute(insert(change_table).values({"route": route} | asdict(change)))
                if isinstance(change.before, str) and change.before != change.after:
                    ceased(connection, route, key, change.before, change.at)
            _drop(connection, route, key)


def _columns(route: str, one: Memory) -> dict[str, object]:
    return {"route": route} | {name: getattr(one, name) for name in _OF_MEMORY}


def _saw(database: Database, connection: Connection, pictures: Sequence[tuple[str, str, Seen]]) -> None:
    rows = [
        {"system": system, "key": key} | {name: getattr(one, name) for name in _OF_SEEN}
        for system, key, one in pictures
    ]
    database.upsert(connection, seen, rows)


def _drop(connection: Connection, route: str, key: str) -> None:
    for table in (rendition, intent):
        connection.execute(delete(table).where(table.c.route == route, table.c.key == key))


def _memory(told: RowMapping) -> Memory:
    return Memory(**{name: told[name] for name in _OF_MEMORY})


def _seen(told: RowMapping) -> Seen:
    return Seen(**{name: told[name] for name in _OF_SEEN})
