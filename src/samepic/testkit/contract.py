"""The contract of `samepic.ports.system` as tests: one for each promise of its text.

A connector's test file subclasses SourceContract, TargetContract or `census_contract.CensusContract` and gives one
fixture, `bench`.
The tests are coroutines: run them with pytest-asyncio.
"""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from samepic.model.person import KeyKind, PersonId
from samepic.model.picture import GONE, NO_PICTURE, NOT_TOLD, PictureState
from samepic.model.system import Listed, Looks, Page, Replaces, Sighting
from samepic.ports.errors import (
    AccessDenied,
    Busy,
    OutOfContract,
    PersonGone,
    PictureMoved,
    PictureRefused,
    SystemFault,
)
from samepic.testkit.bench import SourceBench, TargetBench, Trouble
from samepic.testkit.pictures import NO_PICTURE_BYTES, edge_px, jpeg, renditions, same_picture

NEW, OTHER = 9001, 9002
"""Numbers of pictures that no bench starts with."""


async def looks(bench: SourceBench, *people: PersonId) -> dict[PersonId, Sighting]:
    """What a look says, by person."""
    return {sighting.person: sighting async for sighting in bench.system.look(people)}


async def state(bench: SourceBench, person: PersonId) -> PictureState:
    """One person's state."""
    return (await looks(bench, person))[person].state


async def listing(bench: SourceBench) -> list[Page]:
    """A listing to its end."""
    return [page async for page in bench.system.people()]


def own_row(bench: SourceBench, pages: list[Page], person: PersonId) -> Listed | None:
    """Somebody's row of a listing, by id or by any key that both tell."""
    keys = set(bench.keys(person))
    found = [r for page in pages for r in page.people if r.person == person or keys & set(r.keys)]
    assert len(found) <= 1, f"{person} is listed {len(found)} times"
    return found[0] if found else None


