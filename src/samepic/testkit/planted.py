"""Connectors that break the contract, each in one way, and the test that has to catch each.

They prove that the suite has teeth; `PLANTED` names the catching test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from samepic.model.person import PersonId
from samepic.model.picture import NO_PICTURE, Picture, PictureState, Place, Stamp
from samepic.model.system import Cursor, Page, Probe, Sighting, Written
from samepic.ports.errors import AccessDenied, Busy, PersonGone, PictureMoved, PictureRefused, SystemFault
from samepic.systems.memory import MemorySystem


class AbsenceForNotTold(MemorySystem):
    """Takes a system that is busy for one without pictures."""

    async def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """See the class."""
        for person in people:
            try:
                async for sighting in super().look([person]):
                    yield sighting
            except Busy:
                yield Sighting(person, NO_PICTURE)


class ClosesACutListing(MemorySystem):
    """Calls a listing whole because nothing more came."""

    async def people(self, since: Cursor | None = None) -> AsyncIterator[Page]:
        """See the class."""
        last = None
        async for page in super().people(since):
            if last is not None:
                yield last
            last = page
        if last is not None:
            yield replace(last, closes_full_listing=True)


class LetsForeignExceptionsOut(MemorySystem):
    """Trusts an answer's shape."""

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the class."""
        try:
            return await super().read(person, at_least_px)
        except SystemFault as fault:
            if fault.saw == "rubbish":
                raise KeyError("@odata.mediaEtag") from None
            raise


class StampsAnewOnReading(MemorySystem):
    """Makes its stamps of the moment."""

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the class."""
        found = await super().read(person, at_least_px)
        return None if found is None else (Stamp(f"{found[0]} read {len(self.reads)} times"), found[1])


class NeverStampsAnew(MemorySystem):
    """Takes the person for the picture's version."""

    async def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """See the class."""
        async for sighting in super().look(people):
            told = isinstance(sighting.state, str)
            yield replace(sighting, state=Stamp(sighting.person)) if told else sighting


class WritesOnlyOnce(MemorySystem):
    """Takes its own earlier write for another hand's."""

    async def write(
        self, person: PersonId, renditions: Sequence[Picture], *, replacing: PictureState, place: Place | None
    ) -> Written:
        """See the class."""
        latest = self.row(person).latest if person in self._rows else None
        if latest is not None and latest.state != replacing:
            raise PictureMoved(self.settings.name, "write", "moved")
        return await super().write(person, renditions, replacing=replacing, place=place)


class IgnoresReplacing(MemorySystem):
    """Promises to look before it writes, and does not."""

    async def write(
        self, person: PersonId, renditions: Sequence[Picture], *, replacing: PictureState, place: Place | None
    ) -> Written:
        """See the class."""
        latest = self.row(person).latest if person in self._rows else None
        now = NO_PICTURE if latest is None else latest.state
        return await super().write(person, renditions, replacing=now, place=place)


class SwallowsBusy(MemorySystem):
    """Gives up a busy read quietly."""

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the class."""
        try:
            return await super().read(person, at_least_px)
        except Busy:
            return None


class LosesTheLastOfABatch(MemorySystem):
    """Counts its batches one short."""

    async def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """See the class."""
        size = self.settings.look_batch
        for start in range(0, len(people), size + 1):
            async for sighting in super().look(people[start : start + size]):
                yield sighting


class StampsAfterTheBytes(MemorySystem):
    """Asks for the stamp when the bytes are there."""

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the class."""
        found = await super().read(person, at_least_px)
        async for sighting in self.look([person]):
            if found is not None and isinstance(sighting.state, str):
                return sighting.state, found[1]
        return found


class ShowsSomebodyElse(MemorySystem):
    """Answers a batch in the wrong order."""

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the class."""
        found = await super().read(person, at_least_px)
        if found is None:
            return None
        first = next(iter(self._rows.values())).latest
        return (found[0], first.renditions[-1]) if first is not None and first.renditions else found


class TakesNobodyForSomebody(MemorySystem):
    """Says that a stranger has no picture."""

    async def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """See the class."""
        async for sighting in super().look(people):
            yield sighting if isinstance(sighting.state, str) else replace(sighting, state=NO_PICTURE)


class ReadsNothingForNobody(MemorySystem):
    """Says None where there is no such person."""

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the class."""
        try:
            return await super().read(person, at_least_px)
        except PersonGone:
            return None


