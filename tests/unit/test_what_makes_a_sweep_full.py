"""An incremental sweep rests on what the last full one decided by: other settings or rules, and everybody is looked at.

Who joined or left one of the policy's groups is news, whatever else the census tells of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, update
from tests.office import Office, Watcher, face
from tests.unit.test_decision_table import POLICIES, cells

from samepic.engine.news import keep
from samepic.model.decision import Reason
from samepic.model.person import Person, PersonId
from samepic.model.plan import RunId
from samepic.model.policy import Policy, Retention, WhenDifferent, WhenRemoved
from samepic.model.sweeping import Observed
from samepic.planning import decide, grounds, grounds_of
from samepic.ports.errors import Busy
from samepic.state.tables import heard
from samepic.systems.memory import Fault

EDITED: dict[str, Any] = {
    "when_removed": WhenRemoved.MIRROR,
    "drifted": WhenDifferent.WRITE,
    "clash": WhenDifferent.WRITE,
    "first_meeting": WhenDifferent.SHOW,
    "overruled_within": timedelta(days=8),
    "background": "#00ff00",
    "guests": True,
    "disabled": True,
    "only_group": "staff",
    "except_group": "shy",
    "opted_out": frozenset({"somebody@made.up"}),
}
NOBODYS_STEP: dict[str, Any] = {
    "hold_share": 0.5,
    "hold_at_least": 50,
    "hold_within": timedelta(days=2),
    "hold_same": 50,
    "retention": Retention(former_each=3),
}

DECISIONS = {1: "7f8bb8a7be", 2: "ceb590fc80"}
"""Of each version of the rules, what they make of every cell of the table."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def key(person: Person) -> PersonId:
    return PersonId(str(person.keys.object_id))


async def swept(office: Office, people: int = 3) -> list[Person]:
    hired = office.hire(people)
    office.census.groups |= {"staff": [*map(key, hired)], "shy": [key(hired[0])]}
    assert (await office.engine.sync()).full
    assert (await office.engine.sync(full=False)).full is False
    return hired


def test_every_setting_of_a_policy_is_known_to_matter_to_a_step_or_not() -> None:
    assert set(EDITED) | set(NOBODYS_STEP) == {one.name for one in fields(Policy)}


async def test_a_policy_that_was_edited_makes_the_next_sweep_a_full_one_and_says_why(office: Office) -> None:
    await swept(office)
    for name, value in EDITED.items():
        office.policy = replace(office.policy, **{name: value})
        done = await office.engine.sync(full=False)
        assert done.full and done.instead == f"the route's settings have changed since the last full sweep: {name}"
        assert (await office.engine.runs())[0].words == f"full instead of incremental: {done.instead}"
    assert (await office.engine.sync(full=False)).full is False


async def test_what_makes_a_plan_wait_is_no_reason(office: Office) -> None:
    await swept(office)
    office.policy = replace(office.policy, **NOBODYS_STEP)
    assert (await office.engine.sync(full=False)).full is False


async def test_whoever_is_decided_otherwise_by_it_is_seen_though_nobody_told_of_them(office: Office) -> None:
    person, other, *_ = await swept(office)
    office.target.put(office.target_id(person), face(900))
    assert (await office.engine.sync()).counts[Reason.DRIFTED] == 1
    office.policy = replace(office.policy, drifted=WhenDifferent.WRITE, opted_out=frozenset({str(other.keys.upn)}))
    done = await office.engine.sync(full=False)
    assert (done.written, done.counts[Reason.NOT_ELIGIBLE]) == (1, 1)
    assert done.instead.endswith(": drifted, opted_out")


async def test_other_rules_make_it_a_full_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await swept(office)
    monkeypatch.setattr(grounds, "RULES", grounds.RULES + 1)
    done = await office.engine.sync(full=False)
    assert done.full and "decides by other rules" in done.instead
    assert (await office.engine.sync(full=False)).full is False


def test_rules_that_decide_otherwise_have_another_version() -> None:
    """Where this fails the rules have changed: count RULES up and enter the new digest."""
    told = hashlib.sha256()
    for policy in POLICIES:
        for facts in cells():
            decision = decide(facts, policy)
            told.update(f"{decision.action} {decision.reason} {decision.needs_comparison}\n".encode())
    assert DECISIONS.get(grounds.RULES) == told.hexdigest()[:10], told.hexdigest()[:10]


