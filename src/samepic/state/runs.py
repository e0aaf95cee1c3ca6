"""The history of runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, TextClause, func, insert, select, text, update

from samepic.model.decision import Reason
from samepic.model.news import SWEEPS
from samepic.model.outcome import Pictures, RunFigures, RunRecord
from samepic.model.plan import Hold, RunId
from samepic.model.sayings import saying
from samepic.state.database import Database
from samepic.state.plans import hold_of, hold_text
from samepic.state.tables import NO_REQUEST, RUNNING, run

_PLANS_EVERYBODY = ("plan", "sync")
_PLANS_SOME = ("incremental_plan", "incremental")
_DIED = saying("died")
_OF_RECORD = tuple(f.name for f in fields(RunRecord))

_NO_REQUEST, _IS_RUNNING = text(NO_REQUEST), text(RUNNING)
"""In the words of their indices: by these a database knows that it may take them."""


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
        wanted = select(run).where(run.c.route == route).order_by(run.c.number.desc())
        with self._database.read() as connection:
            return [_record(told) for told in connection.execute(wanted.limit(limit)).mappings()]

    def page(self, routes: Collection[str], before: RunId | None, limit: int) -> list[RunRecord]:
        """Newest first, of several routes; before: those that were entered before that run."""
        entered = select(run.c.number).where(run.c.run == before).scalar_subquery()
        found: list[tuple[int, RunRecord]] = []
        with self._database.read() as connection:
            for route in routes:  # each by its index: of several at once all runs would be sorted
                wanted = select(run).where(run.c.route == route, *(() if before is None else (run.c.number < entered,)))
                told = connection.execute(wanted.order_by(run.c.number.desc()).limit(limit)).mappings()
                found += [(one["number"], _record(one)) for one in told]
        return [record for _, record in sorted(found, key=lambda one: -one[0])[:limit]]

    def history(self, route: str, limit: int) -> list[RunFigures]:
        """What the latest syncs of everybody that were carried out left, oldest first."""
        carried_out = (run.c.route == route, _NO_REQUEST, run.c.kind == "sync", run.c.state == "done")
        wanted = select(run).where(*carried_out).order_by(run.c.number.desc()).limit(limit)
        with self._database.read() as connection:
            return [_figures(told) for told in connection.execute(wanted).mappings()][::-1]

    def of(self, one: RunId) -> RunRecord | None:
        """One run; None where there never was such a run."""
        return self._first(run.c.run == one)

    def running(self, route: str) -> RunRecord | None:
        """The run over everybody that is at work, or was when its process died; requests come and go beside it."""
        return self._first(run.c.route == route, _IS_RUNNING)

    def latest_sweep(self, route: str) -> RunRecord | None:
        """The newest run that was no request, whatever became of it."""
        return self._first(run.c.route == route, _NO_REQUEST)

    def newest_over_everybody(self, route: str) -> RunRecord | None:
        """The newest run over everybody, whether or not it came to a plan."""
        return self._first(run.c.route == route, _NO_REQUEST, run.c.kind.in_(_PLANS_EVERYBODY))

    def last_planned(self, route: str) -> RunRecord | None:
        """The newest run over everybody that has ended and came to a plan, whatever became of it then."""
        planned = (run.c.kind.in_(_PLANS_EVERYBODY), run.c.state != "running", run.c.plan.is_not(None))
        return self._first(run.c.route == route, _NO_REQUEST, *planned)

    def last_sweep(self, route: str, *, done: bool = False) -> RunRecord | None:
        """The newest sweep that has ended, incremental or full; done: that was carried out."""
        ended = run.c.state == "done" if done else run.c.state != "running"
        return self._first(run.c.route == route, _NO_REQUEST, run.c.kind.in_(SWEEPS), ended)

    def last_held(self, route: str) -> RunRecord | None:
        """The newest run that came to a plan for more than those who asked, where it held that; None else."""
        kinds = (*_PLANS_EVERYBODY, *_PLANS_SOME)
        planned = (run.c.kind.in_(kinds), run.c.state != "running", run.c.plan.is_not(None))
        found = self._first(run.c.route == route, _NO_REQUEST, *planned)
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
            wanted = select(run.c.counts, run.c.hold).where(run.c.run == one)
            counts, hold = connection.execute(wanted).one()
        return _counts(counts), hold_of(hold) if hold else None

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

    def _first(self, *matching: ColumnElement[bool] | TextClause) -> RunRecord | None:
        """The newest of those."""
        wanted = select(run).where(*matching).order_by(run.c.number.desc()).limit(1)
        with self._database.read() as connection:
            return next((_record(told) for told in connection.execute(wanted).mappings()), None)


def _columns(
    record: RunRecord, counts: Mapping[Reason, int], hold: Hold | None, pictures: Pictures | None
) -> dict[str, object]:
    return {name: getattr(record, name) for name in _OF_RECORD} | {
        "counts": json.dumps({reason.value: number for reason, number in counts.items()}),
        "hold": hold_text(hold) if hold else None,
        "target_pictures": pictures.target if pictures else None,
        "source_pictures": pictures.source if pictures else None,
    }


def _counts(text: str) -> dict[Reason, int]:
    return {Reason(reason): number for reason, number in json.loads(text).items()}


def _figures(told: RowMapping) -> RunFigures:
    pictures = Pictures(told["target_pictures"], told["source_pictures"])
    return RunFigures(told["run"], told["started_at"], told["people"], _counts(told["counts"]), pictures)


def _record(told: RowMapping) -> RunRecord:
    return RunRecord(**{name: told[name] for name in _OF_RECORD})
