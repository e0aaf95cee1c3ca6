"""Beyond what a plan loses by itself: a source that lost its pictures, a wave of small runs, one face for many."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from tests.office import Office, face
from tests.pictures import encoded

from localtenant.worlds import portraits, recipes
from samepic.engine import Route
from samepic.engine.alike import MOST_LAID, Laying, alike
from samepic.engine.work import working
from samepic.imaging import check, fingerprint, workers
from samepic.model.decision import Reason
from samepic.model.picture import Fingerprint, Miniature
from samepic.model.plan import RunId
from samepic.model.policy import Policy, WhenDifferent, WhenRemoved
from samepic.ports.progress import Silent


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    """Forty people in step, and a policy that carries everything over."""
    office = Office(tmp_path, policy=Policy(drifted=WhenDifferent.WRITE))
    office.hire(40)
    assert (await office.engine.sync()).written == 40
    office.clock.move(hours=25)
    return office


@cache
def portrait(number: int, edge_px: int, quality: int) -> bytes:
    """Somebody's photo-like picture, encoded anew."""
    drawn = Image.open(BytesIO(portraits.draw(7, recipes.recipe(number).partition("~")[0]))).convert("RGB")
    return encoded(drawn.resize((edge_px, edge_px)), quality=quality)


def give(office: Office, first: int, last: int, data: bytes | None = None) -> None:
    """New pictures at the source: one for all, or everybody's own."""
    for number, person in enumerate(office.people[first:last], first):
        office.source.put(office.source_id(person), data or face(900 + number))


async def test_a_source_that_lost_most_of_its_pictures_is_held_although_nothing_would_be_done(office: Office) -> None:
    for person in office.people[:21]:
        office.source.take(office.source_id(person))

    held = await office.engine.sync()

    assert held.held is not None
    assert held.held.reason == "source_lost"
    assert (held.held.source_pictures, held.held.source_pictures_before) == (19, 40)
    assert (held.written, held.pending) == (0, 0)
    assert {step.reason for step in held.examples} == {Reason.REMOVED} and len(held.examples) == 21
    assert (await office.engine.sync(approve=held.plan)).held is None
    assert (await office.engine.sync()).held is None, "what somebody has seen is what there is now"


async def test_a_source_that_loses_its_pictures_bit_by_bit_is_people_who_remove_theirs(office: Office) -> None:
    for start in range(0, 40, 10):
        for person in office.people[start : start + 10]:
            office.source.take(office.source_id(person))
        outcome = await office.engine.sync()
        if start >= 30:
            assert outcome.held is not None, "ten of ten are the last"
        elif start < 20:
            assert outcome.held is None
        office.clock.move(hours=25)


async def test_a_source_that_does_not_tell_has_lost_nothing(office: Office) -> None:
    from samepic.ports.errors import Busy
    from samepic.systems.memory import Fault

    fault = office.source.fail(Fault("look", Busy("source", "look", "503"), times=None))
    outcome = await office.engine.sync()
    office.source.faults.remove(fault)
    assert outcome.stopped is not None or outcome.held is None or outcome.held.reason != "source_lost"
    assert (await office.engine.sync()).held is None


async def test_a_wave_in_small_runs_is_held_as_one_run_would_be(office: Office) -> None:
    give(office, 0, 4)
    assert (await office.engine.sync()).written == 4
    office.clock.move(hours=6)
    give(office, 4, 8)

    held = await office.engine.sync()

    assert held.held is not None and held.held.reason == "wave"
    assert (held.held.overwrites, held.held.lost_before, held.written) == (4, 4, 0)
    office.clock.move(hours=19)  # the first four are more than a day ago
    assert (await office.engine.sync()).written == 4


async def test_a_person_whose_picture_changes_again_and_again_is_one_person(office: Office) -> None:
    for number in range(4):
        for person in office.people[:4]:
            office.source.put(office.source_id(person), face(2000 + 10 * number + office.people.index(person)))
        assert (await office.engine.sync()).written == 4


