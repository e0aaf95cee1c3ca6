"""Sweeps that workers carry out, and their shards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import RowMapping, and_, case, delete, exists, func, insert, select, update

from samepic.model.decision import Action, Likeness, Reason
from samepic.model.outcome import MatchedNobody, RunRecord
from samepic.model.picture import NO_PICTURE, NOT_TOLD
from samepic.model.plan import RunId
from samepic.model.sayings import as_kept, from_kept
from samepic.model.shard import Span
from samepic.model.sweeping import Changed, Going, Observed, Part, Planned, Shard, Sweep
from samepic.model.system import Grant
from samepic.ports.state import RouteBusy
from samepic.state.figures import FigureTables
from samepic.state.plans import hold_of, hold_text
from samepic.state.runs import RunTable
from samepic.state.tables import change, listed, member, person, run_band, run_print, shard, sweep

_OF_SWEEP = tuple(f.name for f in fields(Sweep))


class SweepTable(FigureTables):
    """`samepic.ports.sweeping.SweepStore` in tables."""

    def begin(self, record: RunRecord, full: bool, why: str) -> None:
        """Enter a sweep for the workers to find, and its run; whoever calls holds the route lock."""
        RunTable(self._database).begin(record)
        entered = Sweep(record.run, record.route, 1, Going.ON, record.started_at, full, why)
        earlier = select(sweep.c.run).where(sweep.c.route == record.route)
        with self._database.write() as connection:
            connection.execute(delete(shard).where(shard.c.run.in_(earlier)))
            connection.execute(insert(sweep).values(asdict(entered)))

    def of(self, run: RunId) -> Sweep | None:
        """One sweep; None of a run that no worker carried out."""
        with self._database.read() as connection:
            told = connection.execute(select(sweep).where(sweep.c.run == run)).mappings().one_or_none()
            return _sweep(told) if told else None

    def under_way(self) -> list[Sweep]:
        """Those of all routes that are not over."""
        wanted = select(sweep).where(sweep.c.going != Going.OVER).order_by(sweep.c.run)
        with self._database.read() as connection:
            return [_sweep(told) for told in connection.execute(wanted).mappings()]

    def refuse_beside(self, route: str) -> None:
        """Raise RouteBusy where a sweep of the route is not over."""
        for one in self.under_way():
            if one.route == route:
                raise RouteBusy(route, f"run {one.run}, by workers", one.began_at)

    def end(
        self, run: RunId, *, cancelled: bool = False, stopped: str | None = None, missing: Sequence[Grant] = ()
    ) -> bool:
        """Let a sweep end early; False where it was over, or was to end already. missing: what is to be granted."""
        going_on = update(sweep).where(sweep.c.run == run, sweep.c.going == Going.ON)
        with self._database.write() as connection:
            ending = going_on.values(going=Going.ENDING, cancelled=cancelled, stopped=stopped)
            ending = ending.values(missing=json.dumps([asdict(one) for one in missing]))
            return bool(connection.execute(ending).rowcount)

    def over(self, run: RunId) -> None:
        """Enter that a sweep is over."""
        with self._database.write() as connection:
            connection.execute(update(sweep).where(sweep.c.run == run).values(going=Going.OVER))

    def again(self, run: RunId) -> Sweep:
        """Take up a sweep that is over: whoever failed is begun anew, what no worker has done is left to do."""
        theirs = and_(
            person.c.run == run,
            person.c.failed.is_not(None),
            person.c.key > shard.c.after,
            person.c.key <= shard.c.upto,
        )
        with self._database.write() as connection:
            connection.execute(update(shard).where(shard.c.run == run, exists().where(theirs)).values(done=None))
            failed = update(person).where(person.c.run == run, person.c.failed.is_not(None))
            connection.execute(failed.values(_AS_FROM_THE_CENSUS))
            on = update(sweep).where(sweep.c.run == run)
            values = {"going": Going.ON, "attempt": sweep.c.attempt + 1, "stopped": None, "cancelled": False}
            values |= {"missing": None}
            connection.execute(on.values(values))
            told = connection.execute(select(sweep).where(sweep.c.run == run)).mappings().one()
            return _sweep(told)

    def observed(self, run: RunId, observed: Observed, finished: int, spans: Sequence[Span]) -> None:
        """Enter what was observed, and the run's shards; those of an earlier try are forgotten."""
        rows = [
            {"run": run, "number": number, "after": span.after, "upto": span.upto} for number, span in enumerate(spans)
        ]
        with self._database.write() as connection:
            connection.execute(delete(shard).where(shard.c.run == run))
            if rows:
                connection.execute(insert(shard), rows)
            kept = asdict(observed) | {"instead": as_kept(observed.instead)}
            kept["incomplete"] = [as_kept(one) for one in observed.incomplete]
            told: dict[str, Any] = {"observed": json.dumps(kept), "full": observed.full}
            told["finished"] = sweep.c.finished + finished
            connection.execute(update(sweep).where(sweep.c.run == run).values(told))

    def what_was_observed(self, run: RunId) -> Observed | None:
        """None where that has not come to its end."""
        with self._database.read() as connection:
            text = connection.execute(select(sweep.c.observed).where(sweep.c.run == run)).scalar_one()
        if text is None:
            return None
        told = json.loads(text)
        nobody = told["matched_nobody"]
        told["matched_nobody"] = MatchedNobody(tuple(nobody["opted_out"]), nobody["except_group"])
        told["instead"] = from_kept(told["instead"])
        told["incomplete"] = tuple(from_kept(one) for one in told["incomplete"])
        return Observed(**told | {"complete": tuple(told["complete"])})

    def planned(self, run: RunId, planned: Planned) -> None:
        """Enter the plan."""
        told = {f.name: getattr(planned, f.name) for f in fields(Planned)}
        told["held"] = hold_text(planned.held) if planned.held else None
        with self._database.write() as connection:
            connection.execute(update(sweep).where(sweep.c.run == run).values(planned=json.dumps(told)))

    def what_was_planned(self, run: RunId) -> Planned | None:
        """None where there is none yet."""
        with self._database.read() as connection:
            text = connection.execute(select(sweep.c.planned).where(sweep.c.run == run)).scalar_one()
        if text is None:
            return None
        told = json.loads(text)
        held = hold_of(told.pop("held")) if told["held"] else told.pop("held")
        return Planned(held=held, **told)

    def shards(self, run: RunId) -> list[Shard]:
        """By number."""
        with self._database.read() as connection:
            wanted = select(shard).where(shard.c.run == run).order_by(shard.c.number)
            return [_shard(told) for told in connection.execute(wanted).mappings()]

    def shard(self, run: RunId, number: int) -> Shard:
        """One of them."""
        with self._database.read() as connection:
            return _shard(connection.execute(select(shard).where(*_one(run, number))).mappings().one())

    def taken_on(self, run: RunId, number: int, holder: str) -> None:
        """Enter which worker is at a shard."""
        self._set(run, number, holder=holder)

    def done(self, run: RunId, number: int, part: Part) -> None:
        """Enter that a part of a shard is done."""
        self._set(run, number, done=part)

    def changed(self, run: RunId) -> Changed:
        """What a run has changed so far, whoever did it."""
        had_none = func.sum(case((change.c.before == NO_PICTURE, 1), else_=0))
        wanted = select(change.c.action, func.count(), had_none).where(change.c.run == run).group_by(change.c.action)
        with self._database.read() as connection:
            told = {action: (many, none) for action, many, none in connection.execute(wanted)}
        written, had_nothing = told.get(Action.WRITE, (0, 0))
        cleared, nothing_either = told.get(Action.CLEAR, (0, 0))
        gained = had_nothing - (cleared - nothing_either)
        return Changed(written, cleared, gained)

    def moved(self, run: RunId) -> Mapping[tuple[Reason, Reason], int]:
        """How many people a run's changes took from where the plan had them to where they stand now."""
        joined = person.join(change, and_(change.c.run == person.c.run, change.c.key == person.c.key))
        wanted = select(person.c.reason, change.c.action, func.count(person.c.key.distinct())).select_from(joined)
        wanted = wanted.where(person.c.run == run, person.c.reason.is_not(None))
        with self._database.read() as connection:
            told = connection.execute(wanted.group_by(person.c.reason, change.c.action)).all()
        to = {Action.WRITE: Reason.IN_STEP, Action.CLEAR: Reason.ABSENT}
        return {(reason, to[action]): many for reason, action, many in told}

    def forget_observed(self, run: RunId) -> None:
        """Drop the rows and listings of an observation that did not come to its end."""
        for table in (person, listed, member, run_print, run_band):
            with self._database.write() as connection:
                connection.execute(delete(table).where(table.c.run == run))

    def _set(self, run: RunId, number: int, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(update(shard).where(*_one(run, number)).values(values))


_AS_FROM_THE_CENSUS = {
    "failed": None,
    "unmatched": None,
    "refused": None,
    "source_person": None,
    "source": NOT_TOLD,
    "target_person": None,
    "target": NOT_TOLD,
    "place": None,
    "sync_off": None,
    "blanked_by_system": False,
    "target_blank": False,
    "looked": False,
    "look_first": False,
    "likeness": Likeness.UNKNOWN,
    "action": None,
    "reason": None,
    "detail": "",
    "needs_comparison": False,
}


def _one(run: RunId, number: int) -> tuple[Any, ...]:
    return (shard.c.run == run, shard.c.number == number)


def _sweep(told: RowMapping) -> Sweep:
    return Sweep(**{name: told[name] for name in _OF_SWEEP})


def _shard(told: RowMapping) -> Shard:
    return Shard(told["run"], told["number"], Span(told["after"], told["upto"]), told["done"], told["holder"])
