"""Between full sweeps only those are looked at of whom there is news; nobody else is listed, judged or touched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, select
from tests.office import TARGET, Office, Watcher, face

from samepic.engine import verify
from samepic.model.decision import Reason
from samepic.model.held import Kind, Standing
from samepic.model.news import Because
from samepic.model.person import Keys, NotEligible, Person, PersonId
from samepic.model.policy import Policy
from samepic.ports.errors import Busy, Expired
from samepic.ports.progress import Phase
from samepic.state.tables import departed
from samepic.systems.memory import Fault

MANY = 12


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


async def swept(office: Office, people: int = MANY) -> list[Person]:
    """So many people after a full sweep."""
    hired = office.hire(people)
    done = await office.engine.sync()
    assert (done.written, done.held, done.full) == (people, None, True)
    return hired


def renamed(office: Office, person: Person, **to: object) -> Person:
    """As the census tells of somebody from now on."""
    other = replace(person, **{"display_name": "Somebody Else", **to})  # type: ignore[arg-type]  # any field of it
    office.census.change(PersonId(str(person.keys.object_id)), other)
    return other


def redrawn(office: Office, *people: Person) -> None:
    """Another picture at the source, and a change in the census that says nothing of it."""
    for number, person in enumerate(people):
        office.source.put(office.source_id(person), face(500 + number))
        renamed(office, person)


async def test_whoever_is_new_or_changed_is_looked_at_and_nobody_else(tmp_path: Path, any_database: Path | URL) -> None:
    office = Office(tmp_path, state_at=any_database)
    known, disabled, leaver, *others = await swept(office)
    office.source.put(office.source_id(others[0]), face(900))  # without a word: only a full sweep sees it
    [newcomer] = office.hire()
    renamed(office, known)
    renamed(office, disabled, enabled=False)
    office.census.drop(PersonId(str(leaver.keys.object_id)))

    done = await office.engine.sync(full=False)

    assert (done.full, done.people, done.written, done.instead) == (False, 3, 1, "")
    assert done.counts == {Reason.NEW: 1, Reason.IN_STEP: 1, Reason.NOT_ELIGIBLE: 1}
    assert office.shown(newcomer) and office.shown(disabled) and office.shown(leaver)
    assert sum(done.requests.values()) <= 9, done.requests
    assert office.engine.route.target.profile.name in done.requests
    with office.state._database.read() as connection:
        assert connection.execute(select(departed)).all() == [], "nobody counts as gone"
    again = await office.engine.sync(full=False)
    assert (again.people, again.written) == (0, 0)
    full = await office.engine.sync()
    assert (full.full, full.written) == (True, 1), "the picture that changed without a word"
    assert [record.kind for record in await office.engine.runs()] == ["sync", "incremental", "incremental", "sync"]


async def test_whoever_it_wrote_is_looked_at_and_nobody_is_listed_for_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many of those of whom there is news: of all people they are few."""
    monkeypatch.setattr(verify, "lists_again", lambda changed, people: changed >= 3 and changed > people / 2)
    known = await swept(office)
    redrawn(office, *known[:4])
    office.target.fail(Fault("people", Busy("target", "people", "nobody is to be listed"), times=None))
    done = await office.engine.sync(full=False)
    assert (done.written, done.looked_at.verified) == (4, 4) and office.target.faults[0].met == 0


async def test_who_asked_is_looked_at_once_more(office: Office) -> None:
    person, *_ = await swept(office)
    upn = str(person.keys.upn)
    await office.engine.sync([upn])
    office.source.put(office.source_id(person), face(900))  # the source told the old picture when they asked
    done = await office.engine.sync(full=False)
    assert (done.people, done.written) == (1, 1)
    assert (await office.engine.sync(full=False)).people == 0


async def test_who_asks_while_a_sweep_is_at_work_is_news_for_the_next(office: Office) -> None:
    person, other, *_ = await swept(office)
    renamed(office, other)

    class Asks(Watcher):
        def begin(self, phase: Phase, total: int | None) -> None:
            if phase is Phase.DECIDING:
                office.state.news.enter("office", [str(person.keys.object_id)], Because.ASKED)

    assert (await office.engine.sync(full=False, progress=Asks())).people == 1
    assert (await office.engine.sync(full=False)).people == 1
    assert (await office.engine.sync(progress=Asks())).full
    assert (await office.engine.sync(full=False)).people == 1


def limited(office: Office) -> int | None:
    return 3


def failing(office: Office) -> int | None:
    office.target.fail(Fault("write", Busy("target", "write", "503"), times=6, skip=3))
    return None


