"""What tests lean on when they use the memory system: its lag, its faults and its journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samepic.model.person import KeyKind, Keys, Person, PersonId
from samepic.model.picture import GONE, NO_PICTURE, Picture
from samepic.model.system import Looks, Replaces
from samepic.ports.errors import Busy, PictureMoved, PictureRefused
from samepic.ports.system import Census, PictureTarget
from samepic.systems.memory import Fault, MemorySettings, MemorySystem, When

JPEG = b"\xff\xd8\xff"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Moved:
    """A clock that tests move."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


def three(mark: bytes) -> list[Picture]:
    return [Picture(JPEG + mark + size) for size in (b"S", b"M", b"L")]


def somebody(name: str = "ada") -> Person:
    return Person(Keys(object_id=f"id-{name}", upn=f"{name}@x.example", mail=f"{name}@x.example"), name)


def test_it_is_a_target_and_a_census() -> None:
    system = MemorySystem()
    assert isinstance(system, PictureTarget)
    assert isinstance(system, Census)


async def test_a_write_shows_only_after_the_lag() -> None:
    clock = Moved()
    system = MemorySystem(MemorySettings(settles_within=timedelta(minutes=5)), now=clock)
    ada = system.add(somebody(), JPEG + b"old")
    before = await system.read(ada)
    assert before is not None
    written = await system.write(ada, three(b"new"), replacing=before[0], place=None)
    assert await system.read(ada) == before
    clock.now += timedelta(minutes=5)
    after = await system.read(ada)
    assert after is not None
    assert after[0] == written.stamp != before[0]
    assert after[1].data == JPEG + b"newL"


async def test_the_smallest_rendition_that_suffices_is_read() -> None:
    system = MemorySystem()
    ada = system.add(somebody())
    system.put(ada, [p.data for p in three(b"x")])
    for asked, size in ((None, b"L"), (40, b"S"), (48, b"S"), (49, b"M"), (1000, b"L")):
        found = await system.read(ada, asked)
        assert found is not None
        assert found[1].data.endswith(size), asked


async def test_a_fault_strikes_where_it_was_asked_for_and_counts() -> None:
    system = MemorySystem()
    ada, bob = system.add(somebody("ada")), system.add(somebody("bob"))
    lost = system.fail(Fault("write", Busy("memory", "write", "answer lost"), person=bob, when=When.AFTER))
    half = system.fail(Fault("write", Busy("memory", "write", "cut"), person=ada, when=When.MIDWAY, skip=1))
    await system.write(ada, three(b"a"), replacing=NO_PICTURE, place=None)
    with pytest.raises(Busy):
        await system.write(bob, three(b"b"), replacing=NO_PICTURE, place=None)
    assert system.pictures(bob) == tuple(p.data for p in three(b"b"))
    with pytest.raises(Busy):
        await system.write(ada, three(b"c"), replacing=system.row(ada).versions[-1].stamp, place=None)
    assert [d[3:4] for d in system.pictures(ada)] == [b"c", b"a", b"a"]
    assert (lost.met, half.met) == (1, 1)


@pytest.mark.parametrize("replaces", list(Replaces))
async def test_replaces_is_kept_as_promised(replaces: Replaces) -> None:
    system = MemorySystem(MemorySettings(replaces=replaces))
    ada = system.add(somebody(), JPEG + b"1")
    seen = await system.read(ada)
    assert seen is not None
    system.put(ada, JPEG + b"2")
    if replaces is Replaces.BLIND:
        await system.write(ada, three(b"3"), replacing=seen[0], place=None)
        assert system.pictures(ada)[0] == JPEG + b"3S"
    else:
        with pytest.raises(PictureMoved):
            await system.write(ada, three(b"3"), replacing=seen[0], place=None)
        assert system.pictures(ada)[0] == JPEG + b"2"


async def test_a_cut_listing_does_not_close() -> None:
    system = MemorySystem(MemorySettings(page_size=2))
    for n in range(5):
        system.add(somebody(f"p{n}"))
    whole = [page async for page in system.people()]
    assert [len(p.people) for p in whole] == [2, 2, 1]
    assert [p.closes_full_listing for p in whole] == [False, False, True]
    system.cut_listing_after = 2
    cut = [page async for page in system.people()]
    assert [p.closes_full_listing for p in cut] == [False, False]


async def test_a_library_lists_only_pictures_and_no_ids() -> None:
    system = MemorySystem(MemorySettings(lists_people=False, addressed_by=KeyKind.UPN))
    system.add(somebody("ada"), JPEG)
    system.add(somebody("bob"))
    rows = [row async for page in system.people() for row in page.people]
    assert [(row.person, row.keys.upn) for row in rows] == [(None, "ada@x.example")]
    found = await system.find("BOB@x.example")
    assert found is not None
    assert found.person == "bob@x.example"


async def test_strangers_and_junk_are_told_apart_from_no_picture() -> None:
    system = MemorySystem(MemorySettings(looks=Looks.PER_PERSON))
    ada, bob = system.add(somebody("ada")), system.add(somebody("bob"), b"%PDF")
    seen = {s.person: s.state async for s in system.look([ada, bob, PersonId("who")])}
    assert seen[ada] is NO_PICTURE
    assert seen[PersonId("who")] is GONE
    assert await system.read(ada) is None
    with pytest.raises(PictureRefused):
        await system.read(bob)
