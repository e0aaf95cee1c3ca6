"""Of whom there is news: who an incremental sweep looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from samepic.model.plan import RunId
from samepic.model.system import Cursor

SWEEPS = ("sync", "incremental")
"""The kinds of runs that bring people in step without any of them having asked: full ones, and those in between."""


def kind_of(full: bool) -> str:
    """What the history calls a sweep."""
    return SWEEPS[0 if full else 1]


class Because(StrEnum):
    """Why there is news of somebody."""

    CENSUS = "census"  # new there, or changed, or in another of the route's groups
    ASKED = "asked"  # for their own picture
    LEFT = "left"  # an earlier run could not tell, or did not come to do what it had decided


@dataclass(frozen=True, slots=True)
class Heard:
    """What a route has heard so far, since a full sweep that ended well.

    cursor: from where the census tells what has changed since; None where it gave none. full_began_at, full_ended_at:
    of the last full sweep that ended well. grounds: on what its decisions rest (`samepic.planning.grounds_of`); empty
    where that is not known. members_of: the run that listed the route's groups last, of those that ended well.
    """

    cursor: Cursor | None
    full_began_at: datetime
    full_ended_at: datetime
    grounds: Mapping[str, str] = field(default_factory=dict)
    members_of: RunId | None = None