class ListsSomebodyTwice(MemorySystem):
    """Begins a page with the last row of the one before."""

    async def people(self, since: Cursor | None = None) -> AsyncIterator[Page]:
        """See the class."""
        last: Page | None = None
        async for page in super().people(since):
            yield page if last is None else replace(page, people=(*last.people[-1:], *page.people))
            last = page


class PassesAnythingOn(MemorySystem):
    """Does not look at what came back."""

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the class."""
        try:
            return await super().read(person, at_least_px)
        except PictureRefused:
            latest = self.row(person).latest
            return None if latest is None else (latest.stamp, latest.renditions[-1])


class RefusesWithoutAWord(MemorySystem):
    """Does not say what to grant."""

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the class."""
        try:
            return await super().read(person, at_least_px)
        except AccessDenied as error:
            raise AccessDenied(error.system, error.doing, error.saw) from None


class ProbesByRaising(MemorySystem):
    """Lets the reader of a probe catch."""

    async def probe(self) -> Probe:
        """See the class."""
        self._call("probe", None)
        return Probe(self.settings.name, works=True, words="")


class ClearsOnlyOnce(MemorySystem):
    """Takes what is clear for somebody who is gone."""

    async def clear(self, person: PersonId, *, replacing: Stamp, place: Place | None) -> Written:
        """See the class."""
        if not self.pictures(person):
            raise PersonGone(self.settings.name, "clear", "404")
        return await super().clear(person, replacing=replacing, place=place)


class WritesTheLargestOnly(MemorySystem):
    """Leaves the smaller renditions as they were."""

    async def write(
        self, person: PersonId, renditions: Sequence[Picture], *, replacing: PictureState, place: Place | None
    ) -> Written:
        """See the class."""
        latest = self.row(person).latest if person in self._rows else None
        older = latest.renditions[:-1] if latest is not None else ()
        kept = [*older, *renditions[len(older) :]]
        return await super().write(person, kept, replacing=replacing, place=place)


class CountsNothing(MemorySystem):
    """Says that it never asked."""

    @property
    def requests(self) -> int:
        """See the class."""
        return 0


PLANTED: dict[type[MemorySystem], str] = {
    AbsenceForNotTold: "test_busy_is_busy_and_never_an_answer",
    ClosesACutListing: "test_a_cut_listing_does_not_close",
    LetsForeignExceptionsOut: "test_no_foreign_exception_escapes",
    StampsAnewOnReading: "test_looking_and_reading_leave_the_stamp_alone",
    NeverStampsAnew: "test_another_picture_has_another_stamp",
    WritesOnlyOnce: "test_writing_the_same_again_is_harmless",
    IgnoresReplacing: "test_a_write_does_not_lose_a_picture_nobody_has_seen",
    SwallowsBusy: "test_busy_is_busy_and_never_an_answer",
    LosesTheLastOfABatch: "test_a_look_at_more_people_than_a_batch_holds_loses_nobody",
    StampsAfterTheBytes: "test_the_stamp_is_taken_before_the_bytes",
    ShowsSomebodyElse: "test_everybody_is_shown_their_own_picture",
    TakesNobodyForSomebody: "test_no_picture_and_nobody_are_two_answers",
    ReadsNothingForNobody: "test_read_says_none_for_no_picture_and_person_gone_for_nobody",
    ListsSomebodyTwice: "test_nobody_is_listed_twice_and_the_listing_says_what_it_promises",
    PassesAnythingOn: "test_what_is_no_picture_is_refused",
    RefusesWithoutAWord: "test_a_refusal_says_what_to_grant",
    ProbesByRaising: "test_a_probe_raises_nothing_and_says_what_to_grant",
    ClearsOnlyOnce: "test_a_cleared_picture_is_gone_and_clearing_again_is_harmless",
    WritesTheLargestOnly: "test_what_is_written_is_what_is_then_shown",
    CountsNothing: "test_requests_are_counted",
}
"""Each bad connector, and the test of the contract that catches it by name."""
