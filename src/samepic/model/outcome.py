"""What came of a run, in numbers and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from samepic.model.decision import Action, Reason
from samepic.model.held import PlanEvent
from samepic.model.news import Heard
from samepic.model.person import NotEligible
from samepic.model.picture import PictureState, Place
from samepic.model.plan import Hold, PlanId, RunId, Step
from samepic.model.system import Grant


class StepResult(StrEnum):
    """What became of one step that was to change the target."""

    WRITTEN = "written"
    CLEARED = "cleared"
    FAILED = "failed"
    SKIPPED = "skipped"  # the facts changed between plan and write, or the system said not eligible


@dataclass(frozen=True, slots=True)
class Failure:
    """One person whose step was not taken, with what was seen; they are tried again by the next run."""

    person: str
    words: str


@dataclass(frozen=True, slots=True)
class MatchedNobody:
    """What the policy says of whom leaves out nobody, as a census told to its end shows: misspelt, or long gone.

    opted_out: entries of the list, folded. except_group: the group, where it has no members.
    """

    opted_out: tuple[str, ...] = ()
    except_group: str | None = None


@dataclass(frozen=True, slots=True)
class LookedAt:
    """People whose picture was changed, by what a look showed afterwards; see `Settled`.

    waiting and unverified are looked at again by the next run over everybody.
    """

    verified: int = 0
    waiting: int = 0
    unverified: int = 0
    did_not_take: int = 0


@dataclass(frozen=True, slots=True)
class Pictures:
    """How many pictures each side holds, of people who take part; None where nobody knows."""

    target: int | None = None
    source: int | None = None


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """The figures of a run: what `plan --json` and `sync --json` print.

    requests: outer HTTP requests by system. skipped: people who were passed over because the facts were others than
    planned, the first hundred of them in skips, with why. stopped: why the run ended early, None where it did not.
    cancelled: somebody let it end from elsewhere.
    examples: where the plan was held, some of the steps that the hold is about. looked_at: what looks at written people
    showed. full: everybody was looked at; instead: why, where an incremental sweep was asked for.
    """

    run: RunId
    plan: PlanId
    route: str
    people: int
    counts: Mapping[Reason, int]
    held: Hold | None = None
    written: int = 0
    cleared: int = 0
    failed: int = 0
    requests: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    failures: tuple[Failure, ...] = ()
    skipped: int = 0
    skips: tuple[Failure, ...] = ()
    stopped: str | None = None
    pending: int = 0  # steps that would change the target and were not taken (dry run, plan, hold, limit)
    matched_nobody: MatchedNobody = MatchedNobody()
    examples: tuple[Step, ...] = ()
    looked_at: LookedAt = LookedAt()
    missing: tuple[Grant, ...] = ()
    full: bool = True
    instead: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One line of the history of runs."""

    run: RunId
    plan: PlanId | None
    route: str
    kind: str  # plan | sync | incremental_plan | incremental | request | restore_plan | restore
    started_at: datetime
    ended_at: datetime | None
    state: str  # running | done | held | failed | interrupted
    people: int
    written: int
    cleared: int
    failed: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What a run over everybody left, for a plot. at: when it began; pictures: of each side."""

    run: RunId
    at: datetime
    people: int
    counts: Mapping[Reason, int]
    pictures: Pictures


@dataclass(frozen=True, slots=True)
class RouteGlance:
    """How a route stands, as far as nobody has to be counted for it; no system is asked.

    counts: people by reason as `counted`, the last run that came to a plan, left them; empty where there was none.
    held: the hold of the newest plan for more than those who asked, or of that one, where nothing was written since.
    held_last: what happened to that plan last, which may be a person's word given after the run.
    unfinished: writes that began and whose end nobody saw; the next run settles them. heard: when the last full sweep
    was, None where none has ended well.
    """

    route: str
    counts: Mapping[Reason, int]
    counted: RunRecord | None = None
    last: RunRecord | None = None
    running: RunRecord | None = None
    held: Hold | None = None
    held_plan: PlanId | None = None
    held_last: PlanEvent | None = None
    unfinished: int = 0
    heard: Heard | None = None


@dataclass(frozen=True, slots=True)
class RouteStatus(RouteGlance):
    """The whole of it. remembered: people.

    requested: pictures that requests, restores and incremental sweeps changed since `counted`. news: of how many
    people there is news, as far as the census has been heard.
    """

    remembered: int = 0
    requested: int = 0
    news: int = 0


@dataclass(frozen=True, slots=True)
class GivenLately:
    """A picture that was put into a system by another way of ours than the route, a moment ago.

    picture: the vault's name of it; None where one was taken away, or the vault has it no more. until: by then every
    part of the system shows it. shown: whether it is what shows to us already.
    """

    picture: str | None
    at: datetime
    until: datetime
    shown: bool


@dataclass(frozen=True, slots=True)
class SystemView:
    """One system's side of an explanation. same_as_source: None where it cannot be told.

    sync_off, blanked: see `Sighting`; blanked also where a placeholder was found by its pixels. given: of the source,
    where a person gave a picture so lately that it may not show yet.
    """

    system: str
    state: PictureState
    changed_at: datetime | None
    same_as_source: bool | None
    place: Place | None = None
    words: str = ""
    sync_off: bool | None = None
    blanked: bool = False
    given: GivenLately | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one person's picture is, or is not, what it should be."""

    person: str
    display_name: str
    route: str
    systems: tuple[SystemView, ...]
    eligible: bool
    not_eligible: NotEligible | None
    reason: Reason
    action: Action
    detail: str
    next_step: str  # what Samepic will do at its next run
    person_can: str  # what the person can do
    administrator_can: str
    unfinished: bool = False  # a write of this person was interrupted


__all__ = [
    "Explanation",
    "Failure",
    "GivenLately",
    "MatchedNobody",
    "RouteStatus",
    "RunOutcome",
    "RunRecord",
    "Step",
    "StepResult",
    "SystemView",
]
