"""What every system offers. The text of these Protocols is the contract; `samepic.testkit` is its test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from samepic.model.person import Keys, PersonId
from samepic.model.picture import Picture, PictureState, Place, Stamp
from samepic.model.system import Changes, Cursor, Listed, Page, Probe, Sighting, SystemProfile, Written


@runtime_checkable
class PictureSource(Protocol):
    """A system whose people and pictures can be read.

    Any method may raise Busy, AccessDenied or OutOfContract; others are named. No foreign exception escapes.
    Methods may run concurrently; cancelling a write leaves what a repeated write completes.
    """

    @property
    def profile(self) -> SystemProfile:
        """Limits, renditions and promises; constant, no I/O."""
        ...

    @property
    def requests(self) -> int:
        """Outer HTTP requests sent since the start; a batch counts once."""
        ...

    @property
    def time(self) -> datetime | None:
        """What time it is by the system's own clock, as its answers tell; None where none has told yet. No I/O."""
        ...

    async def probe(self) -> Probe:
        """Make a harmless call with the real credentials; say what works and what to grant. Raises nothing."""
        ...

    def people(self, since: Cursor | None = None) -> AsyncIterator[Page]:
        """Page through everybody the system lists, in one pass of its cheapest listing."""
        ...

    async def find(self, key: str) -> Listed | None:
        """One person, by object id, UPN or mail."""
        ...

    def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """Tell which picture each person has, as cheaply as the system allows.

        One sighting for every person asked, in any order; batches are the system's business.
        """
        ...

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """Fetch a picture, the stamp taken before the bytes; None where there is none.

        at_least_px: the smallest rendition whose edge is not below it; None asks for the largest.
        Raises PersonGone; PictureRefused where what came back is no picture or larger than the system's limit.
        """
        ...

    async def aclose(self) -> None:
        """Give back connections; safe to call twice."""
        ...


@runtime_checkable
class Census(PictureSource, Protocol):
    """The system that says who exists. Its listing carries `Listed.census`."""

    def members(self, group: str) -> AsyncIterator[PersonId]:
        """Everybody in a group, nested groups included; `group` is an id or a display name.

        Raises PersonGone where there is no such group or its name is not unique.
        """
        ...

    async def is_member(self, person: PersonId, group: str) -> bool:
        """Whether one person is in a group, as `members` would tell, without listing it. Raises PersonGone too."""
        ...

    async def sharing(self, keys: Keys) -> Sequence[Listed]:
        """Everybody who has this UPN or this mail address, whoever else has them too; a key that is None is nobody's.

        An object id is one person's by its nature, and a file name is no key of a census: neither is asked about.
        """
        ...

    def sharing_any(self, keys: Sequence[Keys]) -> AsyncIterator[Listed]:
        """The same of many, many in a request; whoever shares several may be told several times. Raises Busy."""
        ...

    def changed(self, since: Cursor | None) -> AsyncIterator[Changes]:
        """Tell who is new or changed since a cursor; whoever has left may be told too, and anybody several times.

        None tells of nobody and gives the present's cursor. A changed picture is no change of a person here.
        Raises Expired where the census does not know the cursor, or knows it no more.
        """
        ...

    def told(self, people: Sequence[PersonId]) -> AsyncIterator[tuple[PersonId, Listed | None]]:
        """Tell of these people what the listing would, many in a request; None where there is no such person.

        Whoever could not be told of for the moment is left out; where that is everybody, Busy is raised.
        """
        ...


@runtime_checkable
class PictureTarget(PictureSource, Protocol):
    """A system whose pictures can also be written."""

    async def write(
        self, person: PersonId, renditions: Sequence[Picture], *, replacing: PictureState, place: Place | None
    ) -> Written:
        """Put a picture, one encoded rendition for each of `profile.renditions` in that order.

        replacing: what was there when it was decided; PictureMoved where the system can tell that it changed.
        place: as remembered or as looked at; None where nobody knows.
        Repeating a write with the same bytes is harmless. Raises PersonGone, PictureMoved, PictureRefused,
        PersonNotEligible.
        """
        ...

    async def clear(self, person: PersonId, *, replacing: Stamp, place: Place | None) -> Written:
        """Take a picture away, so that the system shows its placeholder. Clearing what is clear is harmless."""
        ...
