"""A system whose people are made as they are asked for: a listing of a million takes no memory for anyone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from samepic.model.person import KeyKind, Keys, Person, PersonId
from samepic.model.picture import Picture, PictureFormat, PictureState, Place, Stamp
from samepic.model.system import (
    Cursor,
    Listed,
    Looks,
    Page,
    Probe,
    Rendition,
    Replaces,
    Sighting,
    SystemProfile,
    Written,
)

PAGE = 999
"""As many as Graph lists at once."""


def keys_of(number: int) -> Keys:
    """Somebody's, in the shape that a directory gives them."""
    object_id = f"{number * 2654435761 % 2**32:08x}-0000-4000-8000-{number:012x}"  # in no order that helps anybody
    upn = f"person.{number}@organisation.example"
    return Keys(object_id, upn, upn)


class Endless:
    """A census, a source whose marks are asked for in batches, or a target that lists its files."""

    def __init__(self, name: str, people: int, looks: Looks, kind: KeyKind, changed_each: int = 0) -> None:
        """changed_each: every so manieth person has another picture than is remembered."""
        self.profile = SystemProfile(
            name,
            (Rendition("L", 64),),
            (PictureFormat.JPEG,),
            4_000_000,
            looks,
            20,
            Replaces.CHECKED,
            timedelta(0),
            kind,
            lists_people=name == "census",
        )
        self.requests = 0
        self._people = people
        self._changed_each = changed_each

    def stamp_of(self, number: int) -> Stamp:
        """The mark of the picture that is remembered, or of another."""
        changed = self._changed_each and number % self._changed_each == 0
        return Stamp(f'W/"{number:032x}-{"new" if changed else "old"}"')

    async def people(self, since: Cursor | None = None) -> AsyncIterator[Page]:
        """Everybody, in pages."""
        for start in range(0, self._people, PAGE):
            numbers = range(start, min(start + PAGE, self._people))
            yield Page(tuple(map(self._listed, numbers)), closes_full_listing=numbers.stop == self._people)

    def _listed(self, number: int) -> Listed:
        keys = keys_of(number)
        if self.profile.name == "census":
            return Listed(keys, PersonId(str(keys.object_id)), census=Person(keys, f"Person {number}"))
        return Listed(Keys(object_id=keys.object_id), state=self.stamp_of(number), place=place_of(number))

    async def find(self, key: str) -> Listed | None:
        """Nobody is asked for by name here."""
        return None

    async def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """What each shows."""
        for person in people:
            number = int(person.rpartition("-")[2], 16)
            yield Sighting(person, self.stamp_of(number), place_of(number))

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """No picture is read: planning asks about stamps alone."""
        raise NotImplementedError

    async def write(
        self, person: PersonId, renditions: Sequence[Picture], *, replacing: PictureState, place: Place | None
    ) -> Written:
        """Nothing is written."""
        raise NotImplementedError

    async def clear(self, person: PersonId, *, replacing: Stamp, place: Place | None) -> Written:
        """Nothing is cleared."""
        raise NotImplementedError

    async def members(self, group: str) -> AsyncIterator[str]:
        """There are no groups."""
        for nobody in ():
            yield nobody

    async def probe(self) -> Probe:
        """It works."""
        return Probe(self.profile.name, True, "")

    async def aclose(self) -> None:
        """There is nothing to give back."""


def place_of(number: int) -> Place:
    """Where the target keeps somebody's picture."""
    return Place(f"/User Photos/Profile Pictures/{keys_of(number).object_id}_MThumb.jpg")