@pytest.mark.parametrize("by", [limited, failing])
async def test_who_is_left_over_by_a_full_sweep_is_looked_at(
    office: Office, by: Callable[[Office], int | None]
) -> None:
    await swept(office)
    hired = office.hire(6)
    done = await office.engine.sync(limit=by(office))
    office.target.faults.clear()
    left = 6 - done.written
    assert 0 < left < 6
    again = await office.engine.sync(full=False)
    assert (again.people, again.written) == (left, left)
    assert all(office.shown(person) for person in hired)


async def test_who_waits_is_looked_at_until_they_wait_no_more(tmp_path: Path) -> None:
    office = Office(tmp_path, target=replace(TARGET, settles_within=timedelta(minutes=10)))
    await swept(office, 3)
    for expected in (3, 3):
        assert (await office.engine.sync()).counts == {Reason.WAITING: 3}
        assert (await office.engine.sync(full=False)).people == expected
    office.clock.move(minutes=11)
    assert (await office.engine.sync(full=False)).counts == {Reason.IN_STEP: 3}
    assert (await office.engine.sync(full=False)).people == 0


async def test_who_is_left_over_by_a_cancelled_one_is_looked_at(office: Office) -> None:
    await swept(office)
    hired = office.hire(4)

    class Cancels(Watcher):
        def done(self, *_: object) -> None:
            syncing.cancel()

    syncing = asyncio.ensure_future(office.engine.sync(progress=Cancels(), limit=1))
    with pytest.raises(asyncio.CancelledError):
        await syncing
    assert (await office.engine.sync(full=False)).people >= 3
    assert all(office.shown(person) for person in hired)


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize(("system", "operation"), [("census", "told"), ("source", "look"), ("target", "write")])
async def test_one_that_was_killed_loses_nobody(office: Office, full: bool, system: str, operation: str) -> None:
    known, *_ = await swept(office)
    hired = office.hire(3)
    redrawn(office, known)
    if full and operation == "told":
        operation = "people"
    getattr(office, system).fail(Fault(operation, Killed()))
    with pytest.raises(Killed):
        await office.engine.sync(full=full)
    await office.engine.plan()  # whatever comes between forgets nobody
    done = await office.engine.sync(full=False)
    assert (done.full, done.failed, done.held) == (False, 0, None)
    assert all(office.shown(person) for person in hired)
    assert (await office.engine.plan()).pending == 0


async def test_who_changed_while_everybody_was_listed_is_told_to_the_next(office: Office) -> None:
    person, *_ = await swept(office)

    class Changes(Watcher):
        def begin(self, phase: Phase, total: int | None) -> None:
            if phase is Phase.LISTING:  # the census has been read
                renamed(office, person, enabled=False)

    assert (await office.engine.sync(progress=Changes())).counts == {Reason.IN_STEP: MANY}
    assert (await office.engine.sync(full=False)).counts == {Reason.NOT_ELIGIBLE: 1}


async def test_without_a_cursor_or_with_an_expired_one_it_is_everybody_and_says_so(office: Office) -> None:
    office.hire(3)
    first = await office.engine.sync(full=False)
    assert (first.full, first.written, first.instead) == (True, 3, "no full sweep has ended well yet")
    office.hire()
    office.census.fail(Fault("changed", Expired("census", "users/delta", "410 syncStateNotFound")))
    second = await office.engine.sync(full=False)
    assert (second.full, second.written, second.people) == (True, 1, 4)
    assert "no changes since the last sweep any more (410 syncStateNotFound)" in second.instead
    record = (await office.engine.runs())[0]
    assert record.kind == "sync" and second.instead in record.words
    office.hire()
    assert (await office.engine.sync(full=False)).full is False


async def test_a_census_that_tells_no_changes_keeps_every_sweep_full(office: Office) -> None:
    office.census.fail(Fault("changed", Busy("census", "users/delta", "501"), times=None))
    await swept(office, 3)
    done = await office.engine.sync(full=False)
    assert done.full and "nothing that could be gone on from" in done.instead


async def test_a_census_that_fails_stops_it_and_the_next_is_told_the_same(office: Office) -> None:
    await swept(office)
    office.hire(2)
    for operation in ("changed", "told", "sharing"):
        office.census.fail(Fault(operation, Busy("census", operation, "503")))
        done = await office.engine.sync(full=False)
        assert done.stopped is not None and not done.full and "503" in done.stopped
    assert (await office.engine.sync(full=False)).written == 2


async def test_news_of_most_is_a_full_sweep(office: Office) -> None:
    people = await swept(office)
    for person in people:
        renamed(office, person)
    assert (await office.engine.sync(full=False)).people == MANY, "few of a small office are no matter"
    office.hire(201, source=False)
    done = await office.engine.sync(full=False)
    assert done.full and "news of 201 people" in done.instead


