"""What the vault has lost is noticed, asked back from whichever system still shows it, and never replaced unkept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.office import Office, again, face

from samepic.engine import UnfinishedWrite, UnknownPerson, Wanted
from samepic.model.past import Flaw
from samepic.model.picture import Picture
from samepic.systems.memory import Fault, When

WHO = "id-00000"


class Killed(BaseException):
    """As `kill -9`: nothing of the engine's may catch it."""


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    """One person whose picture was written."""
    office = Office(tmp_path)
    office.hire()
    await office.engine.sync()
    office.clock.move(hours=1)
    return office


def file_of(office: Office, data: bytes) -> Path:
    [path] = (office.folder / "vault").glob(f"*/{Picture(data).sha256}")
    return path


async def test_where_the_source_shows_it_in_other_bytes_that_copy_stands_for_it(office: Office) -> None:
    [person] = office.people
    office.source.put(office.source_id(person), face(9))
    await office.engine.sync()
    file_of(office, face(0)).write_bytes(b"rubbish")
    copy = again(0, 110)
    office.source.put(office.source_id(person), copy)

    found = await office.engine.keeper.verify()
    assert (found.pictures, found.whole, found.counts, found.lost) == (2, 1, {Flaw.DAMAGED: 1}, 1)
    mended = await office.engine.keeper.verify(repair=True)
    assert (mended.counts, mended.lost) == ({Flaw.COPIED: 1}, 0) and "110 × 110" in mended.flaws[0].words

    past = await office.engine.keeper.past(WHO)
    assert past.changes[0].before == past.changes[1].after == Picture(copy).sha256, "wherever the past names it"
    assert (await office.engine.keeper.verify()).whole == 2
    assert (await office.engine.restore(Wanted((WHO,)))).written == 1
    assert (await office.engine.keeper.past(WHO)).changes[0].after == Picture(copy).sha256


async def test_what_no_system_shows_any_more_is_said_and_stays_said(office: Office) -> None:
    [person] = office.people
    office.source.put(office.source_id(person), face(9))
    await office.engine.sync()
    file_of(office, face(0)).unlink()
    for _ in range(2):
        told = await office.engine.keeper.verify(repair=True)
        assert told.counts == {Flaw.MISSING: 1} and "no system shows" in told.flaws[0].words
    office.census.drop(office.source_id(person))
    assert "left" in (await office.engine.keeper.verify(repair=True)).flaws[0].words


async def test_our_own_picture_is_kept_from_the_target_where_its_original_is_lost(office: Office) -> None:
    [person] = office.people
    shown = office.shown(person)
    assert shown is not None
    file_of(office, face(0)).unlink()
    office.source.put(office.source_id(person), face(9))
    await office.engine.sync()
    assert office.target.reads == [office.target_id(person)]
    assert office.vault.fetch(Picture(shown).sha256) == shown
    [change, *_] = office.state.changes.of("office", WHO)
    assert change.before == Picture(shown).sha256


async def test_a_person_whose_write_is_not_finished_is_not_forgotten_halfway(office: Office) -> None:
    [person] = office.people
    office.source.put(office.source_id(person), face(9))
    office.target.fail(Fault("write", Killed(), when=When.MIDWAY))
    with pytest.raises(Killed):
        await office.engine.sync()
    with pytest.raises(UnfinishedWrite, match="samepic sync"):
        await office.engine.keeper.forget(WHO, ["office"])
    await office.engine.sync()
    erased = await office.engine.keeper.forget(WHO, ["office"])
    assert (erased.pictures, erased.files) == (2, 2)
    assert [path for path in (office.folder / "vault").rglob("*") if path.is_file()] == []
    with pytest.raises(UnknownPerson):
        await office.engine.keeper.past("nobody")


async def test_whoever_is_being_written_on_another_route_is_forgotten_afterwards(office: Office) -> None:
    lock = office.state.person_lock("another", WHO)
    assert lock.take()
    forgetting = asyncio.create_task(office.engine.keeper.forget(WHO, ["office", "another"]))
    done, _ = await asyncio.wait({forgetting}, timeout=0.3)
    lock.release()
    assert not done, "what is being written now is remembered when that is done"
    assert (await forgetting).pictures == 1


async def test_bytes_that_somebody_else_has_too_stay(office: Office) -> None:
    [first] = office.people
    [second] = office.hire()
    office.source.put(office.source_id(second), face(0))
    await office.engine.sync()
    erased = await office.engine.keeper.forget(WHO, ["office"])
    assert (erased.pictures, erased.files) == (1, 0) and file_of(office, face(0)).exists()
    assert first.keys.upn is not None and office.state.memories.of("office", [WHO]) == {}
