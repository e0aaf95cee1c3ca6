"""What the memory system keeps of one person, in the place where other systems have their vendor's answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from samepic.model.person import Keys, NotEligible, Person, PersonId
from samepic.model.picture import NO_PICTURE, Picture, PictureState, Stamp


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a person's picture and from when on it shows; no renditions where it was taken away."""

    shows_from: datetime
    changed_at: datetime
    stamp: Stamp
    renditions: tuple[Picture, ...]

    @property
    def state(self) -> PictureState:
        """The stamp, or that there is no picture."""
        return self.stamp if self.renditions else NO_PICTURE


@dataclass(slots=True)
class Row:
    """A person as the memory system knows them. `versions` oldest first; empty where there never was a picture."""

    id: PersonId
    person: Person
    versions: list[Version] = field(default_factory=list)
    not_eligible: NotEligible | None = None
    refuses_write: NotEligible | None = None
    sync_off: bool | None = None
    blanked_by_system: bool = False

    @property
    def keys(self) -> Keys:
        """Who it is."""
        return self.person.keys

    @property
    def latest(self) -> Version | None:
        """What was last stored, whether it shows yet or not."""
        return self.versions[-1] if self.versions else None

    def shown(self, now: datetime) -> Version | None:
        """What a look sees at this moment."""
        return next((v for v in reversed(self.versions) if v.shows_from <= now), None)

    def answers_to(self, key: str) -> bool:
        """Whether somebody who asks for `key` means this person; a file's name finds nobody."""
        keys = self.keys
        return key.casefold() in {k.casefold() for k in (self.id, keys.object_id, keys.upn, keys.mail) if k}
