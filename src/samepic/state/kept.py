"""Whose the pictures in the vault are."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from samepic.model.picture import Stamp
from samepic.model.plan import RunId
from samepic.model.policy import Retention
from samepic.model.remembered import Kept
from samepic.ports.kept import KeptAt
from samepic.state.columns import Moment
from samepic.state.database import Database, many, portions, upsert
from samepic.state.tables import (
    change,
    departed,
    intent,
    kept,
    listed,
    member,
    memory,
    metadata,
    person,
    refusal,
    seen,
)
from samepic.state.tables_of_plans import plan

_OF_KEPT = tuple(f.name for f in fields(Kept))


class KeptTable:
    """`samepic.ports.kept.KeptPictures` in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, route: str, key: str) -> list[Kept]:
        """A person's pictures, newest first by when they were seen."""
        with self._database.read() as connection:
            return kept_of(connection, route, [key])

    def put(self, pictures: Sequence[Kept]) -> None:
        """Enter pictures; of one that is known already only `seen_at` is new, where it first came from stays."""
        with self._database.write() as connection:
            enter(connection, pictures)

    def page(self, route: str, after: KeptAt, limit: int) -> list[Kept]:
        """Everybody's on a route, in order."""
        order = (kept.c.key, kept.c.sha256)
        wanted = select(kept).where(kept.c.route == route, tuple_(*order) > tuple_(*after))
        wanted = wanted.order_by(*order).limit(limit)
        with self._database.read() as connection:
            return [_kept(told) for told in connection.execute(wanted).mappings()]

    def count(self, route: str) -> int:
        """How many a route has."""
        wanted = select(func.count()).select_from(kept).where(kept.c.route == route)
        with self._database.read() as connection:
            return int(connection.execute(wanted).scalar_one())

    def needed(self, names: Collection[str]) -> set[str]:
        """Which of these names of the vault belong to somebody's picture or to an unfinished write."""
        found: set[str] = set()
        with self._database.read() as connection:
            for portion in portions(names):
                found.update(connection.execute(select(kept.c.sha256).where(kept.c.sha256.in_(portion))).scalars())
                stamps = [Stamp(name) for name in portion]
                for column in (intent.c.before, intent.c.after):
                    found.update(connection.execute(select(column).where(column.in_(stamps))).scalars())
        return found

    def rename(self, route: str, key: str, old: str, new: Kept) -> None:
        """Another copy stands for a picture whose bytes are lost, wherever this person's past names it."""
        with self._database.write(alone=True) as connection:
            theirs = (kept.c.route == route, kept.c.key == key)
            connection.execute(delete(kept).where(*theirs, kept.c.sha256 == old))
            enter(connection, [new])
            for table in (change, intent):
                for name in ("before", "after"):
                    column = table.c[name]
                    named = update(table).where(table.c.route == route, table.c.key == key, column == Stamp(old))
                    connection.execute(named.values({name: Stamp(new.sha256)}))
            remembered = update(memory).where(memory.c.route == route, memory.c.key == key, memory.c.original == old)
            connection.execute(remembered.values(original=new.sha256))

    def retain(self, route: str, run: RunId, retention: Retention, now: datetime) -> int:
        """Forget what is older, or more, than is to be kept; say how many pictures that were."""
        with self._database.write(alone=True) as connection:
            _note_departures(connection, route, run, now)
            to_come = update(kept).where(kept.c.route == route, kept.c.seen_at > now)
            connection.execute(to_come.values(seen_at=now))  # by a clock that ran ahead: it is not kept until then
            gone = select(departed.c.key).where(departed.c.route == route, departed.c.since <= now - retention.gone_for)
            of_the_gone = delete(kept).where(kept.c.route == route, kept.c.key.in_(gone), ~_unfinished())
            former = delete(kept).where(kept.c.route == route, _too_old_or_many(route, retention, now))
            count = connection.execute(of_the_gone).rowcount + connection.execute(former).rowcount
            old = or_(change.c.key.in_(gone), change.c.at <= now - retention.former_for)
            connection.execute(delete(change).where(change.c.route == route, old))
            forgotten = update(memory).where(memory.c.route == route, memory.c.key.in_(gone))
            connection.execute(forgotten.values(original=None))
            _forget_leavers(connection, route, run, gone)
            return count

    def forget(self, key: str) -> list[str]:
        """Erase everything about a person, on every route; the vault's names of what was theirs."""
        with self._database.write(alone=True) as connection:
            names = list(connection.execute(select(kept.c.sha256).where(kept.c.key == key).distinct()).scalars())
            for table in metadata.tables.values():
                if "key" in table.c:
                    connection.execute(delete(table).where(table.c.key == key))
            connection.execute(delete(listed).where(listed.c.folded_object_id == key))
            connection.execute(delete(member).where(member.c.person == key))
            _forget_examples(connection, key)
        self._database.overwrite_what_was_deleted()
        return names


