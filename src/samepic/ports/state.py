"""What Samepic remembers of each person on a route, and the rows of a run while it runs.

Everything is synchronous and speaks in batches: the engine calls it from one thread. Nothing here grows in memory
with the number of people; whatever is many is paged by the key it is ordered by.
"""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from samepic.model.decision import Decision, Likeness
from samepic.model.person import NotEligible, Person, PersonId
from samepic.model.picture import NOT_TOLD, Fingerprint, PictureState, Place
from samepic.model.plan import RunId


class StateNewer(Exception):
    """The state was written by a newer Samepic; this one would not understand all of it."""

    def __init__(self, where: str, revision: str) -> None:
        super().__init__(f"{where}: written by a newer Samepic (revision {revision})")
        self.where = where
        self.revision = revision


class RouteBusy(Exception):
    """Another run is at work on this route. `who` names its process, `since` is when it began."""

    def __init__(self, route: str, who: str, since: datetime | None) -> None:
        when = f" since {since:%Y-%m-%d %H:%M:%S} UTC" if since else ""
        super().__init__(f"{route}: another run is at work ({who}){when}; wait for it or end it")
        self.route = route
        self.who = who
        self.since = since


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one person on one route.

    key: the person's object id in the census, folded.
    source, target: the states as we left them; NOT_TOLD where nothing is known.
    target_before: what the target showed before our last write.
    ours: the target had our picture, or one that we found to be the same.
    blankings: when we found our picture gone or blanked while the source stood still, newest last.
    """

    key: str
    source_person: PersonId | None = None
    target_person: PersonId | None = None
    upn: str | None = None
    display_name: str = ""
    source: PictureState = NOT_TOLD
    target: PictureState = NOT_TOLD
    target_before: PictureState = NOT_TOLD
    ours: bool = False
    fingerprint: Fingerprint | None = None
    place: Place | None = None
    written_at: datetime | None = None
    sync_off_by_us: bool = False
    blankings: tuple[datetime, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One person in a run: what the census and both systems said, and what was decided.

    key: as `Memory.key`. looked: the target was asked about this person, not only listed.
    """

    key: str
    person: Person
    not_eligible: NotEligible | None = None
    unmatched: str | None = None
    refused: str | None = None
    source_person: PersonId | None = None
    source: PictureState = NOT_TOLD
    target_person: PersonId | None = None
    target: PictureState = NOT_TOLD
    place: Place | None = None
    sync_off: bool | None = None
    blanked_by_system: bool = False
    target_blank: bool = False
    looked: bool = False
    likeness: Likeness = Likeness.UNKNOWN
    decision: Decision | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was once found out about one picture: asked by (system, person, stamp), never downloaded again for it.

    refused: why the picture cannot be used, None where it can.
    """

    fingerprint: Fingerprint | None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A write that has begun: committed before its first request, closed when the memory of it is.

    action: write or clear. renditions: the very bytes, so that a repeated write is the same write.
    replacing: what the target showed when it was decided.
    """

    key: str
    run: RunId
    action: str
    target_person: PersonId
    source_person: PersonId | None
    source: PictureState
    replacing: PictureState
    place: Place | None
    fingerprint: Fingerprint | None
    opened_at: datetime
    renditions: tuple[bytes, ...] = field(repr=False, default=())
    display_name: str = ""
    upn: str | None = None

    @property
    def sha256(self) -> tuple[str, ...]:
        """Hex digest of each rendition, in the target's order."""
        return tuple(hashlib.sha256(data).hexdigest() for data in self.renditions)


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture in the vault, whose it was and where it came from."""

    key: str
    sha256: str
    system: str
    stamp: PictureState
    media_type: str
    kept_at: datetime
    why: str


class State(Protocol):
    """One store for all routes; methods name the route they mean."""

    def route_lock(self, route: str) -> AbstractContextManager[None]:
        """Keep other runs off this route while it is held; a dead process holds nothing. Raises RouteBusy at once."""
        ...