async def test_what_somebody_approved_or_asked_for_is_no_wave(office: Office) -> None:
    give(office, 0, 6)
    held = await office.engine.sync()
    assert held.held is not None and held.held.reason == "share"
    assert (await office.engine.sync(approve=held.plan)).written == 6
    asked = [person.keys.upn or "" for person in office.people[10:16]]
    give(office, 10, 16)
    assert (await office.engine.sync(asked)).written == 6
    give(office, 20, 24)
    assert (await office.engine.sync()).written == 4


async def test_one_picture_for_many_is_held_before_anybody_has_it(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.hire(30)
    office.hire(6, source=False)
    for number, person in enumerate(office.people[30:]):
        office.source.put(office.source_id(person), portrait(3, 120 + 60 * number, 40 + 10 * number))

    held = await office.engine.sync()

    assert held.held is not None and held.held.reason == "same"
    assert (held.held.same, held.held.same_before) == (6, 0)
    assert office.target.writes == [], "not even the pictures of those who are not concerned"
    assert {step.keys.upn for step in held.examples[:6]} == {person.keys.upn for person in office.people[30:]}
    planned = await office.engine.plan()
    assert planned.held == held.held and planned.plan == held.plan
    assert (await office.engine.sync(approve=held.plan)).written == 36


async def test_one_picture_for_five_is_a_few(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.hire(20)
    give(office, 0, 5, face(7777))
    assert (await office.engine.sync()).written == 20


async def test_one_picture_for_many_in_small_runs_is_held_too(tmp_path: Path) -> None:
    office = Office(tmp_path)
    for _ in range(2):
        office.hire(4, source=False)
        give(office, len(office.people) - 4, len(office.people), face(7777))
        outcome = await office.engine.sync()
    assert outcome.held is not None and outcome.held.reason == "same"
    assert (outcome.held.same, outcome.held.same_before) == (4, 4)
    assert len(office.target.writes) == 4


async def test_one_picture_is_found_however_it_was_encoded_for_each(tmp_path: Path) -> None:
    for number in range(4):
        office = Office(tmp_path / str(number))
        office.hire(6, source=False)
        for index, person in enumerate(office.people):
            office.source.put(office.source_id(person), portrait(number, 100 + 90 * index, 30 + 13 * index))
        planned = await office.engine.plan()
        assert planned.held is not None and planned.held.same == 6, number


async def test_people_who_look_alike_are_not_one(tmp_path: Path) -> None:
    """A tenth of the world's portraits share pose and backdrop with another."""
    office = Office(tmp_path)
    office.hire(40, source=False)
    for number, person in enumerate(office.people):
        office.source.put(office.source_id(person), portrait(number, 120, 75))
    assert (await office.engine.sync()).written == 40


async def test_small_plans_read_no_picture_beforehand_and_what_is_read_once_is_not_read_again(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.hire(5)
    await office.engine.plan()
    assert office.source.reads == []
    office.hire(1)
    await office.engine.plan()
    await office.engine.plan()
    assert len(office.source.reads) == 6


async def test_a_picture_that_changes_between_plan_and_write_is_left_to_the_next_run(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.hire(6)
    reads = 0

    def change(person: object) -> None:
        nonlocal reads
        reads += 1
        if reads == 6:  # all are known; now the source fills up with one face
            give(office, 0, 6, face(7777))

    office.source.while_reading = change
    first = await office.engine.sync()
    office.source.while_reading = lambda person: None
    second = await office.engine.sync()

    assert (first.written, first.failed) == (0, 0)
    assert second.held is not None and second.held.reason == "same" and office.target.writes == []


async def test_a_source_full_of_blanks_is_held_once_and_writes_none_of_them(office: Office) -> None:
    give(office, 0, 7, encoded(Image.new("RGB", (200, 200), "white")))
    shown = [office.shown(person) for person in office.people]

    for _ in range(2):
        held = await office.engine.sync()
        assert held.held is not None and held.held.reason == "blank"
        assert held.held.blanks == 7 and held.counts[Reason.REFUSED] == 7
        assert len(held.examples) == 7
    approved = await office.engine.sync(approve=held.plan)
    assert (approved.held, approved.written) == (None, 0)
    assert (await office.engine.sync()).held is None
    assert [office.shown(person) for person in office.people] == shown


async def test_a_mirror_of_a_source_that_lost_its_pictures_clears_nobody(tmp_path: Path) -> None:
    office = Office(tmp_path, policy=Policy(when_removed=WhenRemoved.MIRROR))
    office.hire(40)
    await office.engine.sync()
    for person in office.people[:30]:
        office.source.take(office.source_id(person))
    held = await office.engine.sync()
    assert held.held is not None and held.held.objections == ("source_lost", "share")
    assert office.target.clears == []


async def test_six_of_which_no_band_of_bits_is_all_the_same_are_found_by_their_pairs(tmp_path: Path) -> None:
    """As re-encoding may have it: each differs from the original in two bands, and all from one another."""
    office, run = Office(tmp_path), RunId("run")
    original = fingerprint(check(portrait(3, 120, 75)))
    for number, bands in enumerate([(0, 1), (1, 2), (2, 3), (3, 4), (5, 6), (6, 7)]):
        flipped = sum(1 << (255 - band - 8 * number) for band in bands)
        office.state.prints.put(run, {f"p{number}": replace(original, upper=original.upper ^ flipped)})
    strangers = {f"q{number}": fingerprint(check(portrait(10 + number, 120, 75))) for number in range(6)}
    office.state.prints.put(run, strangers)
    assert office.state.prints.buckets(run, 5) == []
    route = Route("office", office.census, office.source, office.target, Policy())
    with working(route, office.state, office.vault, office.clock, run, Silent(), workers()) as work:
        found = await alike(work)
    assert (found.now, found.before, sorted(found.keys)) == (6, 0, [f"p{number}" for number in range(6)])


def small(bits: int, shade: int = 0) -> Fingerprint:
    """Hashes of these bits, over a miniature that their shade makes another."""
    pixels = Random(shade).randbytes(64)
    return Fingerprint(bits, bits, Miniature(8, 8, pixels, 4, pixels[:32]))


async def test_seven_of_one_file_are_found_among_any_number_who_look_alike_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than the fullest buckets that are gone through, each fuller than those that the seven fill."""
    monkeypatch.setattr("samepic.state.prints._MOST_BUCKETS", 10)
    office, run, chance = Office(tmp_path), RunId("run"), Random(1)
    band = sum(1 << (8 * bit) for bit in range(32))  # every eighth bit is one band's
    for number in range(15):
        alike_in_it = chance.getrandbits(256) & band
        crowd = {f"c{number:02}{one}": small(alike_in_it | (chance.getrandbits(256) & ~band)) for one in range(8)}
        office.state.prints.put(run, {key: replace(one, blank=True) for key, one in crowd.items()})  # never the same
    file = small(chance.getrandbits(256), 1)
    office.state.prints.put(run, {f"same{one}": file for one in range(7)})
    route = Route("office", office.census, office.source, office.target, Policy())
    with working(route, office.state, office.vault, office.clock, run, Silent(), workers()) as work:
        found = await alike(work)
    assert (found.now, sorted(found.keys)) == (7, [f"same{one}" for one in range(7)])


def test_what_laying_pictures_on_each_other_may_cost_has_an_end_and_near_ones_count_as_one_then(
    caplog: pytest.LogCaptureFixture,
) -> None:
    laying, one = Laying(), small(0, 1)
    near, far, apart = small(0b11, 9), small((1 << 60) - 1, 9), small((1 << 130) - 1, 9)
    assert not laying.same(one, near) and laying.left == MOST_LAID - 1, "laid: the pixels differ"
    assert laying.same(one, small(0, 1)) and not laying.same(one, apart) and laying.left == MOST_LAID - 1
    laying.left = MOST_LAID // 2
    assert not laying.same(one, far) and laying.left == MOST_LAID // 2, "half of it is for the near ones"
    laying.left = 0
    assert laying.same(one, near) and not laying.same(one, far)
    laying.tell()
    assert "of 3 pairs the bits alone told" in caplog.text
