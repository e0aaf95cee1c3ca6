"""Plans that were held, and what was said about them: entered, never changed."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from samepic.model.decision import Action, Reason
from samepic.model.held import HeldPlan, Kind, PlanEvent, PlanRecord, Said, Standing
from samepic.model.person import Keys
from samepic.model.picture import Answer, PictureState, Stamp
from samepic.model.plan import Hold, PlanId, RunId, Step
from samepic.state.database import Database
from samepic.state.tables import plan, plan_event

_ANSWERS = {answer.value: answer for answer in Answer}


class PlanTable:
    """`samepic.ports.state.Plans` in tables. Whatever depends on how a plan stands is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def found_held(self, held: HeldPlan) -> PlanEvent:
        """Enter that a run found this plan held; says what happened to it last.

        A plan whose facts had changed and are back, or that was done, waits anew; one that was rejected stays so.
        """
        with self._database.write(alone=True) as connection:
            self._database.upsert(connection, plan, [_columns(held)])
            events = _events(connection, held.route, held.plan)
            if events and events[-1].what not in (Standing.STALE, Standing.DONE):
                return events[-1]
            words = [e for e in events if e.what in (Standing.APPROVED, Standing.REJECTED)]
            again = bool(events) and events[-1].what is Standing.STALE and bool(words)
            if again and words[-1].what is Standing.REJECTED:
                said, what = words[-1].said, Standing.REJECTED
            else:
                said, what = Said(), Standing.HELD
            entered = PlanEvent(held.plan, held.route, held.held_at, what, said, held.run)
            connection.execute(insert(plan_event).values(_event_columns(entered)))
            return entered

    def enter(self, event: PlanEvent, given: Collection[Standing]) -> PlanEvent | None:
        """Enter an event where the plan stands as given; says what had happened last, None where there is no plan."""
        with self._database.write(alone=True) as connection:
            events = _events(connection, event.route, event.plan)
            if events and events[-1].what in given:
                connection.execute(insert(plan_event).values(_event_columns(event)))
            return events[-1] if events else None

    def outdate(self, event: PlanEvent, kinds: Collection[Kind]) -> list[PlanRecord]:
        """Enter that every plan of these kinds but the event's is stale; says how those of the route stood."""
        with self._database.write(alone=True) as connection:
            latest = select(func.max(plan_event.c.number)).group_by(plan_event.c.route, plan_event.c.plan)
            ended = plan_event.c.what.not_in((Standing.STALE, Standing.DONE))
            wanted = select(plan_event.c.plan).where(
                plan_event.c.number.in_(latest), plan_event.c.route == event.route, plan_event.c.plan != event.plan
            )
            records = [
                _record(connection, event.route, PlanId(one))
                for one in connection.execute(wanted.where(ended)).scalars().all()
            ]
            found = [record for record in records if record is not None and record.held.kind in kinds]
            for record in found:
                stale = PlanEvent(record.held.plan, event.route, event.at, Standing.STALE, Said(), event.run)
                connection.execute(insert(plan_event).values(_event_columns(stale)))
        return found

    def of(self, route: str, one: PlanId) -> PlanRecord | None:
        """A plan with everything that happened to it."""
        with self._database.read() as connection:
            return _record(connection, route, one)

    def latest(self, route: str, limit: int) -> list[PlanRecord]:
        """The plans that something happened to last, newest first."""
        last = func.max(plan_event.c.number)
        wanted = select(plan_event.c.plan).where(plan_event.c.route == route).group_by(plan_event.c.plan)
        with self._database.read() as connection:
            plans = connection.execute(wanted.order_by(last.desc()).limit(limit)).scalars().all()
            found = [_record(connection, route, PlanId(one)) for one in plans]
        return [record for record in found if record is not None]


def _record(connection: Connection, route: str, one: PlanId) -> PlanRecord | None:
    wanted = select(plan).where(plan.c.route == route, plan.c.plan == one)
    told = connection.execute(wanted).mappings().one_or_none()
    return None if told is None else PlanRecord(_held(told), tuple(_events(connection, route, one)))


def _events(connection: Connection, route: str, one: PlanId) -> list[PlanEvent]:
    wanted = select(plan_event).where(plan_event.c.route == route, plan_event.c.plan == one)
    return [_event(told) for told in connection.execute(wanted.order_by(plan_event.c.number)).mappings()]


def _event(told: RowMapping) -> PlanEvent:
    said = Said(told["who"], told["why"], told["account"])
    run = RunId(told["run"]) if told["run"] is not None else None
    return PlanEvent(PlanId(told["plan"]), told["route"], told["at"], told["what"], said, run)


def _event_columns(event: PlanEvent) -> dict[str, Any]:
    of_event = {f.name: getattr(event, f.name) for f in fields(PlanEvent) if f.name != "said"}
    return of_event | asdict(event.said)


def _columns(held: HeldPlan) -> dict[str, Any]:
    return {f.name: getattr(held, f.name) for f in fields(HeldPlan)} | {
        "hold": hold_text(held.hold),
        "counts": json.dumps({reason.value: number for reason, number in held.counts.items()}),
        "examples": json.dumps([_step_columns(step) for step in held.examples], ensure_ascii=False),
    }


def _held(told: RowMapping) -> HeldPlan:
    counts = {Reason(reason): number for reason, number in json.loads(told["counts"]).items()}
    examples = tuple(_step(one) for one in json.loads(told["examples"]))
    plain = {name: told[name] for name in ("plan", "route", "run", "held_at", "people", "changes", "kind")}
    return HeldPlan(**plain, hold=hold_of(told["hold"]), counts=counts, examples=examples)


def hold_text(hold: Hold) -> str:
    """A hold as it is kept."""
    return json.dumps(asdict(hold))


def hold_of(text: str) -> Hold:
    """Back from what was kept; one of an earlier version lacks the later numbers."""
    told = json.loads(text)
    return Hold(**told | {"objections": tuple(told.get("objections", ()))})


def _step_columns(step: Step) -> dict[str, Any]:
    return asdict(step) | {"source": _state_text(step.source), "target": _state_text(step.target)}


def _step(told: dict[str, Any]) -> Step:
    return Step(
        keys=Keys(**told["keys"]),
        display_name=told["display_name"],
        action=Action(told["action"]),
        reason=Reason(told["reason"]),
        detail=told["detail"],
        source=_state(told["source"]),
        target=_state(told["target"]),
        original=told.get("original"),
    )


def _state_text(state: PictureState) -> str:
    return state.value if isinstance(state, Answer) else f"={state}"


def _state(text: str) -> PictureState:
    return Stamp(text[1:]) if text.startswith("=") else _ANSWERS[text]
