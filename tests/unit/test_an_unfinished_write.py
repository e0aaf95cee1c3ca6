"""Killed between any two calls, cancelled, timed out: the next run finishes what was begun, and nothing else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.office import Office, Watcher, again, face

from samepic.model.decision import Reason
from samepic.model.outcome import StepResult
from samepic.model.person import PersonId
from samepic.model.policy import Policy, WhenRemoved
from samepic.ports.errors import Busy
from samepic.systems.memory import Fault, When

TIMED_OUT = Busy("target", "Files/add", "timed out")


class Killed(BaseException):
    """Stands for kill -9: nothing of the run goes on after it."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.mark.parametrize("when", [When.BEFORE, When.MIDWAY, When.AFTER])
@pytest.mark.parametrize("replacing", ["nothing", "ours", "theirs"])
async def test_killed_in_a_write_the_next_run_finishes_it_with_the_same_bytes(
    office: Office, when: When, replacing: str
) -> None:
    office.hire(4)
    person = office.people[2]
    if replacing == "theirs":
        office.target.put(office.target_id(person), face(70))
    elif replacing == "ours":
        await office.engine.sync()
        office.source.put(office.source_id(person), face(71))
    office.target.fail(Fault("write", Killed(), person=office.target_id(person), when=when))

    with pytest.raises(Killed):
        await office.engine.sync()
    begun = office.state.intents.of("office", "id-00002")
    assert begun is not None
    await office.engine.sync()
    last = await office.engine.sync()

    assert last.counts == {Reason.IN_STEP: 4} and last.written == 0
    assert office.state.intents.count("office") == 0
    assert {wire for who, wire in office.target.writes if who == office.target_id(person)} >= {begun.sha256}
    assert office.target.pictures(office.target_id(person)) == begun.renditions
    if replacing == "theirs":
        [kept] = [one for one in office.state.kept.of("office", "id-00002") if one.system == "target"]
        assert office.vault.fetch(kept.sha256) == face(70)


async def test_a_write_whose_answer_was_lost_is_settled_by_a_look_at_once(office: Office) -> None:
    [person] = office.hire()
    office.target.fail(Fault("write", TIMED_OUT, when=When.AFTER))

    outcome = await office.engine.sync()

    assert (outcome.written, outcome.failed) == (1, 0)
    assert office.state.intents.count("office") == 0
    assert len({wire for _, wire in office.target.writes}) == 1, "only the same bytes went over the wire again"
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 1}
    assert office.shown(person)


async def test_a_write_that_cannot_be_settled_is_left_open_and_settled_by_the_next_run(office: Office) -> None:
    office.hire(3)
    unlucky = office.target_id(office.people[1])
    write = office.target.fail(Fault("write", TIMED_OUT, person=unlucky, when=When.MIDWAY, times=None))

    first = await office.engine.sync()
    assert (first.written, first.failed) == (2, 1)
    assert (await office.engine.status()).unfinished == 1

    write.times = 0
    second = await office.engine.sync()
    assert (second.written, second.counts) == (1, {Reason.IN_STEP: 3})
    assert (await office.engine.status()).unfinished == 0


async def test_what_somebody_else_has_put_there_meanwhile_is_not_overwritten_by_recovery(office: Office) -> None:
    [person] = office.hire()
    await office.engine.sync()
    office.source.put(office.source_id(person), face(71))
    office.target.fail(Fault("write", Killed(), when=When.BEFORE))
    with pytest.raises(Killed):
        await office.engine.sync()
    office.target.put(office.target_id(person), face(90))

    outcome = await office.engine.sync()

    assert office.shown(person) == face(90)
    assert outcome.counts == {Reason.CLASH: 1}


async def test_an_address_given_to_a_newcomer_meanwhile_does_not_get_the_leavers_picture(office: Office) -> None:
    [leaver] = office.hire()
    office.target.fail(Fault("write", Killed(), when=When.BEFORE))
    with pytest.raises(Killed):
        await office.engine.sync()
    office.census.drop(PersonId("id-00000"))
    newcomer = replace(leaver, keys=replace(leaver.keys, object_id="id-newcomer"))
    office.census.add(newcomer)
    office.source.add(newcomer)

    await office.engine.sync()

    assert office.target.writes == [] and office.shown(newcomer) is None
    assert (await office.engine.status()).unfinished == 0