async def test_a_state_from_before_that_was_known_is_looked_through_once(
    tmp_path: Path, any_database: Path | URL
) -> None:
    office = Office(tmp_path, state_at=any_database)
    await swept(office)
    with office.state._database.write() as connection:
        connection.execute(update(heard).values(grounds=None, members_of=None))
    done = await office.engine.sync(full=False)
    assert done.full and "by which policy the last full sweep decided is not known" in done.instead
    assert (await office.engine.sync(full=False)).full is False


def cut_short(office: Office) -> None:
    office.census.fail(Fault("people", Busy("census", "people", "503")))


def held(office: Office) -> None:
    for number, person in enumerate(office.people[:6]):
        office.source.put(office.source_id(person), face(900 + number))


@pytest.mark.parametrize("ends_badly", [cut_short, held])
async def test_until_a_full_sweep_has_ended_well_each_is_one(
    office: Office, ends_badly: Callable[[Office], None]
) -> None:
    await swept(office, 7)
    office.policy = replace(office.policy, guests=True)
    assert (await office.engine.plan()).full, "a plan changes nothing"
    ends_badly(office)
    bad = await office.engine.sync(full=False)
    assert bad.full and (bad.stopped or bad.held)
    office.census.faults.clear()
    assert (await office.engine.sync(full=False)).full


async def test_an_edit_while_workers_are_at_it_is_looked_through_by_the_next(office: Office) -> None:
    """One of them observed by the old settings, another that began later winds up by the new."""
    await swept(office)
    before = grounds_of(office.policy)
    office.policy = replace(office.policy, guests=True)
    with office.engine.part(RunId("shared")) as work:
        await keep(work, Observed(grounds=before))
    known = office.state.news.heard("office")
    assert known is not None and known.grounds == {}


async def test_who_joins_or_leaves_a_group_is_news_and_nobody_else(tmp_path: Path, any_database: Path | URL) -> None:
    policy = Policy(only_group="staff", except_group="shy")
    office = Office(tmp_path, policy=policy, state_at=any_database)
    groups = office.census.groups
    groups |= {"staff": [], "shy": []}
    shy, leaver, *others = office.hire(8)
    newcomers = office.hire(2)
    groups["staff"] += map(key, (shy, leaver, *others))
    groups["shy"].append(key(shy))
    assert (await office.engine.sync()).counts == {Reason.NEW: 7, Reason.NOT_ELIGIBLE: 3}
    assert (await office.engine.sync(full=False)).people == 0

    groups["staff"].remove(key(leaver))
    groups["staff"].append(key(newcomers[0]))
    groups["shy"].remove(key(shy))
    watcher = Watcher()
    done = await office.engine.sync(full=False, progress=watcher)
    assert (done.full, done.counts) == (False, {Reason.NEW: 2, Reason.NOT_ELIGIBLE: 1})
    assert {step.keys.object_id for step in watcher.steps} == {key(one) for one in (shy, leaver, newcomers[0])}
    assert office.shown(shy) and office.shown(newcomers[0]) and not office.shown(newcomers[1])
    assert (await office.engine.sync(full=False)).people == 0, "they were told of once"

    groups["staff"].append(key(newcomers[1]))
    await office.engine.plan()
    office.source.fail(Fault("look", Busy("source", "look", "503")))
    await office.engine.sync(full=False)
    office.source.faults.clear()
    await office.engine.sync([str(leaver.keys.upn)])
    await office.engine.sync(full=False)
    assert office.shown(newcomers[1]), "whatever came between, and what failed, forgets nobody"


async def test_a_group_that_has_become_another_is_a_full_sweep(tmp_path: Path) -> None:
    office = Office(tmp_path, policy=Policy(only_group="staff"))
    people = office.hire(450, source=False)
    office.census.groups["staff"] = [key(person) for person in people[:225]]
    assert (await office.engine.sync()).full
    office.census.groups["staff"] = [key(person) for person in people[225:]]
    done = await office.engine.sync(full=False)
    assert done.full and "there is news of 450 people" in done.instead


async def test_a_group_without_members_stops_an_incremental_one_too_or_is_told(tmp_path: Path) -> None:
    office = Office(tmp_path, policy=Policy(only_group="staff", except_group="shy"))
    office.census.groups |= {"staff": [key(person) for person in office.hire(3)], "shy": []}
    assert (await office.engine.sync()).matched_nobody.except_group == "shy"
    assert (await office.engine.sync(full=False)).matched_nobody.except_group == "shy"
    office.census.groups["staff"] = []
    done = await office.engine.sync(full=False)
    assert done.stopped is not None and "has no members" in done.stopped
