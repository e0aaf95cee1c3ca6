"""A sweep that workers carry out in shards, as the state has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from samepic.model.outcome import Failure, LookedAt, MatchedNobody
from samepic.model.plan import Hold, PlanId, RunId
from samepic.model.shard import Span
from samepic.model.system import Cursor, Grant


class Part(StrEnum):
    """What is done with a shard, in order."""

    MATCH = "match"
    DECIDE = "decide"
    PRINT = "print"
    WRITE = "write"


class Going(StrEnum):
    """How far a sweep is."""

    ON = "on"
    ENDING = "ending"  # somebody cancelled it, or a system stopped it: no further step is taken
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep. attempt: 1, and one more each time it is tried again. stopped: why it ends early."""

    run: RunId
    route: str
    attempt: int
    going: Going
    began_at: datetime
    full: bool = True
    why: str = ""
    stopped: str | None = None
    cancelled: bool = False
    finished: int = 0  # writes of earlier runs that this one has brought to an end

    @property
    def job(self) -> str:
        """The name of the durable workflow that carries it out."""
        return f"{self.run}.{self.attempt}"


@dataclass(frozen=True, slots=True)
class Observed:
    """What came of a run's census and listings, beside the rows.

    incomplete: in words, what was cut short. complete: the systems whose listing was told to its end, by name.
    full: everybody was listed, not only asked for whom there is news of. instead: why, where that was not wanted.
    cursor: from where the census tells what changes later; upto: the last number of the news that this is about.
    grounds: on what a full sweep's decisions rest.
    """

    incomplete: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()
    matched_nobody: MatchedNobody = field(default_factory=MatchedNobody)
    full: bool = True
    instead: str = ""
    cursor: Cursor | None = None
    upto: int = 0
    grounds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a sweep's end has to know of its plan."""

    plan: PlanId
    people: int
    changes: int
    target_pictures: int
    source_pictures: int
    blanks: int
    incomplete: bool
    held: Hold | None


@dataclass(frozen=True, slots=True)
class Shard:
    """A span of a run's people. done: its last part that is; holder: the worker that took it on last."""

    run: RunId
    number: int
    span: Span
    done: Part | None = None
    holder: str | None = None

    def has(self, part: Part) -> bool:
        """Whether a part is done."""
        return self.done is not None and list(Part).index(self.done) >= list(Part).index(part)


@dataclass(frozen=True, slots=True)
class Changed:
    """What a run has changed so far. gained: pictures that the target has now and had not."""

    written: int = 0
    cleared: int = 0
    gained: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What else came of a sweep by workers, whoever of them did it. left: changes that were decided and not tried.

    requests: outer ones by system, but for those of a worker that was killed before it could say so. skipped, skips,
    failures, missing, looked_at: as in `RunOutcome`.
    """

    left: int = 0
    requests: Mapping[str, int] = field(default_factory=dict)
    skipped: int = 0
    skips: tuple[Failure, ...] = ()
    failures: tuple[Failure, ...] = ()
    missing: tuple[Grant, ...] = ()
    looked_at: LookedAt = field(default_factory=LookedAt)