def _forget_examples(connection: Connection, key: str) -> None:
    """Held plans name some of whom they are about."""
    for told in connection.execute(select(plan.c.route, plan.c.plan, plan.c.examples)).all():
        examples = json.loads(told.examples)
        others = [one for one in examples if (one["keys"]["object_id"] or "").casefold() != key]
        if len(others) < len(examples):
            this = (plan.c.route == told.route, plan.c.plan == told.plan)
            changed = json.dumps(others, ensure_ascii=False)
            connection.execute(update(plan).where(*this).values(examples=changed))


_OF_PEOPLE = (
    select(kept)
    .where(kept.c.route == bindparam("of_route"), kept.c.key.in_(many("keys")))
    .order_by(kept.c.key, kept.c.seen_at.desc(), kept.c.sha256)
)


def kept_of(connection: Connection, route: str, keys: Sequence[str]) -> list[Kept]:
    """These people's pictures in the caller's transaction, each person's newest first by when they were seen."""
    return [_kept(told) for told in connection.execute(_OF_PEOPLE, {"of_route": route, "keys": keys}).mappings()]


def enter(connection: Connection, pictures: Sequence[Kept]) -> None:
    """Enter pictures in the caller's transaction."""
    rows = [
        {name: getattr(one, name) for name in _OF_KEPT} | {"seen_at": one.seen_at or one.kept_at} for one in pictures
    ]
    upsert(connection, kept, rows, only="seen_at")


def ceased(connection: Connection, route: str, key: str, name: str, now: datetime) -> None:
    """The target no longer shows this one: its time as a former picture begins."""
    this = (kept.c.route == route, kept.c.key == key, kept.c.sha256 == name)
    connection.execute(update(kept).where(*this).values(seen_at=now))


def _note_departures(connection: Connection, route: str, run: RunId, now: datetime) -> None:
    there = select(person.c.key).where(person.c.run == run, person.c.not_eligible.is_(None))
    known = select(departed.c.key).where(departed.c.route == route)
    connection.execute(delete(departed).where(departed.c.route == route, departed.c.key.in_(there)))
    for table in (kept, change, memory):
        away = select(literal(route), table.c.key, literal(now, Moment())).distinct()
        away = away.where(table.c.route == route, table.c.key.not_in(there), table.c.key.not_in(known))
        connection.execute(insert(departed).from_select(["route", "key", "since"], away))


def _forget_leavers(connection: Connection, route: str, run: RunId, gone: Select[tuple[str]]) -> None:
    """Of people whom the census has lost for so long nothing stays; whoever is only left out may come back."""
    listed_now = select(person.c.key).where(person.c.run == run)
    left = gone.where(departed.c.key.not_in(listed_now))
    unfinished = select(intent.c.key).where(intent.c.route == route)
    for table in (memory, refusal):
        theirs = (table.c.route == route, table.c.key.in_(left), table.c.key.not_in(unfinished))
        connection.execute(delete(table).where(*theirs))
    remembered = select(memory.c.key)
    connection.execute(delete(seen).where(seen.c.key.in_(left), seen.c.key.not_in(remembered)))


def _unfinished() -> ColumnElement[bool]:
    """Whether a write of this person is under way."""
    return exists().where(intent.c.route == kept.c.route, intent.c.key == kept.c.key)


def _too_old_or_many(route: str, retention: Retention, now: datetime) -> ColumnElement[bool]:
    shown = exists().where(
        memory.c.route == kept.c.route, memory.c.key == kept.c.key, memory.c.original == kept.c.sha256
    )
    newest_first = func.row_number().over(
        partition_by=kept.c.key, order_by=(kept.c.seen_at.desc(), kept.c.kept_at.desc(), kept.c.sha256)
    )
    former = (
        select(kept.c.key, kept.c.sha256, kept.c.seen_at, newest_first.label("place"))
        .where(kept.c.route == route, ~shown, ~_unfinished())
        .subquery()
    )
    doomed = or_(former.c.place > retention.former_each, former.c.seen_at <= now - retention.former_for)
    return tuple_(kept.c.key, kept.c.sha256).in_(select(former.c.key, former.c.sha256).where(doomed))


def _kept(told: RowMapping) -> Kept:
    return Kept(**{name: told[name] for name in _OF_KEPT})
