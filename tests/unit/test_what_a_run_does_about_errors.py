"""What a system refuses one person is theirs; what it refuses everybody ends the run with what to grant."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.office import Office, Watcher, face

from samepic.model.decision import Reason
from samepic.model.outcome import StepResult
from samepic.model.person import NotEligible, PersonId
from samepic.model.system import Grant
from samepic.ports.errors import AccessDenied, Busy, OutOfContract, PersonGone, PictureRefused
from samepic.systems.memory import Fault, When

DENIED = AccessDenied("target", "Files/add", "403", (Grant("Sites.FullControl.All", "to write pictures"),))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.mark.parametrize("error", [DENIED, OutOfContract("target", "items", "<html>")])
async def test_a_listing_refused_stops_the_run_and_says_what_to_grant(office: Office, error: Exception) -> None:
    office.hire(3)
    office.target.fail(Fault("people", error))

    outcome = await office.engine.sync()

    assert outcome.stopped is not None
    assert ("Sites.FullControl.All" in outcome.stopped) == (error is DENIED)
    assert outcome.missing == (DENIED.missing if error is DENIED else ())
    assert outcome.written == 0
    [record] = await office.engine.runs()
    assert (record.state, record.words) == ("failed", outcome.stopped)


async def test_one_persons_403_among_many_is_theirs_alone(office: Office) -> None:
    office.hire(30)
    unlucky = office.target_id(office.people[7])
    fault = office.target.fail(Fault("write", DENIED, person=unlucky, times=None))

    outcome = await office.engine.sync()

    assert (outcome.written, outcome.failed, outcome.stopped) == (29, 1, None)
    assert [failure.person for failure in outcome.failures] == [unlucky]
    assert "Sites.FullControl.All" in outcome.failures[0].words
    fault.times = 0
    assert (await office.engine.sync()).written == 1


async def test_when_the_system_itself_says_that_nobody_may_write_the_run_stops(office: Office) -> None:
    office.hire(30)
    office.target.fail(Fault("write", DENIED, times=None))
    office.target.fail(Fault("probe", DENIED, times=None))

    outcome = await office.engine.sync()

    assert outcome.stopped is not None and outcome.written == 0
    assert outcome.failed + outcome.pending == 30


async def test_twenty_in_a_row_stop_the_run_although_the_probe_works(office: Office) -> None:
    office.hire(60)
    office.target.fail(Fault("write", OutOfContract("target", "ProcessQuery", "200 <html>"), times=None))

    outcome = await office.engine.sync()

    assert outcome.stopped is not None and "20 people in a row" in outcome.stopped
    assert outcome.written == 0 and outcome.failed <= 30


async def test_a_busy_system_leaves_that_person_for_the_next_run(office: Office) -> None:
    office.hire(5)
    office.source.fail(Fault("read", Busy("source", "photo/$value", "503"), person=PersonId("id-00002")))
    outcome = await office.engine.sync()
    assert (outcome.written, outcome.failed) == (4, 1)
    assert (await office.engine.sync()).written == 1


async def test_a_batch_of_looks_that_is_busy_fails_its_people_and_nobody_is_taken_for_having_no_picture(
    office: Office,
) -> None:
    office.hire(45)
    await office.engine.sync()
    office.source.fail(Fault("look", Busy("source", "$batch", "503"), person=PersonId("id-00005")))

    outcome = await office.engine.sync()

    assert outcome.failed == 15, "the first five of the batch had answered"
    assert outcome.counts == {Reason.IN_STEP: 30, Reason.WAITING: 15}
    assert outcome.stopped is None


async def test_three_busy_batches_in_a_row_stop_the_run(office: Office) -> None:
    office.hire(200)
    office.source.fail(Fault("look", Busy("source", "$batch", "503"), times=None))
    outcome = await office.engine.sync()
    assert outcome.stopped is not None and "503" in outcome.stopped


async def test_somebody_who_left_between_plan_and_write_is_skipped(office: Office) -> None:
    office.hire(3)
    office.target.fail(Fault("write", PersonGone("target", "write", "404"), person=office.target_id(office.people[1])))
    watcher = Watcher()
    outcome = await office.engine.sync(progress=watcher)
    assert (outcome.written, outcome.failed) == (2, 0)
    assert StepResult.SKIPPED in [result for _, result, _ in watcher.results]
    assert office.state.intents.count("office") == 0


async def test_a_picture_that_only_the_target_refuses_is_refused_until_another_comes(office: Office) -> None:
    [person] = office.hire()
    office.target.fail(Fault("write", PictureRefused("target", "write", "not this one")))
    assert (await office.engine.sync()).counts == {Reason.REFUSED: 1}
    assert (await office.engine.sync()).counts == {Reason.REFUSED: 1}
    office.source.put(office.source_id(person), face(9))
    assert (await office.engine.sync()).written == 1


async def test_whoever_the_target_calls_not_eligible_only_on_writing_is_told_so(office: Office) -> None:
    [person] = office.hire()
    office.target.row(office.target_id(person)).refuses_write = NotEligible.PEOPLE_SYSTEM
    outcome = await office.engine.sync()
    assert outcome.counts == {Reason.NOT_ELIGIBLE: 1}
    assert (outcome.written, outcome.failed) == (0, 0)


async def test_a_picture_that_appears_between_plan_and_write_is_not_overwritten(office: Office) -> None:
    [person] = office.hire()

    class Interferes(Watcher):
        def decided(self, step: object) -> None:
            office.target.put(office.target_id(person), face(77))

    outcome = await office.engine.sync(progress=Interferes())
    assert (outcome.written, outcome.failed) == (0, 0)
    assert office.shown(person) == face(77)


async def test_a_picture_replaced_again_between_plan_and_write_is_not_overwritten(office: Office) -> None:
    [person] = office.hire()
    office.target.put(office.target_id(person), face(76))

    class Interferes(Watcher):
        def decided(self, step: object) -> None:
            office.target.put(office.target_id(person), face(77))

    outcome = await office.engine.sync(progress=Interferes())
    assert outcome.written == 0
    assert office.shown(person) == face(77)


async def test_an_error_of_our_own_is_raised_and_the_run_is_entered_as_failed(office: Office) -> None:
    office.hire()
    office.target.fail(Fault("write", RuntimeError("a bug"), when=When.BEFORE))
    with pytest.raises(RuntimeError, match="a bug"):
        await office.engine.sync()
    [record] = await office.engine.runs()
    assert (record.state, record.words) == ("failed", "a bug")
    assert (await office.engine.sync()).stopped is None
