"""What the API says, as JSON has it. Times are in UTC, RFC 3339; reasons and states are the words of the glossary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from samepic.model.decision import Reason
from samepic.model.held import PlanGlance
from samepic.model.outcome import Explanation, RouteStatus, RunOutcome, RunRecord, SystemView
from samepic.model.picture import Answer


@dataclass(frozen=True, slots=True)
class Run:
    """One run. kind: plan, sync, incremental_plan, incremental, request, restore_plan or restore."""

    run: str
    plan: str | None
    route: str
    kind: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    people: int
    written: int
    cleared: int
    failed: int
    words: str

    @classmethod
    def of(cls, record: RunRecord) -> Run:
        """From the history."""
        names = cls.__slots__
        return cls(**{name: getattr(record, name) for name in names})


@dataclass(frozen=True, slots=True)
class RouteStanding:
    """One route as its last run left it. counts: people by reason. held: the plan that waits for a person's word."""

    route: str
    source: str
    target: str
    starts: str
    remembered: int
    counts: dict[Reason, int]
    held: str | None
    last: Run | None

    @classmethod
    def of(cls, status: RouteStatus, source: str, target: str, starts: str) -> RouteStanding:
        """From what is remembered."""
        last = Run.of(status.last) if status.last else None
        return cls(status.route, source, target, starts, status.remembered, dict(status.counts), status.held_plan, last)


@dataclass(frozen=True, slots=True)
class SystemShows:
    """One system's side. state: picture, no_picture, not_told or gone. same_as_source: null where nobody can tell."""

    system: str
    state: str
    changed_at: datetime | None
    same_as_source: bool | None
    words: str

    @classmethod
    def of(cls, view: SystemView) -> SystemShows:
        """From an explanation. The stamp is the system's own business."""
        state = view.state.value if isinstance(view.state, Answer) else "picture"
        return cls(view.system, state, view.changed_at, view.same_as_source, view.words)


@dataclass(frozen=True, slots=True)
class Explained:
    """Why one person's picture is, or is not, what it should be, on one route."""

    person: str
    display_name: str
    route: str
    reason: Reason
    action: str
    not_eligible: str | None
    detail: str
    next_step: str
    person_can: str
    administrator_can: str
    systems: list[SystemShows]

    @classmethod
    def of(cls, one: Explanation) -> Explained:
        """As the engine tells it."""
        return cls(
            one.person,
            one.display_name,
            one.route,
            one.reason,
            one.action.value,
            one.not_eligible and one.not_eligible.value,
            one.detail,
            one.next_step,
            one.person_can,
            one.administrator_can,
            [SystemShows.of(view) for view in one.systems],
        )


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a request for one person on one route. failures: what went wrong, in words."""

    run: str
    route: str
    written: int
    cleared: int
    failed: int
    seconds: float
    counts: dict[Reason, int]
    failures: list[str]
    stopped: str | None

    @classmethod
    def of(cls, outcome: RunOutcome) -> Brought:
        """From a run's figures."""
        return cls(
            outcome.run,
            outcome.route,
            outcome.written,
            outcome.cleared,
            outcome.failed,
            round(outcome.seconds, 3),
            dict(outcome.counts),
            [failure.words for failure in outcome.failures],
            outcome.stopped,
        )


@dataclass(frozen=True, slots=True)
class Word:
    """What happened to a plan, and whose word it was."""

    what: str
    at: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that was held. standing: held, approved, rejected, begun, done or stale."""

    plan: str
    route: str
    kind: str
    standing: str
    held_at: datetime
    reason: str
    words: str
    people: int
    changes: int
    counts: dict[Reason, int]
    said: list[Word]

    @classmethod
    def of(cls, record: PlanGlance) -> Plan:
        """From the state."""
        held = record.held
        return cls(
            held.plan,
            held.route,
            held.kind.value,
            record.last.what.value,
            held.held_at,
            held.hold.reason,
            held.hold.words,
            held.people,
            held.changes,
            dict(held.counts),
            [Word(event.what.value, event.at, event.said.who, event.said.why) for event in record.events],
        )


class Approval(Struct, frozen=True):
    """A person's word. why: kept with the token's name."""

    why: Annotated[str, Meta(max_length=1_000)] = ""


class Rejection(Struct, frozen=True):
    """A person's word. why: kept with the token's name, for whoever meets the held plan."""

    why: Annotated[str, Meta(max_length=1_000, pattern=r"\S")]


@dataclass(frozen=True, slots=True)
class Fault:
    """What every answer that is none looks like. code: stays the same; message: for whoever reads the log."""

    code: str
    message: str
