"""Of whom each route has news, and up to where it has heard its census."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from samepic.model.decision import Action, Reason
from samepic.model.news import SWEEPS, Because, Heard
from samepic.model.plan import RunId
from samepic.model.sweeping import Observed
from samepic.state.columns import Word
from samepic.state.database import Database
from samepic.state.tables import change, heard, member, news, person, run

_HEARD = select(heard).where(heard.c.route == bindparam("of_route"))


class NewsTable:
    """`samepic.ports.news.News` in tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enter(self, route: str, people: Collection[str], because: Because) -> None:
        """Enter people by key; whoever is there has the new number."""
        if not people:
            return
        with self._database.write(alone=True) as connection:
            number = _following(connection, route)
            rows = [{"route": route, "key": key, "because": because, "number": number} for key in sorted(set(people))]
            self._database.upsert(connection, news, rows)

    def page(self, route: str, upto: int, after: str, limit: int) -> list[str]:
        """Those whose number is not beyond `upto`, by key, beginning after a key."""
        wanted = select(news.c.key).where(news.c.route == route, news.c.number <= upto, news.c.key > after)
        with self._database.read() as connection:
            return list(connection.execute(wanted.order_by(news.c.key).limit(limit)).scalars())

    def count(self, route: str) -> int:
        """Of how many people there is news."""
        with self._database.read() as connection:
            wanted = select(func.count()).select_from(news).where(news.c.route == route)
            return int(connection.execute(wanted).scalar_one())

    def latest(self, route: str) -> int:
        """The greatest number that is there; 0 where there is no news."""
        with self._database.read() as connection:
            return _following(connection, route) - 1

    def leave(self, route: str) -> None:
        """Enter whoever the route's latest sweep, as its rows are still there, could not decide or did not change.

        To be called before these rows are forgotten; calling it again changes nothing.
        """
        wanted = select(person.c.key).select_from(person.join(run, run.c.run == person.c.run)).distinct()
        sweeps = (run.c.route == route, run.c.kind.in_(SWEEPS))
        latest = select(func.max(run.c.number)).where(*sweeps).scalar_subquery()
        self._enter_those(route, wanted.where(run.c.number == latest, _is_left()), Because.LEFT)

    def enter_moved(self, route: str, run_id: RunId) -> None:
        """Enter whoever joined or left a group since it was listed by the last sweep that ended well."""
        before = select(heard.c.members_of).where(heard.c.route == route).scalar_subquery()
        joined, left = _only_in(literal(run_id), before), _only_in(before, literal(run_id))
        moved = joined.union(left).subquery()
        self._enter_those(route, select(moved.c.person), Because.CENSUS)

    def heard(self, route: str) -> Heard | None:
        """None where no full sweep has ended well."""
        with self._database.read() as connection:
            told = connection.execute(_HEARD, {"of_route": route}).mappings().one_or_none()
        if told is None:
            return None
        grounds, members_of = json.loads(told["grounds"] or "{}"), told["members_of"]
        return Heard(told["cursor"], told["full_began_at"], told["full_ended_at"], grounds, members_of)

    def keep(self, route: str, run_id: RunId, observed: Observed, now: datetime) -> None:
        """Enter that a sweep has ended well: all in one, what it was told of is no news any more, its cursor holds, and
        who was in which group by its listing is held against the next one's.
        """
        told: dict[str, Any] = {"cursor": observed.cursor, "members_of": run_id}
        with self._database.write() as connection:
            connection.execute(delete(news).where(news.c.route == route, news.c.number <= observed.upto))
            if observed.full:
                began_at = connection.execute(select(run.c.started_at).where(run.c.run == run_id)).scalar() or now
                told |= {"route": route, "full_began_at": began_at, "full_ended_at": now}
                self._database.upsert(connection, heard, [told | {"grounds": json.dumps(dict(observed.grounds))}])
            else:
                connection.execute(update(heard).where(heard.c.route == route).values(told))

    def _enter_those(self, route: str, keys: Select[tuple[str]], because: Because) -> None:
        """Enter whoever a query finds; of whom there is news already, there is."""
        with self._database.write(alone=True) as connection:
            number = _following(connection, route)
            found = keys.subquery()
            told = (literal(route), found.c[0], literal(because, Word(Because)), literal(number))
            entering = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(news)
            wanted = select(*told).where(found.c[0].is_not(None))  # without WHERE, SQLite takes ON for a join's
            entering = entering.from_select(["route", "key", "because", "number"], wanted)
            connection.execute(entering.on_conflict_do_nothing(index_elements=["route", "key"]))


def _only_in(one: ColumnElement[str], other: ColumnElement[str]) -> Select[tuple[str]]:
    """Who is in a group by the listing of one run and not by that of another."""
    here, there = member.alias(), member.alias()
    same = exists().where(there.c.run == other, there.c.group == here.c.group, there.c.person == here.c.person)
    return select(here.c.person).where(here.c.run == one, ~same)


def _following(connection: Connection, route: str) -> int:
    """The number of what is entered next."""
    wanted = select(func.coalesce(func.max(news.c.number), 0) + 1).where(news.c.route == route)
    return int(connection.execute(wanted).scalar_one())


def _is_left() -> ColumnElement[bool]:
    """What was to be changed and was has its entry; what failed, or waits, is to be decided again."""
    taken = exists().where(change.c.run == person.c.run, change.c.key == person.c.key)
    not_taken = and_(person.c.action != Action.NOTHING, ~taken)
    return or_(person.c.failed.is_not(None), person.c.reason == Reason.WAITING, not_taken)
