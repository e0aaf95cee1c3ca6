"""What a system can do and what it says: the values that cross the port."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from samepic.model.person import KeyKind, Keys, NotEligible, Person, PersonId
from samepic.model.picture import NOT_TOLD, RENDITION_FORMATS, Picture, PictureFormat, PictureState, Place, Stamp

Cursor = NewType("Cursor", str)


class Looks(StrEnum):
    """How cheaply a system tells its stamps."""

    IN_LISTING = "in_listing"  # people() carries them
    PER_PERSON = "per_person"  # look() has to ask, in batches of profile.look_batch


class Replaces(StrEnum):
    """How a target guards what a write replaces."""

    ATOMIC = "atomic"  # the system compares for us
    CHECKED = "checked"  # the connector looks just before
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Rendition:
    """One of the sizes a system keeps of a picture. `max_bytes` None: no limit of its own.

    enlarge: the system needs exactly `edge_px`; otherwise a smaller original is given in its own size.
    """

    name: str
    edge_px: int
    format: PictureFormat = PictureFormat.JPEG
    max_bytes: int | None = None
    enlarge: bool = False

    def __post_init__(self) -> None:
        if self.format not in RENDITION_FORMATS:
            raise ValueError(f"{self.name}: renditions are not made as {self.format}")


@dataclass(frozen=True, slots=True)
class SystemProfile:
    """A system's limits and promises: constant, known without I/O.

    renditions: one without a limit of bytes of its own has the system's, `max_bytes`.
    lists_people: people() tells who has an account; where False, the census's people stand for it and people()
        yields what the listing of pictures tells.
    addressed_by: the key that this system's PersonId is.
    switches_sync_off: as a target, every write leaves the system's own sync of that person switched off.
    """

    name: str
    renditions: tuple[Rendition, ...]
    accepts: tuple[PictureFormat, ...]
    max_bytes: int
    looks: Looks
    look_batch: int
    replaces: Replaces
    settles_within: timedelta
    addressed_by: KeyKind
    lists_people: bool
    at_once: int = 8  # people worked on at the same time
    switches_sync_off: bool = False
    needs_mailbox_plan: bool = False  # as a source: without a mailbox plan a picture shown here is not the person's own

    def __post_init__(self) -> None:
        if unwanted := [each.name for each in self.renditions if each.format not in self.accepts]:
            raise ValueError(f"{self.name} does not accept the format of its own renditions {unwanted}")
        limited = (
            replace(each, max_bytes=min(each.max_bytes or self.max_bytes, self.max_bytes)) for each in self.renditions
        )
        object.__setattr__(self, "renditions", tuple(limited))  # the way of frozen classes to complete themselves


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a system's listing.

    person: the system's own key, None where the listing tells only `keys` (a library of files tells stems).
    """

    keys: Keys
    person: PersonId | None = None
    state: PictureState = NOT_TOLD
    place: Place | None = None
    census: Person | None = None  # told by a census only


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a listing. Only `closes_full_listing` lets the absence of somebody count as evidence."""

    people: tuple[Listed, ...]
    cursor: Cursor | None = None
    closes_full_listing: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """Some of those of whom a census has news. cursor: on the last page alone, where the next round goes on from."""

    people: tuple[PersonId, ...] = ()
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a system says of one person's picture when it is asked about them.

    sync_off: the system's own sync is switched off for this person; None where it does not tell.
    blanked_by_system: the system's own sync looked for a picture, found none, and shows its placeholder.
    """

    person: PersonId
    state: PictureState
    place: Place | None = None
    not_eligible: NotEligible | None = None
    sync_off: bool | None = None
    blanked_by_system: bool = False
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a write left behind: the new stamp (or NOT_TOLD) and where the picture is kept now."""

    stamp: PictureState
    place: Place | None = None
    sync_off: bool | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One thing that an administrator has to grant, in the vendor's own words, and what it is for."""

    permission: str
    why: str


@dataclass(frozen=True, slots=True)
class Probe:
    """What a harmless call with the real credentials showed."""

    system: str
    works: bool
    words: str
    missing: tuple[Grant, ...] = ()
    notes: tuple[str, ...] = ()
    can_write: bool | None = None
    facts: dict[str, str] = field(default_factory=dict)


__all__ = [
    "Changes",
    "Cursor",
    "Grant",
    "Listed",
    "Looks",
    "Page",
    "Picture",
    "Probe",
    "Rendition",
    "Replaces",
    "Sighting",
    "Stamp",
    "SystemProfile",
    "Written",
]