async def test_a_plan_finishes_nothing(office: Office) -> None:
    office.hire()
    office.target.fail(Fault("write", Killed(), when=When.MIDWAY))
    with pytest.raises(Killed):
        await office.engine.sync()
    writes = len(office.target.writes)
    await office.engine.plan()
    await office.engine.sync(dry_run=True)
    assert len(office.target.writes) == writes
    assert (await office.engine.status()).unfinished == 1


async def test_a_request_finishes_that_persons_write_and_no_others(office: Office) -> None:
    first, second = office.hire(2)
    for person in (first, second):
        office.target.fail(Fault("write", TIMED_OUT, person=office.target_id(person), when=When.MIDWAY, times=2))
    await office.engine.sync()
    assert (await office.engine.status()).unfinished == 2
    await office.engine.sync([second.keys.upn or ""])
    assert (await office.engine.status()).unfinished == 1


@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
async def test_killed_in_a_clear_the_next_run_finishes_it(tmp_path: Path, when: When) -> None:
    office = Office(tmp_path, policy=Policy(when_removed=WhenRemoved.MIRROR))
    [person] = office.hire()
    await office.engine.sync()
    office.source.take(office.source_id(person))
    office.target.fail(Fault("clear", Killed(), when=when))

    with pytest.raises(Killed):
        await office.engine.sync()
    outcome = await office.engine.sync()

    assert office.shown(person) is None
    assert outcome.counts == {Reason.ABSENT: 1}
    office.source.put(office.source_id(person), again(0))
    assert (await office.engine.sync()).counts == {Reason.NEW: 1}


async def test_cancelled_in_the_middle_everything_is_finished_by_the_next_run(office: Office) -> None:
    office.hire(30)
    running: list[asyncio.Task[object]] = []

    class Impatient(Watcher):
        def done(self, *told: object) -> None:
            if len(office.target.writes) >= 10:
                running[0].cancel()

    running.append(asyncio.create_task(office.engine.sync(progress=Impatient())))
    with pytest.raises(asyncio.CancelledError):
        await running[0]
    [record] = await office.engine.runs()
    assert record.state == "interrupted"

    await office.engine.sync()
    last = await office.engine.sync()
    assert last.counts == {Reason.IN_STEP: 30} and last.written == 0
    assert office.state.intents.count("office") == 0


async def test_our_own_write_that_does_not_show_yet_is_waited_for(tmp_path: Path) -> None:
    from dataclasses import replace
    from datetime import timedelta

    from tests.office import TARGET

    office = Office(tmp_path, target=replace(TARGET, settles_within=timedelta(minutes=15)))
    [person] = office.hire()
    await office.engine.sync()
    office.clock.move(minutes=5)
    waiting = await office.engine.sync()
    office.clock.move(minutes=15)
    settled = await office.engine.sync()

    assert waiting.counts == {Reason.WAITING: 1} and settled.counts == {Reason.IN_STEP: 1}
    office.source.put(office.source_id(person), face(8))
    await office.engine.sync()
    office.clock.move(minutes=5)
    assert (await office.engine.sync()).counts == {Reason.WAITING: 1}, "the picture from before still shows"
    assert len(office.target.writes) == 2


async def test_a_picture_blanked_twice_is_written_once_more_and_then_shown_as_overruled(office: Office) -> None:
    [person, *_] = office.hire(3)
    await office.engine.sync()
    reasons = []
    for _ in range(3):
        office.clock.move(hours=25)
        office.target.take(office.target_id(person))
        watcher = Watcher()
        await office.engine.sync(progress=watcher)
        reasons.append(watcher.steps[0].reason)
    office.source.put(office.source_id(person), face(8))
    last = await office.engine.sync()

    assert reasons == [Reason.BLANKED, Reason.OVERRULED, Reason.OVERRULED]
    assert last.written == 1, "a new picture is worth another try"


async def test_results_are_told_with_both_pictures(office: Office) -> None:
    [person] = office.hire()
    watcher = Watcher()
    await office.engine.sync(progress=watcher)
    assert [result for _, result, _ in watcher.results] == [StepResult.WRITTEN]
    assert watcher.pictures[0][0] is None
    assert watcher.pictures[0][1] is not None and watcher.pictures[0][1].data == office.shown(person)
