"""A person's own action: at once, beside a running sweep, for them alone; and the explanation of one person."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.english import left_in_english
from tests.office import SOURCE, TARGET, Office, Watcher, again, face

from samepic.engine import UnknownPerson
from samepic.model.decision import Action, Reason
from samepic.model.person import Keys, NotEligible, Person, PersonId
from samepic.model.picture import NO_PICTURE
from samepic.model.policy import Policy, WhenRemoved
from samepic.ports.errors import AccessDenied, Busy, PictureMoved
from samepic.ports.state import RouteBusy
from samepic.systems.memory import Fault


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.mark.parametrize("key", ["id-00001", "P00001@made.up"])
async def test_one_person_is_served_by_whatever_key_without_any_listing(office: Office, key: str) -> None:
    office.hire(3)
    outcome = await office.engine.sync([key])
    assert (outcome.people, outcome.written, outcome.counts) == (1, 1, {Reason.NEW: 1})
    assert [bool(office.shown(person)) for person in office.people] == [False, True, False]
    assert outcome.requests["census"] == 2, "who it is, and whether somebody else has the address too"
    assert outcome.requests["source"] == 3, "a look, a read, and a small read to hold it against"
    assert outcome.requests["target"] <= 3, "a look, a write, and a look whether it took"
    assert [record.kind for record in await office.engine.runs()] == ["request"]


async def test_asking_again_writes_nothing(office: Office) -> None:
    office.hire(2)
    people = ["id-00000", "id-00001", "p00001@made.up"]
    first = await office.engine.sync(people)
    second = await office.engine.sync(people)
    assert (first.people, first.written, second.written) == (2, 2, 0)
    assert second.counts == {Reason.IN_STEP: 2}


async def test_a_stranger_is_named_before_anything_is_done(office: Office) -> None:
    office.hire()
    with pytest.raises(UnknownPerson, match=r"nobody\.here"):
        await office.engine.sync(["id-00000", "nobody.here@made.up"])
    assert office.target.writes == []
    with pytest.raises(UnknownPerson):
        await office.engine.explain("nobody.here@made.up")


async def test_a_request_runs_beside_a_sweep_and_the_sweep_leaves_that_person_alone(office: Office) -> None:
    office.hire(30)
    asked: list[asyncio.Task[object]] = []

    class Asks(Watcher):
        def decided(self, step: object) -> None:
            if not asked:
                asked.append(asyncio.create_task(office.engine.sync(["id-00029"])))

    swept = await office.engine.sync(progress=Asks())
    await asked[0]

    served = [who for who, _ in office.target.writes if who == office.target_id(office.people[29])]
    assert len(served) == 1, "the person was written once, by whoever came first"
    assert swept.written + swept.counts.get(Reason.IN_STEP, 0) >= 29
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 30}


async def test_a_second_sweep_says_who_is_at_work_and_ends(office: Office) -> None:
    office.hire(5)
    refused: list[asyncio.Task[object]] = []

    class Starts(Watcher):
        def decided(self, step: object) -> None:
            if not refused:
                refused.append(asyncio.create_task(office.engine.plan()))

    await office.engine.sync(progress=Starts())
    with pytest.raises(RouteBusy, match=r"process \d+ on .* since 2026-11-22 06:00:00 UTC"):
        await refused[0]
    assert [record.kind for record in await office.engine.runs()] == ["sync"]


async def test_a_dry_request_writes_nothing(office: Office) -> None:
    office.hire()
    outcome = await office.engine.sync(["id-00000"], dry_run=True)
    assert (outcome.pending, outcome.written, office.target.writes) == (1, 0, [])


async def test_who_is_passed_over_because_another_picture_is_there_now_is_told(office: Office) -> None:
    office.hire(2)
    office.target.fail(Fault("write", PictureMoved("target", "write", "another picture is there now")))
    asked = await office.engine.sync(["id-00000"])
    assert (asked.written, asked.failed, asked.skipped) == (0, 0, 1)
    assert [(one.person, "another picture is there now" in one.words) for one in asked.skips] == [
        (office.people[0].keys.upn, True)
    ]
    swept = await office.engine.sync()
    assert (swept.written, swept.skipped, swept.skips) == (2, 0, ())


async def test_a_busy_system_is_told_and_the_next_request_serves(office: Office) -> None:
    office.hire()
    office.source.fail(Fault("look", Busy("source", "photo", "503")))
    outcome = await office.engine.sync(["id-00000"])
    assert (outcome.failed, outcome.written) == (1, 0)
    assert "503" in outcome.failures[0].words
    assert (await office.engine.sync(["id-00000"])).written == 1


@pytest.mark.parametrize(
    ("also", "policy", "why"),
    [
        ({"guest": True}, Policy(), NotEligible.GUEST),
        ({"enabled": False}, Policy(), NotEligible.DISABLED),
        ({}, Policy(only_group="staff"), NotEligible.OUTSIDE_GROUP),
        ({}, Policy(except_group="shy"), NotEligible.EXCEPTED_GROUP),
        ({}, Policy(opted_out=frozenset({"p00000@made.up"})), NotEligible.OPTED_OUT),
        ({"has_mailbox_plan": False}, Policy(), NotEligible.NO_MAILBOX),
    ],
)
async def test_whoever_takes_no_part_is_not_even_looked_at(
    tmp_path: Path, also: dict[str, bool], policy: Policy, why: NotEligible
) -> None:
    office = Office(tmp_path, policy=policy, source=replace(SOURCE, needs_mailbox_plan=True))
    [person] = office.hire(**also)
    office.census.groups = {"staff": [PersonId("id-elsewhere")], "shy": [office.census.add(person)]}

    swept = await office.engine.sync()
    office.census.fail(Fault("members", AssertionError("a whole group for one person"), times=None))
    asked = await office.engine.sync(["id-00000"])
    told = await office.engine.explain("id-00000")

    assert swept.counts == asked.counts == {Reason.NOT_ELIGIBLE: 1}
    assert office.target.writes == []
    assert (told.eligible, told.not_eligible, told.detail) == (False, why, why.value)
    assert told.administrator_can and told.person_can and told.next_step
    shown = "no mailbox; the picture shown" if why is NotEligible.NO_MAILBOX else "a picture"
    assert told.systems[0].words.startswith(shown), "an explanation looks all the same"
    assert swept.requests["source"] == 0


async def test_an_emptied_group_stops_the_run_and_clears_nobody(tmp_path: Path) -> None:
    office = Office(tmp_path, policy=Policy(only_group="staff", when_removed=WhenRemoved.MIRROR))
    [person] = office.hire()
    office.census.groups = {"staff": [office.census.add(person)]}
    assert (await office.engine.sync()).written == 1
    for groups, words in (({"staff": []}, "no members"), ({"crew": []}, "no group 'staff'")):
        office.census.groups = dict(groups)
        outcome = await office.engine.sync()
        assert outcome.stopped is not None and words in outcome.stopped
        assert (outcome.cleared, outcome.written) == (0, 0)
    assert office.shown(person) is not None


async def test_guests_and_disabled_take_part_where_the_policy_says_so(tmp_path: Path) -> None:
    office = Office(tmp_path, policy=Policy(guests=True, disabled=True, only_group="staff"))
    people = office.hire(2, guest=True, enabled=False)
    office.census.groups = {"staff": [office.census.add(people[1])]}
    assert (await office.engine.sync()).counts == {Reason.NEW: 1, Reason.NOT_ELIGIBLE: 1}


async def test_sync_switched_off_by_somebody_else_is_respected(office: Office) -> None:
    [person] = office.hire()
    office.target.row(office.target_id(person)).sync_off = True
    assert (await office.engine.sync()).counts == {Reason.NOT_ELIGIBLE: 1}
    told = await office.engine.explain("id-00000")
    assert told.not_eligible is NotEligible.SYNC_SWITCHED_OFF
    assert office.target.writes == []


async def test_sync_switched_off_by_us_is_not_held_against_the_person(office: Office) -> None:
    [person] = office.hire()
    await office.engine.sync()
    memory = office.state.memories.of("office", ["id-00000"])["id-00000"]
    switched = replace(memory, sync_off_by_us=True, place=None, version=memory.version + 1)
    office.state.memories.remember("office", [switched])
    office.target.row(office.target_id(person)).sync_off = True
    office.source.put(office.source_id(person), face(9))
    assert (await office.engine.sync()).written == 1


async def test_an_explanation_tells_what_each_system_shows_and_what_comes_next(office: Office) -> None:
    same, new, drifted = office.hire(3)
    await office.engine.sync(["id-00000", "id-00002"])
    office.target.put(office.target_id(same), again(0))
    office.target.put(office.target_id(drifted), face(50))
    writes = len(office.target.writes)

    told = await office.engine.explain(same.keys.upn or "")
    assert (told.reason, told.action, told.eligible) == (Reason.IN_STEP, Action.NOTHING, True)
    assert [view.same_as_source for view in told.systems] == [True, True]
    assert told.systems[1].changed_at == office.clock.now()

    told = await office.engine.explain(new.keys.upn or "")
    assert (told.reason, told.action) == (Reason.NEW, Action.WRITE)
    assert told.systems[1].state is NO_PICTURE and told.systems[1].same_as_source is False
    assert "writes" in told.next_step

    told = await office.engine.explain(drifted.keys.upn or "")
    assert (told.reason, told.systems[1].same_as_source) == (Reason.DRIFTED, False)
    assert len(office.target.writes) == writes


async def test_a_recycled_address_does_not_put_the_leavers_picture_on_the_newcomer(tmp_path: Path) -> None:
    office = Office(tmp_path, source=replace(SOURCE, lists_people=True), target=replace(TARGET, lists_people=True))
    newcomer = Person(Keys("id-new", "ann@made.up", "ann@made.up"), "Ann the newcomer")
    leaver = Person(Keys("id-old", "ann@made.up", "ann@made.up"), "Ann who left")
    office.census.add(newcomer)
    office.source.add(leaver, face(1))
    office.target.add(newcomer)

    swept = await office.engine.sync()
    asked = await office.engine.sync(["id-new"])

    assert swept.counts == asked.counts == {Reason.UNMATCHED: 1}
    assert office.target.writes == []


@pytest.mark.parametrize("lists_people", [False, True], ids=["known by address", "listed"])
async def test_an_address_that_two_have_is_nobodys_whether_all_are_asked_about_or_one(
    tmp_path: Path, lists_people: bool
) -> None:
    office = Office(tmp_path, target=replace(TARGET, lists_people=lists_people))
    for number, upn in enumerate(("ola@made.up", "Ola@made.up", "kari@made.up")):
        person = Person(Keys(f"id-{number}", upn, f"mail{number}@made.up"), f"Person {number}")
        office.census.add(person)
        office.source.add(person, face(number))
    for upn in ("ola@made.up", "kari@made.up"):
        office.target.add(Person(Keys(upn=upn)))

    everybody, two = Watcher(), Watcher()
    swept = await office.engine.sync(progress=everybody)
    asked = await office.engine.sync(["id-0", "id-1"], progress=two)

    assert swept.counts == {Reason.UNMATCHED: 2, Reason.NEW: 1} and asked.counts == {Reason.UNMATCHED: 2}
    words = "target: somebody else has the same user principal name"
    assert [step.detail for step in everybody.steps[:2]] == [step.detail for step in two.steps] == [words] * 2
    told = await office.engine.explain("id-1")
    assert (told.reason, told.detail, told.eligible) == (Reason.UNMATCHED, words, False)
    told_of = [*(step.detail for step in everybody.steps[:2]), *(step.detail for step in two.steps), told.detail]
    assert [left_in_english(one) for one in told_of] == [{}] * 5, "in the run's table too"
    assert [who for who, _ in office.target.writes] == ["kari@made.up"]


async def test_an_explanation_that_a_system_does_not_let_us_give_says_which(office: Office) -> None:
    office.hire()
    denied = AccessDenied("target", "GetPropertiesFor", "403")
    office.target.fail(Fault("look", denied, times=None))
    with pytest.raises(AccessDenied, match="GetPropertiesFor"):
        await office.engine.explain("id-00000")
