"""When a route runs of its own accord."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Starts(StrEnum):
    """What starts work on a route, beside an administrator's own `samepic sync`."""

    ON_REQUEST = "on_request"  # people asking for their own picture
    ON_SCHEDULE = "on_schedule"  # the clock
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Timing:
    """A route's schedule. cron: five fields, None where the clock starts nothing; read in the time zone `zone`.

    jitter: a sweep begins up to so much later than cron says. full_every: so long after the last full sweep began the
    next one is full, others are incremental; nothing: all are full.
    """

    starts: Starts = Starts.ON_REQUEST
    cron: str | None = None
    zone: str = "UTC"
    jitter: timedelta = timedelta(0)
    full_every: timedelta = timedelta(days=1)