async def test_a_share_is_one_of_all_pictures_and_what_is_not_seen_is_not_missing(office: Office) -> None:
    people = await swept(office, 70)
    redrawn(office, *people[:6])
    passes = await office.engine.sync(full=False)
    assert (passes.held, passes.written) == (None, 6), "six of seventy, not six of six"
    assert office.state.runs.pictures("office").target == 70
    redrawn(office, *people[10:12])
    wave = await office.engine.sync(full=False)
    assert wave.held is not None and wave.held.objections == ("wave",), "small ones add up"
    assert (wave.held.target_pictures, wave.held.lost_before) == (70, 6)
    office.clock.move(hours=25)
    assert (await office.engine.sync(full=False)).written == 2
    [bare] = office.hire(source=False)
    assert (await office.engine.sync(full=False)).held is None, "that one person has none is no emptied target"
    assert office.shown(bare) is None and (await office.engine.sync()).held is None


async def test_a_held_one_waits_and_is_carried_out_as_it_was_planned(office: Office) -> None:
    people = await swept(office)
    redrawn(office, *people[:6])
    held = await office.engine.sync(full=False)
    assert held.held is not None and held.held.reason == "share" and held.written == 0
    assert (await office.engine.held_plan(held.plan)).held.kind is Kind.INCREMENTAL
    status = await office.engine.status()
    assert (status.held_plan, status.held and status.held.reason) == (held.plan, "share")
    again = await office.engine.sync(full=False)
    assert again.plan == held.plan, "they are news until they are done"
    office.source.put(office.source_id(people[9]), face(900))  # which only a full sweep would see
    done = await office.engine.sync(approve=held.plan)
    assert (done.full, done.held, done.written) == (False, None, 6)
    assert (await office.engine.held_plan(held.plan)).standing is Standing.DONE
    assert (await office.engine.sync(full=False)).people == 0


async def test_only_a_full_sweep_makes_a_full_ones_plan_stale(office: Office) -> None:
    people = await swept(office)
    for number, person in enumerate(people[:5]):
        office.source.put(office.source_id(person), face(500 + number))
    full = await office.engine.plan()
    assert full.held is not None
    redrawn(office, people[9])
    assert (await office.engine.sync(full=False)).written == 1
    assert (await office.engine.held_plan(full.plan)).standing is Standing.HELD
    await office.engine.plan()
    redrawn(office, *people[5:])
    some = await office.engine.sync(full=False)
    await office.engine.plan()
    assert (await office.engine.held_plan(some.plan)).standing is Standing.STALE


async def test_the_groups_of_the_policy_are_asked_about_those_people_only(tmp_path: Path) -> None:
    office = Office(tmp_path, policy=Policy(only_group="staff", except_group="shy"))
    office.census.groups |= {"staff": [], "shy": []}
    for person in office.hire(5):
        office.census.groups["staff"].append(PersonId(str(person.keys.object_id)))
    await office.engine.sync()
    inside, shy, _ = office.hire(3)
    for person, groups in ((inside, ("staff",)), (shy, ("staff", "shy"))):
        for group in groups:
            office.census.groups[group].append(PersonId(str(person.keys.object_id)))
    watcher = Watcher()
    done = await office.engine.sync(full=False, progress=watcher)
    assert done.counts == {Reason.NEW: 1, Reason.NOT_ELIGIBLE: 2} and office.shown(inside)
    details = {step.detail for step in watcher.steps if step.reason is Reason.NOT_ELIGIBLE}
    assert details == {NotEligible.OUTSIDE_GROUP, NotEligible.EXCEPTED_GROUP}


async def test_two_with_one_address_are_written_for_neither(office: Office) -> None:
    known, *_ = await swept(office)
    [newcomer] = office.hire()
    office.source.put(office.source_id(known), face(900))
    renamed(office, newcomer, keys=Keys(newcomer.keys.object_id, known.keys.upn, "m@made.up"))
    done = await office.engine.sync(full=False)
    assert (done.counts, done.written) == ({Reason.UNMATCHED: 1}, 0)


@pytest.mark.parametrize("lists_people", [True, False])
async def test_a_system_that_lists_its_people_is_asked_for_each(tmp_path: Path, lists_people: bool) -> None:
    office = Office(tmp_path, target=replace(TARGET, lists_people=lists_people))
    await swept(office, 5)
    office.hire(2)
    office.target.fail(Fault("find", Busy("target", "find", "503"), times=1))
    done = await office.engine.sync(full=False)
    assert (done.written, done.failed) == ((1, 1) if lists_people else (2, 0))
    assert (await office.engine.sync(full=False)).written == (1 if lists_people else 0)
