"""One run as the design describes it, over a made-up office in memory."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from tests.english import left_in_english
from tests.office import SOURCE, Office, Watcher, again, face
from tests.pictures import encoded, mosaic

from samepic.model.decision import Reason
from samepic.model.outcome import StepResult
from samepic.model.policy import Policy
from samepic.model.system import Rendition


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


async def test_everybody_with_a_picture_gets_it_and_a_second_run_does_nothing(office: Office) -> None:
    office.hire(30)
    office.hire(5, source=False)

    first = await office.engine.sync()

    assert first.stopped is None and first.held is None
    assert (first.people, first.written, first.failed, first.pending) == (35, 30, 0, 0)
    assert first.counts == {Reason.NEW: 30, Reason.ABSENT: 5}
    assert all(office.shown(person) for person in office.people[:30])

    reads, writes = len(office.source.reads), len(office.target.writes)
    second = await office.engine.sync()

    assert second.counts == {Reason.IN_STEP: 30, Reason.ABSENT: 5}
    assert second.written == 0
    assert (len(office.source.reads), len(office.target.writes)) == (reads, writes)
    assert second.requests == {"census": 2, "source": 2, "target": 1}


async def test_a_plan_changes_nothing_and_what_it_has_read_the_sync_does_not_read_again(office: Office) -> None:
    same, other = office.hire(2)
    office.target.put(office.target_id(same), again(0))
    office.target.put(office.target_id(other), face(100))

    planned = await office.engine.plan()
    reads = len(office.source.reads), len(office.target.reads)
    synced = await office.engine.sync()

    assert planned.counts == {Reason.IN_STEP: 1, Reason.FIRST_MEETING: 1}
    assert (planned.written, planned.pending, planned.plan) == (0, 1, synced.plan)
    assert reads == (3, 2), "the source's whole picture only where the small ones differ"
    assert len(office.source.reads) == 4, "the original is read once, for the write"
    assert len(office.target.reads) == 3, "the picture to be replaced is read once, for the vault"
    assert synced.written == 1


async def test_a_replaced_picture_that_is_not_ours_is_kept_in_the_vault(office: Office) -> None:
    [person] = office.hire()
    office.target.put(office.target_id(person), face(100))
    watcher = Watcher()

    await office.engine.sync(progress=watcher)

    kept = {one.system: one for one in office.state.kept.of("office", "id-00000")}
    assert office.vault.fetch(kept["target"].sha256) == face(100)
    assert office.vault.fetch(kept["source"].sha256) == face(0), "the original of what is written is kept as well"
    assert watcher.reason("p00000@made.up") == "first_meeting"
    [(before, after)] = watcher.pictures
    assert before is not None and before.data == face(100)
    assert after is not None and after.data == office.shown(person)


async def test_our_own_picture_is_replaced_without_being_fetched(office: Office) -> None:
    [person] = office.hire()
    await office.engine.sync()
    office.source.put(office.source_id(person), face(100))

    outcome = await office.engine.sync()

    assert outcome.counts == {Reason.CHANGED: 1} and outcome.written == 1
    assert office.target.reads == []
    kept = {office.vault.fetch(one.sha256) for one in office.state.kept.of("office", "id-00000")}
    assert kept == {face(0), face(100)}, "what was replaced is there as its original"


async def test_pictures_that_the_target_made_anew_are_in_step_after_one_look_at_each(office: Office) -> None:
    office.hire(10)
    await office.engine.sync()
    for number, person in enumerate(office.people):
        office.target.put(office.target_id(person), again(number))
    office.clock.move(hours=25)

    first, reads = await office.engine.sync(), len(office.target.reads)
    second = await office.engine.sync()

    assert first.counts == second.counts == {Reason.IN_STEP: 10}
    assert first.written == second.written == 0
    assert reads == len(office.target.reads) == 10
    assert len(office.source.reads) == 20, "one small picture and one original each, for the first write"


async def test_a_lost_state_is_rebuilt_by_comparing_and_nothing_is_written(office: Office) -> None:
    office.hire(10)
    await office.engine.sync()
    writes = len(office.target.writes)
    office.forget()

    rebuilt = await office.engine.sync()
    office.target.reads.clear()
    settled = await office.engine.sync()

    assert rebuilt.counts == settled.counts == {Reason.IN_STEP: 10}
    assert len(office.target.writes) == writes
    assert office.target.reads == []


async def test_a_limit_changes_so_many_and_leaves_the_rest_to_the_next_run(office: Office) -> None:
    office.hire(7)

    first = await office.engine.sync(limit=3)
    second = await office.engine.sync()

    assert (first.written, first.pending) == (3, 4)
    assert (second.written, second.pending) == (4, 0)


async def test_a_picture_that_cannot_be_used_is_refused_once_and_the_others_go_on(office: Office) -> None:
    office.hire(6)
    for number, data in enumerate((face(0)[:300], b"<html>no picture</html>", b"\x89PNG\r\n\x1a\n" + bytes(40))):
        office.source.put(office.source_id(office.people[number]), data)
    watcher = Watcher()

    first = await office.engine.sync(progress=watcher)
    office.source.reads.clear()
    second = await office.engine.sync()

    assert first.counts == {Reason.REFUSED: 3, Reason.NEW: 3}
    assert first.written == 3 and first.failed == 0
    assert second.counts == {Reason.REFUSED: 3, Reason.IN_STEP: 3}
    assert office.source.reads == []
    assert all(words for _, result, words in watcher.results if result is StepResult.SKIPPED)
    told = [(await office.engine.explain(f"id-{number:05}")).detail for number in range(3)]
    assert [left_in_english(one) for one in told] == [{}] * 3, "kept from the first run"


async def test_a_blank_picture_in_the_source_replaces_nobodys(office: Office) -> None:
    [person] = office.hire()
    await office.engine.sync()
    before = office.shown(person)
    office.source.put(office.source_id(person), encoded(Image.new("RGB", (200, 200), "white")))

    outcome = await office.engine.sync()

    assert outcome.counts == {Reason.REFUSED: 1}
    assert left_in_english((await office.engine.explain("id-00000")).detail) == {}
    assert office.shown(person) == before


async def test_new_bytes_in_the_source_are_given_another_chance(office: Office) -> None:
    [person] = office.hire()
    office.source.put(office.source_id(person), b"no picture")
    await office.engine.sync()
    office.source.put(office.source_id(person), face(5))

    assert (await office.engine.sync()).written == 1


async def test_a_rendition_that_the_source_cut_elsewhere_than_we_do_is_not_taken_for_another_picture(
    tmp_path: Path,
) -> None:
    """Graph cuts its squares from the middle; ours come from above it."""
    office = Office(tmp_path, source=replace(SOURCE, renditions=(Rendition("small", 96), Rendition("whole", 640))))
    [person] = office.hire(source=False)
    tall = mosaic(4, 200, 300)
    office.source.put(office.source_id(person), [encoded(tall.crop((0, 50, 200, 250)).resize((96, 96))), encoded(tall)])
    await office.engine.sync()
    office.forget()

    outcome = await office.engine.sync()

    assert outcome.counts == {Reason.IN_STEP: 1}
    assert len(office.target.writes) == 1


async def test_a_picture_that_one_can_see_through_lies_on_the_routes_background_and_stays(tmp_path: Path) -> None:
    """What the target shows of it has no transparency any more, and is the same picture even if the state is lost."""
    office = Office(tmp_path, policy=Policy(background="#00478f"))
    [person] = office.hire(source=False)
    cut_out = mosaic(4, 300, 300)
    cut_out.putalpha(Image.radial_gradient("L").resize(cut_out.size).point(lambda level: 255 if level < 120 else 0))
    office.source.put(office.source_id(person), encoded(cut_out, "PNG"))

    assert (await office.engine.sync()).written == 1
    shown = office.shown(person)
    assert shown is not None
    corner = Image.open(io.BytesIO(shown)).convert("RGB").getpixel((3, 3))
    assert all(abs(one - two) <= 6 for one, two in zip(corner, (0, 71, 143), strict=True))

    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 1}
    office.forget()
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 1}
    assert len(office.target.writes) == 1
