"""Who looks for people finds everybody, as the runs have left them: what a small run does hides nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL, func, select
from tests.office import Office, Watcher, face

from samepic.engine.restoring import Wanted
from samepic.model.decision import Reason
from samepic.model.person import PersonId
from samepic.model.remembered import PersonGlance
from samepic.ports.errors import AccessDenied, Busy
from samepic.ports.progress import Phase
from samepic.state.tables import person as rows_of_people
from samepic.systems.memory import Fault


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def office(tmp_path: Path, any_database: Path | URL) -> Iterator[Office]:
    made = Office(tmp_path, state_at=any_database)
    yield made
    made.state.close()


def found(office: Office, *reasons: Reason, failed: bool = False) -> list[PersonGlance]:
    run = office.state.people.met_by("office")
    assert run is not None
    return office.state.people.search(run.run, "", reasons, failed, ("", ""), 500)


def standing(office: Office) -> dict[str, Reason | None]:
    run = office.state.people.met_by("office")
    assert run is not None
    one_by_one = {one.key: office.state.people.of(run.run, one.key) for one in found(office)}
    together = {one.key: one.reason for one in found(office)}
    assert together == {
        key: one.decision.reason if one and one.decision else None for key, one in one_by_one.items()
    }, "a list and a page of one person say the same"
    return together


def runs_with_rows(office: Office) -> int:
    with office.state._database.read() as connection:
        wanted = select(func.count(rows_of_people.c.run.distinct()))
        return int(connection.execute(wanted).scalar_one())


async def test_who_was_brought_in_step_is_in_step(office: Office) -> None:
    people = office.hire(6)
    office.target.fail(Fault("write", Busy("target", "write", "503"), times=6, skip=4))
    planned = await office.engine.plan()
    assert planned.counts == {Reason.NEW: 6} and len(found(office, Reason.NEW)) == 6
    done = await office.engine.sync()
    assert done.written == 4
    assert len(found(office, Reason.IN_STEP)) == 4 and len(found(office, Reason.NEW)) == 2
    assert {one.key for one in found(office, failed=True)} == {one.key for one in found(office, Reason.NEW)}
    office.target.faults.clear()
    left = found(office, Reason.NEW)[0]
    assert (await office.engine.sync([left.key])).written == 1
    assert len(found(office, Reason.IN_STEP)) == 5, "and whoever asked for it since"
    assert len(found(office)) == len(people) and len(found(office, failed=True)) == 1


async def test_an_incremental_sweep_hides_nobody_and_is_told(office: Office) -> None:
    people = office.hire(6)
    await office.engine.sync()
    [newcomer] = office.hire()
    leaving = people[0]
    census = PersonId(str(leaving.keys.object_id))
    office.census.change(census, replace(leaving, enabled=False, display_name="Somebody Else"))
    done = await office.engine.sync(full=False)
    assert (done.people, done.written) == (2, 1)
    stands = standing(office)
    assert len(stands) == 7
    assert stands[str(leaving.keys.object_id)] is Reason.NOT_ELIGIBLE
    assert stands[str(newcomer.keys.object_id)] is Reason.IN_STEP
    assert (await office.engine.sync(full=False)).people == 0
    assert standing(office) == stands, "a run about nobody changes nothing"


async def test_a_restore_hides_nobody(office: Office) -> None:
    people = office.hire(4)
    await office.engine.sync()
    run = (await office.engine.runs())[0].run
    before = standing(office)
    await office.engine.restore(Wanted(run=run), dry_run=True)
    assert standing(office) == before
    assert (await office.engine.restore(Wanted(run=run))).cleared == len(people)
    assert set(standing(office)) == set(before)


async def test_a_run_that_cannot_begin_hides_nobody(office: Office) -> None:
    office.hire(4)
    await office.engine.sync()
    before = standing(office)
    office.census.fail(Fault("people", AccessDenied("census", "list people", "403"), times=1))
    assert (await office.engine.sync()).stopped
    assert standing(office) == before


async def test_what_a_killed_incremental_sweep_came_to_do_is_told_by_the_next_run(office: Office) -> None:
    people = office.hire(4)
    await office.engine.sync()
    for number, person in enumerate(people[:2]):
        office.source.put(office.source_id(person), face(500 + number))
        census = PersonId(str(person.keys.object_id))
        office.census.change(census, replace(person, display_name=f"Somebody Else {number}"))

    class Dies(Watcher):
        def begin(self, phase: Phase, total: int | None) -> None:
            if phase is Phase.WRITING:
                raise Killed

    engine = office.engine
    engine._end = lambda *_: None  # type: ignore[method-assign]  # a process that is killed enters no end
    with pytest.raises(Killed):
        await engine.sync(full=False, progress=Dies())
    assert (await office.engine.restore(Wanted(run=(await office.engine.runs())[-1].run), dry_run=True)).people
    stands = standing(office)
    assert [stands[str(person.keys.object_id)] for person in people[:2]] == [Reason.CHANGED] * 2
    assert len(stands) == 4


async def test_who_was_left_by_a_full_sweep_is_news_once(office: Office) -> None:
    people = office.hire(6)
    office.target.fail(Fault("write", Busy("target", "write", "503"), times=6, skip=4))
    await office.engine.sync()
    office.target.faults.clear()
    gone = found(office, failed=True)[0]
    office.census.drop(PersonId(gone.key))
    assert (await office.engine.sync(full=False)).written == 1
    office.state.news.leave("office")
    assert office.state.news.count("office") == 0, "nobody is asked for who is gone, again and again"
    assert (await office.engine.sync(full=False)).people == 0
    assert len(found(office, Reason.IN_STEP)) == 5 and len(found(office)) == len(people)


async def test_rows_do_not_pile_up(office: Office) -> None:
    person = office.hire(3)[0]
    for _ in range(3):
        await office.engine.sync()
        await office.engine.sync(full=False)
        await office.engine.sync([str(person.keys.upn)])
        await office.engine.plan()
    assert runs_with_rows(office) == 2, "of the plan, and of the sync that it follows"
    await office.engine.sync(full=False)
    assert runs_with_rows(office) == 2, "of the plan, and of those who had asked"
