"""What came of a sweep that the service began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from samepic.model.outcome import RunOutcome
from samepic.model.system import Grant


class Why(StrEnum):
    """What began a sweep."""

    SCHEDULE = "schedule"
    MISSED = "missed"  # its time was while no service was at work, or the machine slept
    ASKED = "asked"  # through the control socket


class Came(StrEnum):
    """How a sweep ended; the words of the history of runs."""

    DONE = "done"
    HELD = "held"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    BUSY = "busy"  # another run was at work; nothing was begun


@dataclass(frozen=True, slots=True)
class Ended:
    """One sweep's end. outcome: None where it came to no run. words: why it failed. missing: what to grant."""

    route: str
    why: Why
    full: bool
    began_at: datetime
    ended_at: datetime
    came: Came
    outcome: RunOutcome | None = None
    words: str = ""
    missing: tuple[Grant, ...] = ()


def came_of(outcome: RunOutcome) -> Came:
    """How a run that was carried out to its end ended."""
    if outcome.stopped is not None:
        return Came.FAILED
    if outcome.cancelled:
        return Came.INTERRUPTED
    return Came.HELD if outcome.held is not None else Came.DONE