class SourceContract:
    """What every system promises."""

    async def test_the_profile_is_constant_and_asks_nobody(self, bench: SourceBench) -> None:
        before = bench.system.requests
        profile = bench.system.profile
        assert profile == bench.system.profile
        assert bench.system.requests == before
        assert profile.renditions
        assert profile.accepts
        assert profile.look_batch >= 1
        assert profile.at_once >= 1
        assert profile.max_bytes >= 10_000
        assert profile.settles_within.total_seconds() >= 0

    async def test_requests_are_counted(self, bench: SourceBench) -> None:
        before = bench.system.requests
        await looks(bench, bench.pictured[0])
        assert (after := bench.system.requests) > before
        told = bench.system.time
        assert told is not None and told.tzinfo is not None, "answers tell the time"
        assert bench.system.requests == after, "and telling it costs none"

    async def test_a_probe_says_that_it_works(self, bench: SourceBench) -> None:
        probe = await bench.system.probe()
        assert probe.works, probe
        assert probe.system == bench.system.profile.name
        assert not probe.missing

    async def test_a_probe_raises_nothing_and_says_what_to_grant(self, bench: SourceBench) -> None:
        for trouble in (Trouble.BUSY, Trouble.DENIED, Trouble.GARBLED):
            await bench.trouble("probe", trouble)
            probe = await bench.system.probe()
            assert not probe.works, trouble
            assert probe.words
            if trouble is Trouble.DENIED:
                assert probe.missing
            await bench.heal()

    async def test_a_whole_listing_closes_once_at_its_end(self, bench: SourceBench) -> None:
        pages = await listing(bench)
        assert [page.closes_full_listing for page in pages] == [False] * (len(pages) - 1) + [True]

    async def test_a_cut_listing_does_not_close(self, bench: SourceBench) -> None:
        if not any(page.people for page in await listing(bench)):
            assert bench.system.profile.looks is Looks.PER_PERSON  # nothing is listed, so nothing can be cut
            return
        await bench.cut_listing()
        pages = []
        with contextlib.suppress(SystemFault):
            async for page in bench.system.people():
                pages.append(page)
        assert not any(page.closes_full_listing for page in pages)

    async def test_a_listing_that_fails_raises_and_does_not_close(self, bench: SourceBench) -> None:
        if not any(page.people for page in await listing(bench)):
            assert bench.system.profile.looks is Looks.PER_PERSON
            return
        for trouble, error in ((Trouble.BUSY, Busy), (Trouble.DENIED, AccessDenied), (Trouble.GARBLED, OutOfContract)):
            await bench.trouble("people", trouble)
            with pytest.raises(error):
                async for page in bench.system.people():
                    assert not page.closes_full_listing
            await bench.heal()

    async def test_nobody_is_listed_twice_and_the_listing_says_what_it_promises(self, bench: SourceBench) -> None:
        profile, pages = bench.system.profile, await listing(bench)
        seen = await looks(bench, *bench.pictured, bench.bare)
        for person in (*bench.pictured, bench.bare):
            row = own_row(bench, pages, person)
            assert row is not None or not profile.lists_people, f"{person} is not listed"
            if profile.looks is not Looks.IN_LISTING:
                continue
            if person == bench.bare:
                assert row is None or row.state is NO_PICTURE
            else:
                assert row is not None, f"{person} has a picture and is not listed"
                assert row.state == seen[person].state, "a listing's stamp is another than a look's"

    async def test_a_look_tells_of_everybody_asked_exactly_once(self, bench: SourceBench) -> None:
        asked = [*bench.pictured, bench.bare, bench.stranger]
        told = [s.person async for s in bench.system.look(asked)]
        assert sorted(told) == sorted(asked)
        assert [s async for s in bench.system.look([])] == []

    async def test_a_look_at_more_people_than_a_batch_holds_loses_nobody(self, bench: SourceBench) -> None:
        strangers = [PersonId(f"{n}{bench.stranger}") for n in range(bench.system.profile.look_batch + 1)]
        asked = [*bench.pictured, *strangers, bench.bare]
        told = [s.person async for s in bench.system.look(asked)]
        assert sorted(told) == sorted(asked)

    async def test_no_picture_and_nobody_are_two_answers(self, bench: SourceBench) -> None:
        seen = await looks(bench, bench.pictured[0], bench.bare, bench.stranger)
        assert isinstance(seen[bench.pictured[0]].state, str)
        assert seen[bench.bare].state is NO_PICTURE
        assert seen[bench.stranger].state is GONE

    async def test_looking_and_reading_leave_the_stamp_alone(self, bench: SourceBench) -> None:
        person = bench.pictured[0]
        before = await state(bench, person)
        read = await bench.system.read(person)
        assert read is not None
        assert read[0] == before
        again = await bench.system.read(person)
        assert again is not None
        assert again[0] == before
        assert await state(bench, person) == before

    async def test_another_picture_has_another_stamp(self, bench: SourceBench) -> None:
        person, untouched = bench.pictured[:2]
        before = await looks(bench, person, untouched)
        await bench.put(person, jpeg(NEW))
        await bench.settle()
        after = await looks(bench, person, untouched)
        assert isinstance(after[person].state, str)
        assert after[person].state != before[person].state
        assert after[untouched].state == before[untouched].state

    async def test_a_picture_taken_away_is_no_picture(self, bench: SourceBench) -> None:
        person = bench.pictured[0]
        await bench.take(person)
        await bench.settle()
        assert await state(bench, person) is NO_PICTURE
        assert await bench.system.read(person) is None

    async def test_everybody_is_shown_their_own_picture(self, bench: SourceBench) -> None:
        read = await asyncio.gather(*(bench.system.read(person) for person in bench.pictured))
        for person, found in zip(bench.pictured, read, strict=True):
            assert found is not None
            assert same_picture(found[1].data, await bench.held(person)), f"{person} got another's picture"

    async def test_read_says_none_for_no_picture_and_person_gone_for_nobody(self, bench: SourceBench) -> None:
        assert await bench.system.read(bench.bare) is None
        with pytest.raises(PersonGone):
            await bench.system.read(bench.stranger)

    async def test_read_gives_the_smallest_that_suffices_and_else_the_largest(self, bench: SourceBench) -> None:
        person = bench.pictured[0]
        edges = {}
        for asked in (None, 48, 72, 5000):
            found = await bench.system.read(person, asked)
            assert found is not None
            edges[asked] = edge_px(found[1].data)
        assert edges[48] >= 48
        assert edges[72] >= 72
        assert edges[48] <= edges[72] <= edges[5000] == edges[None]

    async def test_what_is_no_picture_is_refused(self, bench: SourceBench) -> None:
        person = bench.pictured[0]
        await bench.put(person, NO_PICTURE_BYTES)
        await bench.settle()
        with pytest.raises(PictureRefused):
            await bench.system.read(person)
        assert await bench.system.read(bench.pictured[1]) is not None

    async def test_what_is_larger_than_the_limit_is_refused(self, bench: SourceBench) -> None:
        person = bench.pictured[0]
        await bench.put(person, jpeg(NEW) + b"\0" * bench.system.profile.max_bytes)
        await bench.settle()
        with pytest.raises(PictureRefused):
            await bench.system.read(person)

    async def test_the_stamp_is_taken_before_the_bytes(self, bench: SourceBench) -> None:
        person = bench.pictured[0]
        async with bench.changed_while_read(person, jpeg(NEW)):
            found = await bench.system.read(person)
        await bench.settle()
        now = await state(bench, person)
        assert found is None or found[0] != now or same_picture(found[1].data, jpeg(NEW)), (
            "the new stamp on the old picture: the change would never be seen"
        )

    async def test_busy_is_busy_and_never_an_answer(self, bench: SourceBench) -> None:
        person = bench.pictured[0]
        await bench.trouble("read", Trouble.BUSY)
        with pytest.raises(Busy) as caught:
            await bench.system.read(person)
        assert caught.value.system == bench.system.profile.name
        await bench.heal()
        await bench.trouble("look", Trouble.BUSY)
        with contextlib.suppress(Busy):
            assert await state(bench, person) is NOT_TOLD
        await bench.heal()
        assert isinstance(await state(bench, person), str)

    async def test_a_refusal_says_what_to_grant(self, bench: SourceBench) -> None:
        for operation in ("read", "look"):
            await bench.trouble(operation, Trouble.DENIED)
            with pytest.raises(AccessDenied) as caught:
                await (bench.system.read if operation == "read" else lambda p: state(bench, p))(bench.pictured[0])
            assert caught.value.system == bench.system.profile.name
            assert caught.value.missing
            assert caught.value.doing
            await bench.heal()

    async def test_no_foreign_exception_escapes(self, bench: SourceBench) -> None:
        for operation in ("read", "look"):
            await bench.trouble(operation, Trouble.GARBLED)
            with contextlib.suppress(SystemFault):
                if operation == "read":
                    await bench.system.read(bench.pictured[0])
                    pytest.fail("a garbled answer was taken for a picture, or for none")
                assert await state(bench, bench.pictured[0]) is NOT_TOLD
            await bench.heal()

    async def test_people_are_found_by_every_key(self, bench: SourceBench) -> None:
        person = bench.pictured[0]
        for kind, key in bench.keys(person):
            if kind is KeyKind.FILE_NAME:
                continue  # the weakest key matches rows; nobody is asked for by it
            found = await bench.system.find(key)
            assert found is not None, kind
            assert found.person == person, kind
        assert await bench.system.find("nobody@nowhere.invalid") is None

    async def test_closing_twice_is_harmless(self, bench: SourceBench) -> None:
        await looks(bench, bench.bare)
        await bench.system.aclose()
        await bench.system.aclose()


