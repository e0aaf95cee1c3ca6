"""A machine's clock ran ahead, somebody sets it right, and nobody's picture waits for the day that it had reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.office import TARGET, MovableClock, Office, Watcher, face

from samepic.engine import Route
from samepic.engine.tidy import tidy
from samepic.engine.work import working
from samepic.imaging import workers
from samepic.model.decision import Reason
from samepic.model.person import NotEligible
from samepic.model.plan import RunId
from samepic.ports.progress import Silent

SETTLES = timedelta(minutes=15)
AHEAD = 400.0  # days


def office_at(folder: Path, settles: timedelta = timedelta(0)) -> Office:
    """The systems keep the right time; `clock` is the machine's, on which Samepic runs."""
    office = Office(folder, target=replace(TARGET, settles_within=settles))
    office.clock = MovableClock()
    return office


async def reason(office: Office) -> Reason:
    watcher = Watcher()
    await office.engine.sync(progress=watcher)
    return watcher.steps[0].reason


async def test_a_write_from_a_day_to_come_is_not_waited_for(tmp_path: Path) -> None:
    office = office_at(tmp_path, SETTLES)
    [person] = office.hire()
    office.clock.move(days=AHEAD)
    await office.engine.sync()
    assert await reason(office) is Reason.WAITING, "it may not show yet"
    office.clock.move(days=-AHEAD)
    assert await reason(office) is Reason.BLANKED, "the write is said to be of next year, and nothing shows"
    assert office.shown(person) is not None


async def test_a_clock_set_back_by_seconds_still_waits_for_its_own_write(tmp_path: Path) -> None:
    office = office_at(tmp_path, SETTLES)
    office.hire()
    await office.engine.sync()
    office.clock.move(seconds=-20)
    assert await reason(office) is Reason.WAITING
    assert len(office.target.writes) == 1


async def test_what_was_blanked_on_days_to_come_is_not_held_against_the_target(tmp_path: Path) -> None:
    office = office_at(tmp_path)
    [person, *_] = office.hire(3)
    await office.engine.sync()
    office.clock.move(days=AHEAD)
    office.target.take(office.target_id(person))
    assert await reason(office) is Reason.BLANKED
    office.target.take(office.target_id(person))
    assert await reason(office) is Reason.OVERRULED
    office.clock.move(days=-AHEAD + 1)
    assert await reason(office) is Reason.BLANKED, "that it was overruled lies a year ahead"


async def test_a_refusal_from_a_day_to_come_is_tried_again(tmp_path: Path) -> None:
    office = office_at(tmp_path)
    [person] = office.hire()
    row = office.target.row(office.target_id(person))
    row.refuses_write = NotEligible.PICTURE_NOT_EDITABLE
    office.clock.move(days=AHEAD)
    await office.engine.sync()
    row.refuses_write = None
    assert await reason(office) is Reason.NOT_ELIGIBLE, "only trying would tell, and it was tried just now"
    office.clock.move(days=-AHEAD)
    assert await reason(office) is Reason.NEW
    assert office.shown(person) is not None


async def test_no_run_takes_less_than_no_time_and_the_newest_is_told_first(tmp_path: Path) -> None:
    office = office_at(tmp_path)
    office.hire()

    class SetBack(Watcher):
        def advance(self, people: int) -> None:
            office.clock.move(hours=-1)

    first = await office.engine.sync(progress=SetBack())
    office.clock.move(days=-3)
    second = await office.engine.sync()
    assert first.seconds >= 0
    assert [record.run for record in await office.engine.runs()] == [second.run, first.run]
    status = await office.engine.status()
    assert status.last is not None and status.last.run == second.run


@pytest.mark.parametrize("days", [(AHEAD, -AHEAD), (-3, 8)], ids=str)
async def test_wherever_the_clock_goes_a_new_picture_arrives_and_is_then_left_alone(
    tmp_path: Path, days: tuple[float, ...]
) -> None:
    office = office_at(tmp_path)
    [person] = office.hire()
    await office.engine.sync()
    for number, by in enumerate(days):
        office.clock.move(days=by)
        assert (await office.engine.sync()).counts == {Reason.IN_STEP: 1}
        office.source.put(office.source_id(person), face(number + 10))
        assert (await office.engine.sync()).written == 1
        assert (await office.engine.sync()).counts == {Reason.IN_STEP: 1}


def kept_by(office: Office) -> int:
    """How many pictures are remembered, each of them whole in the vault."""
    kept = office.state.kept.of("office", "id-00000")
    assert all(office.vault.fetch(one.sha256) for one in kept)
    return len(kept)


async def test_a_clock_that_jumps_ahead_or_back_by_a_year_lets_go_of_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(tmp_path)
    theirs = office.clock
    person, leaver = office.hire(2)
    for number in range(3):
        office.source.put(office.source_id(person), face(10 + number))
        await office.engine.sync()
        theirs.move(hours=1)
    office.census.drop(office.source_id(leaver))
    await office.engine.sync()
    assert kept_by(office) == 3
    for ahead in (AHEAD, -AHEAD, 1.5):
        office.clock = MovableClock()
        office.clock.moment = theirs.moment + timedelta(days=ahead)
        caplog.clear()
        await office.engine.sync()
        assert (kept_by(office), len(office.state.kept.of("office", "id-00001"))) == (3, 1)
        assert len(office.state.changes.of("office", "id-00000")) == 3
        assert "lets go of nothing" in caplog.text and "set the clock right" in caplog.text
        assert "2026-11-22" in caplog.text, "what the systems say"
    office.clock = theirs
    await office.engine.sync()
    assert kept_by(office) == 3, "and nothing was noted by the wrong clock"
    theirs.move(days=AHEAD)
    await office.engine.sync()
    assert (kept_by(office), office.state.kept.of("office", "id-00001")) == (1, []), "a year that everybody saw pass"


async def test_what_was_kept_by_a_clock_that_ran_ahead_is_not_kept_until_then(tmp_path: Path) -> None:
    office = office_at(tmp_path)
    [person] = office.hire()
    await office.engine.sync()
    office.clock.move(days=AHEAD)
    office.source.put(office.source_id(person), face(10))
    await office.engine.sync()
    office.clock.move(days=-AHEAD)
    await office.engine.sync()
    assert kept_by(office) == 2
    for system in (office.census, office.source, office.target):
        system._now = office.clock.now
    office.clock.move(days=89)
    await office.engine.sync()
    assert kept_by(office) == 2
    office.clock.move(days=2)
    await office.engine.sync()
    assert kept_by(office) == 1


async def test_whoever_tidies_without_having_asked_anybody_asks_what_time_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office = office_at(tmp_path)
    office.clock.move(days=AHEAD)
    route = Route("office", office.census, office.source, office.target, office.policy)
    run = RunId("one that began in another process")
    with working(route, office.state, office.vault, office.clock, run, Silent(), workers()) as work:
        await tidy(work)
    assert office.census.requests == 1 and "lets go of nothing" in caplog.text
