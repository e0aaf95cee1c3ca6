"""The history of runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, TextClause, bindparam, func, insert, select, text, update

from samepic.model.decision import Reason
from samepic.model.news import SWEEPS
from samepic.model.outcome import Pictures, RunFigures, RunRecord
from samepic.model.plan import Hold, RunId
from samepic.model.sayings import saying
from samepic.state.database import Database
from samepic.state.plans import counts_of, hold_of, hold_text
from samepic.state.tables import NO_REQUEST, RUNNING, run

_PLANS_EVERYBODY = ("plan", "sync")
_PLANS_SOME = ("incremental_plan", "incremental")
_DIED = saying("died")
_OF_RECORD = tuple(f.name for f in fields(RunRecord))
_OF_FIGURES = (run.c.run, run.c.started_at, run.c.people, run.c.counts, run.c.target_pictures, run.c.source_pictures)

_NO_REQUEST, _IS_RUNNING = text(NO_REQUEST), text(RUNNING)
"""In the words of their indices: by these a database knows that it may take them."""


def _newest(columns: Iterable[ColumnElement[Any]], *matching: ColumnElement[bool] | TextClause) -> Select[Any]:
    """The newest runs of a route. Built once: building a question takes longer than its answer, and pages ask many."""
    wanted = select(*columns).where(run.c.route == bindparam("of_route"), *matching)
    return wanted.order_by(run.c.number.desc()).limit(bindparam("most", type_=Integer))


def _records(*matching: ColumnElement[bool] | TextClause) -> Select[Any]:
    return _newest((run.c[name] for name in _OF_RECORD), *matching)


_OVER_EVERYBODY = (_NO_REQUEST, run.c.kind.in_(_PLANS_EVERYBODY))
_CAME_TO_A_PLAN = (run.c.state != "running", run.c.plan.is_not(None))
_OF_SWEEPS = (_NO_REQUEST, run.c.kind.in_(SWEEPS))
_LATEST = _records()
_RUNNING_NOW = _records(_IS_RUNNING)
_LATEST_SWEEP = _records(_NO_REQUEST)
_NEWEST_OVER_EVERYBODY = _records(*_OVER_EVERYBODY)
_LAST_PLANNED = _records(*_OVER_EVERYBODY, *_CAME_TO_A_PLAN)
_LAST_ENDED = _records(*_OF_SWEEPS, run.c.state != "running")
_LAST_DONE = _records(*_OF_SWEEPS, run.c.state == "done")
_LAST_FOR_SEVERAL = _records(_NO_REQUEST, run.c.kind.in_((*_PLANS_EVERYBODY, *_PLANS_SOME)), *_CAME_TO_A_PLAN)
_HISTORY = _newest(_OF_FIGURES, _NO_REQUEST, run.c.kind == "sync", run.c.state == "done")
_OUTCOME = select(run.c.counts, run.c.hold).where(run.c.run == bindparam("of_run"))
_NUMBERED = _newest((run.c.number, *(run.c[name] for name in _OF_RECORD)))
_ONE = select(*(run.c[name] for name in _OF_RECORD)).where(run.c.run == bindparam("of_run"))


class RunTable:
    """`samepic.ports.state.Runs` in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, record: RunRecord) -> None:
        """Enter a run; with the route lock held, those still called running are from dead processes and say so."""
        dead = update(run).where(run.c.route == record.route, run.c.state == "running")
        with self._database.write() as connection:
            connection.execute(dead.values(state="interrupted", words=_DIED))
            connection.execute(insert(run).values(_columns(record, {}, None, None)))

    def end(
        self, record: RunRecord, counts: Mapping[Reason, int], hold: Hold | None, pictures: Pictures | None
    ) -> None:
        """Enter what became of a run, one that never was begun too.

        counts: people by reason as the run left them.
        pictures: what the next run's tally calls before; None if unknown.
        """
        columns = _columns(record, counts, hold, pictures)
        with self._database.write() as connection:
            if not connection.execute(update(run).where(run.c.run == record.run).values(columns)).rowcount:
                connection.execute(insert(run).values(columns))

    def cancel(self, one: RunId, at: datetime) -> bool:
        """Enter that a run which one process carries out is to end; False where it is over, or was to end already."""
        at_work = update(run).where(run.c.run == one, run.c.state == "running", run.c.cancelled_at.is_(None))
        with self._database.write() as connection:
            return bool(connection.execute(at_work.values(cancelled_at=at)).rowcount)

    def is_cancelled(self, one: RunId) -> bool:
        """Whether somebody has entered that."""
        with self._database.read() as connection:
            wanted = select(run.c.cancelled_at).where(run.c.run == one)
            return connection.execute(wanted).scalar_one_or_none() is not None

    def found_dead(self, one: RunId, at: datetime) -> None:
        """Enter that a run's process has ended without saying so; whoever calls holds the route lock."""
        dead = update(run).where(run.c.run == one, run.c.state == "running")
        with self._database.write() as connection:
            connection.execute(dead.values(state="interrupted", words=_DIED, ended_at=at))

    def latest(self, route: str, limit: int) -> list[RunRecord]:
        """Newest first."""
        return self._newest(_LATEST, route, limit)

    def page(self, routes: Collection[str], before: RunId | None, limit: int) -> list[RunRecord]:
        """Newest first, of several routes; before: those that were entered before that run."""
        entered = select(run.c.number).where(run.c.run == before).scalar_subquery()
        found: list[tuple[int, RunRecord]] = []
        with self._database.read() as connection:
            for route in routes:  # each by its index: of several at once all runs would be sorted
                wanted = _NUMBERED if before is None else _NUMBERED.where(run.c.number < entered)
                told = connection.execute(wanted, {"of_route": route, "most": limit})
                found += [(one.number, _record(one[1:])) for one in told]
        return [record for _, record in sorted(found, key=lambda one: -one[0])[:limit]]

    def history(self, route: str, limit: int) -> list[RunFigures]:
        """What the latest syncs of everybody that were carried out left, oldest first."""
        with self._database.read() as connection:
            return [_figures(told) for told in connection.execute(_HISTORY, {"of_route": route, "most": limit})][::-1]

    def of(self, one: RunId) -> RunRecord | None:
        """One run; None where there never was such a run."""
        with self._database.read() as connection:
            return next((_record(told) for told in connection.execute(_ONE, {"of_run": one})), None)

    def running(self, route: str) -> RunRecord | None:
        """The run over everybody that is at work, or was when its process died; requests come and go beside it."""
        return self._first(_RUNNING_NOW, route)

    def latest_sweep(self, route: str) -> RunRecord | None:
        """The newest run that was no request, whatever became of it."""
        return self._first(_LATEST_SWEEP, route)

    def newest_over_everybody(self, route: str) -> RunRecord | None:
        """The newest run over everybody, whether or not it came to a plan."""
        return self._first(_NEWEST_OVER_EVERYBODY, route)

    def last_planned(self, route: str) -> RunRecord | None:
        """The newest run over everybody that has ended and came to a plan, whatever became of it then."""
        return self._first(_LAST_PLANNED, route)

    def last_sweep(self, route: str, *, done: bool = False) -> RunRecord | None:
        """The newest sweep that has ended, incremental or full; done: that was carried out."""
        return self._first(_LAST_DONE if done else _LAST_ENDED, route)

    def last_held(self, route: str) -> RunRecord | None:
        """The newest run that came to a plan for more than those who asked, where it held that; None else."""
        found = self._first(_LAST_FOR_SEVERAL, route)
        return found if found is not None and found.state == "held" else None

    def changed_on_request(self, route: str, since: RunId) -> int:
        """How many pictures requests, restores and incremental sweeps have written or cleared since a run began."""
        began = select(run.c.number).where(run.c.run == since).scalar_subquery()
        wanted = select(func.coalesce(func.sum(run.c.written + run.c.cleared), 0)).where(
            run.c.route == route, run.c.kind.not_in(_PLANS_EVERYBODY), run.c.number > began
        )
        with self._database.read() as connection:
            return int(connection.execute(wanted).scalar_one())

    def outcome(self, one: RunId) -> tuple[Mapping[Reason, int], Hold | None]:
        """The counts and the hold with which a run ended."""
        with self._database.read() as connection:
            counts, hold = connection.execute(_OUTCOME, {"of_run": one}).one()
        return counts_of(counts), hold_of(hold) if hold else None

    def pictures(self, route: str) -> Pictures:
        """How many pictures each side held at the last sweep that ended well."""
        with self._database.read() as connection:
            return Pictures(
                *(
                    connection.execute(
                        select(column)
                        .where(run.c.route == route, _NO_REQUEST, column.is_not(None))
                        .order_by(run.c.number.desc())
                        .limit(1)
                    ).scalar()
                    for column in (run.c.target_pictures, run.c.source_pictures)
                )
            )

    def _first(self, wanted: Select[Any], route: str) -> RunRecord | None:
        return next(iter(self._newest(wanted, route, 1)), None)

    def _newest(self, wanted: Select[Any], route: str, limit: int) -> list[RunRecord]:
        with self._database.read() as connection:
            return [_record(told) for told in connection.execute(wanted, {"of_route": route, "most": limit})]


def _columns(
    record: RunRecord, counts: Mapping[Reason, int], hold: Hold | None, pictures: Pictures | None
) -> dict[str, object]:
    return {name: getattr(record, name) for name in _OF_RECORD} | {
        "counts": json.dumps({reason.value: number for reason, number in counts.items()}),
        "hold": hold_text(hold) if hold else None,
        "target_pictures": pictures.target if pictures else None,
        "source_pictures": pictures.source if pictures else None,
    }


def _figures(told: Sequence[Any]) -> RunFigures:
    one, began_at, people, counts, target, source = told
    return RunFigures(one, began_at, people, counts_of(counts), Pictures(target, source))


def _record(told: Sequence[Any]) -> RunRecord:
    """told: in the order of the record's fields."""
    return RunRecord(*told)