class TargetContract(SourceContract):
    """What a system that is written to promises beyond."""

    async def test_what_is_written_is_what_is_then_shown(self, bench: TargetBench) -> None:
        profile = bench.system.profile
        for person, number in ((bench.bare, NEW), (bench.pictured[0], OTHER)):
            before = await looks(bench, person)
            written = await bench.system.write(
                person,
                renditions(number, profile.renditions),
                replacing=before[person].state,
                place=before[person].place,
            )
            await bench.settle()
            after = (await looks(bench, person))[person]
            assert isinstance(after.state, str)
            assert after.state != before[person].state
            assert written.stamp in (after.state, NOT_TOLD)
            assert written.place in (after.place, None)
            for rendition in profile.renditions:
                found = await bench.system.read(person, rendition.edge_px)
                assert found is not None
                assert found[0] == after.state
                assert same_picture(found[1].data, jpeg(number)), rendition.name

    async def test_what_is_written_is_listed(self, bench: TargetBench) -> None:
        person = bench.bare
        written = await bench.system.write(
            person, renditions(NEW, bench.system.profile.renditions), replacing=NO_PICTURE, place=None
        )
        await bench.settle()
        row = own_row(bench, await listing(bench), person)
        if bench.system.profile.looks is Looks.IN_LISTING:
            assert row is not None
            assert written.stamp in (row.state, NOT_TOLD)
        else:
            assert row is None or row.state in (written.stamp, NOT_TOLD)

    async def test_writing_the_same_again_is_harmless(self, bench: TargetBench) -> None:
        person, untouched = bench.pictured[:2]
        before = await looks(bench, person, untouched)
        pictures = renditions(NEW, bench.system.profile.renditions)
        for _ in range(2):
            await bench.system.write(person, pictures, replacing=before[person].state, place=before[person].place)
        await bench.settle()
        found = await bench.system.read(person)
        assert found is not None
        assert same_picture(found[1].data, jpeg(NEW))
        assert (await looks(bench, untouched))[untouched].state == before[untouched].state

    async def test_a_write_does_not_lose_a_picture_nobody_has_seen(self, bench: TargetBench) -> None:
        guarded = bench.system.profile.replaces is not Replaces.BLIND
        for person in (bench.pictured[0], bench.bare):
            before = (await looks(bench, person))[person]
            await bench.put(person, jpeg(OTHER))
            await bench.settle()
            with pytest.raises(PictureMoved) if guarded else contextlib.nullcontext():
                await bench.system.write(
                    person,
                    renditions(NEW, bench.system.profile.renditions),
                    replacing=before.state,
                    place=before.place,
                )
            assert same_picture(await bench.held(person), jpeg(OTHER if guarded else NEW))

    async def test_nobody_is_written_for_nobody(self, bench: TargetBench) -> None:
        with pytest.raises(PersonGone):
            await bench.system.write(
                bench.stranger,
                renditions(NEW, bench.system.profile.renditions),
                replacing=NO_PICTURE,
                place=None,
            )

    async def test_a_write_that_could_not_be_made_says_so(self, bench: TargetBench) -> None:
        pictures = renditions(NEW, bench.system.profile.renditions)
        before = (await looks(bench, bench.bare))[bench.bare]
        for trouble, error in ((Trouble.BUSY, Busy), (Trouble.DENIED, AccessDenied)):
            await bench.trouble("write", trouble)
            with pytest.raises(error):
                await bench.system.write(bench.bare, pictures, replacing=before.state, place=before.place)
            await bench.heal()
            await bench.settle()
            assert await state(bench, bench.bare) is NO_PICTURE

    async def test_a_repeated_write_completes_one_that_stopped_half_way(self, bench: TargetBench) -> None:
        for person in (bench.pictured[0], bench.bare):
            before = (await looks(bench, person))[person]
            pictures = renditions(NEW, bench.system.profile.renditions)
            await bench.trouble("write", Trouble.MIDWAY)
            with pytest.raises(SystemFault):
                await bench.system.write(person, pictures, replacing=before.state, place=before.place)
            await bench.heal()
            await bench.system.write(person, pictures, replacing=before.state, place=before.place)
            await bench.settle()
            for rendition in bench.system.profile.renditions:
                found = await bench.system.read(person, rendition.edge_px)
                assert found is not None
                assert same_picture(found[1].data, jpeg(NEW)), rendition.name

    async def test_a_cleared_picture_is_gone_and_clearing_again_is_harmless(self, bench: TargetBench) -> None:
        person, untouched = bench.pictured[:2]
        before = await looks(bench, person, untouched)
        replacing, place = before[person].state, before[person].place
        assert isinstance(replacing, str)
        for _ in range(2):
            cleared = await bench.system.clear(person, replacing=replacing, place=place)
            assert cleared.stamp in (NO_PICTURE, NOT_TOLD)
            await bench.settle()
            assert await state(bench, person) is NO_PICTURE
        assert (await looks(bench, untouched))[untouched].state == before[untouched].state
