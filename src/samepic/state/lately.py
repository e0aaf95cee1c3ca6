"""What our writes changed lately: how much was lost, and what is still to be looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from samepic.model.decision import REPLACES_NOTHING, Action
from samepic.model.held import Standing
from samepic.model.news import SWEEPS
from samepic.model.picture import Fingerprint
from samepic.model.plan import RunId
from samepic.model.remembered import Settled, Unsettled
from samepic.state.database import Database, portions
from samepic.state.tables import change, memory, person, run
from samepic.state.tables_of_plans import plan_event

_LOST = or_(
    change.c.action == Action.CLEAR, and_(change.c.action == Action.WRITE, change.c.reason.not_in(REPLACES_NOTHING))
)
_WROTE = change.c.action == Action.WRITE
_OPEN = or_(change.c.settled.is_(None), change.c.settled.in_((Settled.WAITING, Settled.UNVERIFIED)))


class LatelyTable:
    """`samepic.ports.state.Lately` in the table of changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lost_since(self, route: str, since: datetime, but: RunId) -> int:
        """How many people's pictures were lost, but for those whom the plan of the run `but` changes."""
        in_plan = exists().where(person.c.run == but, person.c.key == change.c.key, person.c.action != Action.NOTHING)
        return self._people(_counted(route, since), _LOST, ~in_plan)

    def count_since(self, route: str, since: datetime) -> int:
        """To how many people a picture was written."""
        return self._people(_counted(route, since), _WROTE)

    def changed_since(self, route: str, since: datetime) -> set[str]:
        """Whose picture anybody has changed, requests and all."""
        wanted = select(change.c.key).where(change.c.route == route, change.c.at > since)
        with self._database.read() as connection:
            return set(connection.execute(wanted).scalars())

    def not_carried_on(self, beside: str, route: str, since: datetime, until: datetime) -> list[str]:
        """Whose picture was changed by way of `beside`, and of whom the route has learnt nothing since; by key."""
        gift, learnt = memory.alias(), memory.alias()
        later = (learnt.c.route == route, learnt.c.key == gift.c.key, learnt.c.updated_at >= gift.c.written_at)
        wanted = select(gift.c.key).where(gift.c.route == beside, gift.c.written_at > since, ~exists().where(*later))
        wanted = wanted.where(gift.c.written_at <= until)
        with self._database.read() as connection:
            return list(connection.execute(wanted.order_by(gift.c.key)).scalars())

    def prints_since(
        self, route: str, since: datetime, but: RunId, after: str, limit: int
    ) -> list[tuple[str, Fingerprint]]:
        """Whom a picture was written to and which, by key, but for those whom `but` writes to."""
        in_plan = exists().where(person.c.run == but, person.c.key == memory.c.key, person.c.action == Action.WRITE)
        written = exists().where(change.c.key == memory.c.key, _counted(route, since), _WROTE)
        wanted = select(memory.c.key, memory.c.fingerprint).where(
            memory.c.route == route, memory.c.key > after, memory.c.fingerprint.is_not(None), written, ~in_plan
        )
        with self._database.read() as connection:
            told = connection.execute(wanted.order_by(memory.c.key).limit(limit)).all()
            return [(key, fingerprint) for key, fingerprint in told]

    def unsettled(self, route: str, after: int, limit: int, key: str | None = None) -> list[Unsettled]:
        """Changes that no look has confirmed or refuted yet, by number, beginning after one; of one person or all."""
        wanted = select(change.c.number, change.c.key, change.c.at)
        wanted = wanted.where(change.c.route == route, change.c.number > after, _OPEN)
        wanted = wanted if key is None else wanted.where(change.c.key == key)
        with self._database.read() as connection:
            told = connection.execute(wanted.order_by(change.c.number).limit(limit)).all()
            return [Unsettled(number, who, at) for number, who, at in told]

    def unsettled_of(self, route: str, keys: Collection[str]) -> list[Unsettled]:
        """The same of these people, in order."""
        found: list[Unsettled] = []
        with self._database.read() as connection:
            for portion in portions(keys):
                wanted = select(change.c.number, change.c.key, change.c.at)
                wanted = wanted.where(change.c.route == route, change.c.key.in_(portion), _OPEN)
                found += [Unsettled(number, who, at) for number, who, at in connection.execute(wanted)]
        return sorted(found, key=lambda one: one.number)

    def count_unsettled(self, route: str) -> int:
        """How many there are."""
        return self._people(change.c.route == route, _OPEN)

    def settle(self, verdicts: Mapping[int, Settled]) -> None:
        """Enter what looks have shown, by a change's number."""
        with self._database.write() as connection:
            for number, verdict in verdicts.items():
                connection.execute(update(change).where(change.c.number == number).values(settled=verdict))

    def _people(self, *which: ColumnElement[bool]) -> int:
        with self._database.read() as connection:
            return int(connection.execute(select(func.count(change.c.key.distinct())).where(*which)).scalar_one())


def _counted(route: str, since: datetime) -> ColumnElement[bool]:
    """Requests are people's own wish, and what somebody approved they have seen: neither counts."""
    sweeps = select(run.c.run).where(run.c.route == route, run.c.kind.in_(SWEEPS))
    approved = select(plan_event.c.run).where(plan_event.c.route == route, plan_event.c.what == Standing.BEGUN)
    return and_(change.c.route == route, change.c.at > since, change.c.run.in_(sweeps), change.c.run.not_in(approved))
