"""What lasts from run to run, and the rows of a run while it runs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from samepic.model.decision import Action, Decision, Likeness, Reason
from samepic.model.person import NotEligible, Person, PersonId
from samepic.model.picture import NOT_TOLD, Fingerprint, PictureState, Place, Stamp
from samepic.model.plan import RunId


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one person on one route.

    key: the person's object id in the census, folded.
    source, target: the states as we left them; NOT_TOLD where nothing is known.
    target_before: what the target showed before our last write.
    wrote: the stamp that our last write left; what the target shows under another did not come from us.
    ours: the target had our picture, or one that we found to be the same.
    blankings: when we found our picture gone or blanked while the source stood still, newest last.
    original: the vault's name of the picture that our last write was made of; None where the vault never had it.
    restored: the last write put back what the target showed earlier, whatever the source shows.
    version: grows by one with every change, so that of two who remember at once the later one notices.
    """

    key: str
    source_person: PersonId | None = None
    target_person: PersonId | None = None
    upn: str | None = None
    display_name: str = ""
    source: PictureState = NOT_TOLD
    target: PictureState = NOT_TOLD
    target_before: PictureState = NOT_TOLD
    wrote: PictureState = NOT_TOLD
    ours: bool = False
    fingerprint: Fingerprint | None = None
    place: Place | None = None
    written_at: datetime | None = None
    sync_off_by_us: bool = False
    blankings: tuple[datetime, ...] = ()
    original: str | None = None
    restored: bool = False
    updated_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One person in a run: what the census and both systems said, and what was decided.

    key: as `Memory.key`. looked: the target was asked about this person, not only listed. failed: what went wrong
    for this person, who is left for the next run. look_first: the target is to be asked before it is written.
    memory_version: which version of the memory the decision was made from. original: the vault's name of the picture
    to be written instead of the source's.
    """

    key: str
    person: Person
    not_eligible: NotEligible | None = None
    unmatched: str | None = None
    refused: str | None = None
    failed: str | None = None
    source_person: PersonId | None = None
    source: PictureState = NOT_TOLD
    target_person: PersonId | None = None
    target: PictureState = NOT_TOLD
    place: Place | None = None
    sync_off: bool | None = None
    blanked_by_system: bool = False
    target_blank: bool = False
    looked: bool = False
    look_first: bool = False
    memory_version: int = 0
    likeness: Likeness = Likeness.UNKNOWN
    decision: Decision | None = None
    original: str | None = None


@dataclass(frozen=True, slots=True)
class PersonGlance:
    """How a run left somebody, as far as a list shows it.

    stands_at: where a list by name has them. reason: None while they are not decided. failed: as `Row.failed`.
    """

    key: str
    stands_at: str
    display_name: str
    upn: str | None
    mail: str | None
    reason: Reason | None
    failed: str | None


class Stage(StrEnum):
    """Which rows of a run a verb works on."""

    SOURCE_UNTOLD = "source_untold"  # taking part, the source's stamp still to be asked for
    TARGET_UNTOLD = "target_untold"  # taking part, the target's stamp still to be asked for
    TO_COMPARE = "to_compare"
    TO_LOOK = "to_look"  # the target is to be changed, and was listed only
    UNDECIDED = "undecided"
    FAILED = "failed"
    TO_TAKE = "to_take"  # the target is to be changed
    TO_WRITE = "to_write"  # the target is to be given a picture


class Verdict(StrEnum):
    """How it was found out what lies under a stamp."""

    READ = "read"  # the fingerprint tells
    SHOWN = "shown"  # by a look: a picture is shown; nobody has read it
    HIDDEN = "hidden"  # it is listed, and the system shows no picture: what lies there is a placeholder


@dataclass(frozen=True, slots=True)
class Seen:
    """What was once found out about one picture; never downloaded again for the same question.

    fingerprint: where the picture was read, None if the bytes are no picture. whole: it was taken of the largest
    rendition; a smaller one may have been cut to a square by the system, in another place than ours.
    """

    stamp: Stamp
    fingerprint: Fingerprint | None = None
    whole: bool = True
    verdict: Verdict = Verdict.READ


@dataclass(frozen=True, slots=True)
class Refusal:
    """A source's picture that could not be carried over, and why: it is not fetched again until it changes.

    not_eligible: the target said so only when it was asked to write, and may say otherwise some day.
    """

    stamp: Stamp
    words: str
    at: datetime
    not_eligible: NotEligible | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A write that has begun: committed before its first request, closed when the memory of it is.

    renditions: the very bytes, so that a repeated write is the same write; none for a clear.
    replacing: what the target showed when it was decided; replaced: that picture's fingerprint, where it is known.
    before, after: the vault's names of what was there and of what is written, as in `Change`.
    """

    key: str
    run: RunId
    action: Action
    reason: Reason
    target_person: PersonId
    source_person: PersonId | None
    source: PictureState
    replacing: PictureState
    place: Place | None
    fingerprint: Fingerprint | None
    replaced: Fingerprint | None
    opened_at: datetime
    renditions: tuple[bytes, ...] = field(repr=False, default=())
    display_name: str = ""
    upn: str | None = None
    before: PictureState = NOT_TOLD
    after: PictureState = NOT_TOLD

    @property
    def sha256(self) -> tuple[str, ...]:
        """Hex digest of each rendition, in the target's order."""
        return tuple(hashlib.sha256(data).hexdigest() for data in self.renditions)


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture in the vault: whose it is, what it is like, and where it was first seen.

    sha256: the vault's name of it. stamp: the system's, when it was read. run: the run or request that read it.
    width_px, height_px: 0 where nobody can read it as a picture; fingerprint: None there.
    seen_at: when it was last read from a system, or ceased to be what the target shows.
    """

    route: str
    key: str
    sha256: str
    system: str
    stamp: PictureState
    media_type: str
    kept_at: datetime
    run: str = ""
    width_px: int = 0
    height_px: int = 0
    size_bytes: int = 0
    fingerprint: Fingerprint | None = None
    seen_at: datetime | None = None

    @property
    def edge_px(self) -> int:
        """The shorter side: what a square cut of it can have."""
        return min(self.width_px, self.height_px)


@dataclass(frozen=True, slots=True)
class Change:
    """What one of our writes did to somebody's picture in the target.

    before, after: what the target showed: a stamp that is the vault's name of it, NO_PICTURE, or NOT_TOLD where
    nobody kept it. source: the source's stamp at that time. target: the stamp that the write left.
    """

    key: str
    run: str
    at: datetime
    action: Action
    reason: Reason
    source: PictureState
    target: PictureState
    before: PictureState
    after: PictureState


@dataclass(frozen=True, slots=True)
class Footing:
    """How a person stands before a step is taken. unfinished: whether an intent of theirs is open. kept: as listed.

    seen: what the latest look at the source's picture found.
    """

    unfinished: bool
    memory: Memory | None
    kept: tuple[Kept, ...]
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """What a write left, with which its intent is closed. remembered None: the memory stays as it was.

    pictures: what each system shows of this person now, by the system's name. change: the write itself. refusal: why
    the target would not have it.
    """

    key: str
    remembered: Memory | None = None
    pictures: Mapping[str, Seen] = field(default_factory=dict)
    change: Change | None = None
    refusal: Refusal | None = None


class Settled(StrEnum):
    """What a look showed of a change that we had made to the target."""

    VERIFIED = "verified"  # it shows
    WAITING = "waiting"  # what was there before shows, and may: the target has time left to settle
    UNVERIFIED = "unverified"  # the target did not tell
    DID_NOT_TAKE = "did_not_take"  # something else shows
    SUPERSEDED = "superseded"  # changed again since, by us


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A change that no look has confirmed yet, by its number; at: when it was made, as in `Memory.written_at`."""

    number: int
    key: str
    at: datetime
