"""A plan that waits for a person's word, and what was said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from samepic.model.decision import Reason
from samepic.model.plan import Hold, PlanId, RunId, Step


class Standing(StrEnum):
    """How a plan that was held stands: the last thing that happened to it."""

    HELD = "held"  # it waits
    APPROVED = "approved"  # the next sync carries it out, if the facts are still the same
    REJECTED = "rejected"  # it stays held until the facts change
    BEGUN = "begun"  # approved, and a sync is at it or was cut short
    DONE = "done"
    STALE = "stale"  # the facts have changed: whatever was said about it is about another plan


class Kind(StrEnum):
    """What a held plan is of. What a restore brings back depends on its own words: no other run makes it stale.

    A full sweep sees whatever an incremental one sees, and makes its plans stale; never the other way round.
    """

    SYNC = "sync"
    INCREMENTAL = "incremental"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Said:
    """Who gave a person's word, and why. account: the operating system's name of who typed it."""

    who: str = ""
    why: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """One thing that happened to a plan, entered once and never changed. run: which run did it, None for a person."""

    plan: PlanId
    route: str
    at: datetime
    what: Standing
    said: Said = field(default_factory=Said)
    run: RunId | None = None


@dataclass(frozen=True, slots=True)
class PlanNumbers:
    """A plan in numbers, as the run found it that held it last.

    counts: people by reason. changes: how many steps would change the target.
    """

    plan: PlanId
    route: str
    run: RunId
    held_at: datetime
    hold: Hold
    people: int
    changes: int
    counts: Mapping[Reason, int]
    kind: Kind = Kind.SYNC


@dataclass(frozen=True, slots=True)
class HeldPlan(PlanNumbers):
    """The same with some of the steps that the hold is about, for looking at."""

    examples: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanGlance:
    """A held plan, in numbers, with everything that happened to it, oldest first: what a list shows."""

    held: PlanNumbers
    events: tuple[PlanEvent, ...]

    @property
    def standing(self) -> Standing:
        """How it stands."""
        return self.events[-1].what

    @property
    def last(self) -> PlanEvent:
        """What happened to it last."""
        return self.events[-1]

    @property
    def said(self) -> Said:
        """The last person's word about it, also when it was carried out or has become stale since."""
        return next((event.said for event in reversed(self.events) if event.said.who), Said())


@dataclass(frozen=True, slots=True)
class PlanRecord(PlanGlance):
    """All that is remembered of one: with some of those whom it is about."""

    held: HeldPlan
