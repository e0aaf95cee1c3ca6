"""Plans that were held, and what was said about them: entered, never changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from samepic.model.decision import Action, Reason
from samepic.model.held import HeldPlan, Kind, PlanEvent, PlanGlance, PlanNumbers, PlanRecord, Said, Standing
from samepic.model.person import Keys
from samepic.model.picture import Answer, PictureState, Stamp
from samepic.model.plan import Hold, PlanId, Step
from samepic.model.sayings import as_kept, from_kept
from samepic.state.database import Database, many
from samepic.state.tables_of_plans import plan, plan_event

_EVENTS_AT_ONCE = 100
_ANSWERS = {answer.value: answer for answer in Answer}
_REASONS = {one.value: one for one in Reason}
_NUMBERS = tuple(one.name for one in fields(PlanNumbers))
_IN_NUMBERS = tuple(plan.c[name] for name in _NUMBERS)
"""A list has fifty plans, and to parse those whom each is about takes longer than all the rest of its page."""

_EVENTS_BACK = (
    select(plan_event.c.number, plan_event.c.plan)
    .where(plan_event.c.route == bindparam("of_route"))
    .order_by(plan_event.c.number.desc())
    .limit(_EVENTS_AT_ONCE)
)
_EVENTS = (
    select(*(plan_event.c[name] for name in ("plan", "route", "at", "what", "who", "why", "account", "run")))
    .where(plan_event.c.route == bindparam("of_route"), plan_event.c.plan.in_(many("plans")))
    .order_by(plan_event.c.number)
)
_GLANCES = select(*_IN_NUMBERS).where(plan.c.route == bindparam("of_route"), plan.c.plan.in_(many("plans")))
"""Built once: pages ask these each time."""


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

    def outdate(self, event: PlanEvent, kinds: Collection[Kind]) -> list[PlanGlance]:
        """Enter that every plan of these kinds but the event's is stale; says how those of the route stood."""
        with self._database.write(alone=True) as connection:
            latest = select(func.max(plan_event.c.number)).group_by(plan_event.c.route, plan_event.c.plan)
            ended = plan_event.c.what.not_in((Standing.STALE, Standing.DONE))
            wanted = select(plan_event.c.plan).where(
                plan_event.c.number.in_(latest), plan_event.c.route == event.route, plan_event.c.plan != event.plan
            )
            standing = connection.execute(wanted.where(ended)).scalars().all()
            found = [one for one in _glances(connection, event.route, standing) if one.held.kind in kinds]
            for record in found:
                stale = PlanEvent(record.held.plan, event.route, event.at, Standing.STALE, Said(), event.run)
                connection.execute(insert(plan_event).values(_event_columns(stale)))
        return found

    def of(self, route: str, one: PlanId) -> PlanRecord | None:
        """A plan with everything that happened to it, and with whom it is about."""
        with self._database.read() as connection:
            return _record(connection, route, one)

    def glance(self, route: str, one: PlanId) -> PlanGlance | None:
        """The same without those whom it is about."""
        with self._database.read() as connection:
            return next(iter(_glances(connection, route, [one])), None)

    def latest(self, route: str, limit: int) -> list[PlanGlance]:
        """The plans that something happened to last, newest first."""
        found: dict[str, None] = {}
        with self._database.read() as connection:
            events = _events_back(connection, route, None)
            while events and len(found) < limit:
                found |= {one.plan: None for one in events}
                events = _events_back(connection, route, events[-1].number)
            return _glances(connection, route, list(found)[:limit])


def _events_back(connection: Connection, route: str, before: int | None) -> Sequence[Any]:
    """The newest events, or those before one: whoever wants the latest plans need not read what happened to all."""
    wanted = _EVENTS_BACK if before is None else _EVENTS_BACK.where(plan_event.c.number < before)
    return connection.execute(wanted, {"of_route": route}).all()


def _record(connection: Connection, route: str, one: PlanId) -> PlanRecord | None:
    wanted = select(*_IN_NUMBERS, plan.c.examples).where(plan.c.route == route, plan.c.plan == one)
    told = connection.execute(wanted).one_or_none()
    return None if told is None else PlanRecord(_held(told), tuple(_events(connection, route, one)))


def _glances(connection: Connection, route: str, wanted: Sequence[str]) -> list[PlanGlance]:
    """Those there are, in this order; by two questions, however many they are, and without anybody's name."""
    these = {"of_route": route, "plans": wanted}
    held = {told.plan: told for told in connection.execute(_GLANCES, these)}
    happened: dict[str, list[PlanEvent]] = {}
    for told in connection.execute(_EVENTS, these):
        happened.setdefault(told.plan, []).append(_event(told))
    numbers = {one: PlanNumbers(**_in_numbers(told)) for one, told in held.items()}
    return [PlanGlance(numbers[one], tuple(happened.get(one, ()))) for one in wanted if one in numbers]


def _events(connection: Connection, route: str, one: PlanId) -> list[PlanEvent]:
    return [_event(told) for told in connection.execute(_EVENTS, {"of_route": route, "plans": [one]})]


def _event(told: Sequence[Any]) -> PlanEvent:
    one, route, at, what, who, why, account, run = told
    return PlanEvent(one, route, at, what, Said(who, why, account), run)


def _event_columns(event: PlanEvent) -> dict[str, Any]:
    of_event = {f.name: getattr(event, f.name) for f in fields(PlanEvent) if f.name != "said"}
    return of_event | asdict(event.said)


def _columns(held: HeldPlan) -> dict[str, Any]:
    return {f.name: getattr(held, f.name) for f in fields(HeldPlan)} | {
        "hold": hold_text(held.hold),
        "counts": json.dumps({reason.value: number for reason, number in held.counts.items()}),
        "examples": json.dumps([_step_columns(step) for step in held.examples], ensure_ascii=False),
    }


def _held(told: Sequence[Any]) -> HeldPlan:
    *numbers, examples = told
    return HeldPlan(**_in_numbers(numbers), examples=tuple(_step(one) for one in json.loads(examples)))


def _in_numbers(told: Sequence[Any]) -> dict[str, Any]:
    plain = dict(zip(_NUMBERS, told, strict=True))
    return plain | {"hold": hold_of(plain["hold"]), "counts": counts_of(plain["counts"])}


def hold_text(hold: Hold) -> str:
    """A hold as it is kept."""
    return json.dumps(asdict(hold) | {"words": as_kept(hold.words)})


def counts_of(text: str) -> dict[Reason, int]:
    """People by reason, back from what was kept."""
    return {_REASONS[reason]: number for reason, number in json.loads(text).items()}


def hold_of(text: str) -> Hold:
    """Back from what was kept; one of an earlier version lacks the later numbers."""
    told = json.loads(text)
    return Hold(**told | {"words": from_kept(told["words"]), "objections": tuple(told.get("objections", ()))})


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
