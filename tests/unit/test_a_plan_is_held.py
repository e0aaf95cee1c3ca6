"""A plan that would lose too much, or that did not see everything, waits for a person's word."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.english import left_in_english
from tests.office import Office, face

from samepic.engine import NoSuchPlan
from samepic.model.decision import Reason
from samepic.model.plan import PlanId
from samepic.model.policy import Policy, WhenDifferent, WhenRemoved
from samepic.ports.errors import Busy


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    """Forty people in step, and a policy that carries everything over."""
    office = Office(tmp_path, policy=Policy(drifted=WhenDifferent.WRITE, when_removed=WhenRemoved.MIRROR))
    office.hire(40)
    assert (await office.engine.sync()).written == 40
    return office


def overwrite_by_a_script(office: Office, count: int, beginning: int = 500) -> None:
    for number, person in enumerate(office.people[:count]):
        office.target.put(office.target_id(person), face(beginning + number, 120))


async def test_a_fifth_of_the_target_overwritten_is_held_then_approved_then_mended(office: Office) -> None:
    overwrite_by_a_script(office, 8)
    writes = len(office.target.writes)

    held = await office.engine.sync()
    assert held.held is not None
    assert (held.held.reason, held.held.overwrites, held.held.target_pictures) == ("share", 8, 40)
    assert (held.written, held.pending, len(office.target.writes)) == (0, 8, writes)
    status = await office.engine.status()
    assert (status.held, status.held_plan) == (held.held, held.plan)

    approved = await office.engine.sync(approve=held.plan)
    assert (approved.held, approved.written) == (None, 8)
    assert {kept.system for kept in office.state.kept.of("office", "id-00000")} == {"source", "target"}
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 40}
    assert (await office.engine.status()).held is None


async def test_approving_a_plan_whose_facts_have_changed_is_refused_with_the_new_one(office: Office) -> None:
    overwrite_by_a_script(office, 8)
    held = await office.engine.sync()
    office.source.put(office.source_id(office.people[20]), face(900))
    writes = len(office.target.writes)

    refused = await office.engine.sync(approve=held.plan)

    assert refused.held is not None and refused.held.reason == "changed"
    assert refused.plan != held.plan and refused.plan in refused.held.words
    assert len(office.target.writes) == writes
    assert (await office.engine.sync(approve=refused.plan)).written == 9


async def test_a_plan_that_never_was_approves_nothing(office: Office) -> None:
    overwrite_by_a_script(office, 1)
    writes = len(office.target.writes)
    with pytest.raises(NoSuchPlan, match="no such plan: 0123456789ab"):
        await office.engine.sync(approve=PlanId("0123456789ab"))
    assert len(office.target.writes) == writes


async def test_the_same_facts_give_the_same_plan_in_whichever_order_they_are_found(office: Office) -> None:
    overwrite_by_a_script(office, 8)
    first = await office.engine.plan()
    office.target._rows = dict(reversed(office.target._rows.items()))
    office.census._rows = dict(reversed(office.census._rows.items()))
    assert (await office.engine.plan()).plan == first.plan


async def test_new_people_never_hold_a_plan(office: Office) -> None:
    office.hire(60)
    assert (await office.engine.sync()).written == 60


async def test_a_listing_that_is_cut_holds_everything_and_clears_nothing(office: Office) -> None:
    office.source.take(office.source_id(office.people[39]))
    office.source.put(office.source_id(office.people[0]), face(900))
    office.target.settings = office.target.settings.__class__(
        name="target", lists_people=False, page_size=10, addressed_by=office.target.settings.addressed_by
    )
    office.target.cut_listing_after = 1

    outcome = await office.engine.sync()

    assert outcome.held is not None and outcome.held.reason == "incomplete"
    assert "target: the listing was cut short. What was not seen" in outcome.held.words
    assert left_in_english(outcome.held.words) == {}
    assert (outcome.written, outcome.cleared, office.target.clears) == (0, 0, [])
    office.target.cut_listing_after = None
    mended = await office.engine.sync()
    assert (mended.written, mended.cleared) == (1, 1)


async def test_a_census_that_is_cut_or_busy_in_the_middle_holds(office: Office) -> None:
    from samepic.systems.memory import Fault

    office.census.cut_listing_after = 0
    cut = (await office.engine.sync()).held
    assert cut is not None and left_in_english(cut.words) == {}
    office.census.cut_listing_after = None
    fault = office.census.fail(Fault("people", Busy("census", "people", "503")))
    outcome = await office.engine.sync()
    assert fault.met == 1
    assert outcome.held is not None and "503" in outcome.held.words


async def test_a_census_that_is_suddenly_empty_holds(office: Office) -> None:
    for person in office.people:
        office.census.drop(next(row for row in list(office.census._rows) if row == person.keys.object_id))
    outcome = await office.engine.sync()
    assert outcome.held is not None and "40 people are remembered" in outcome.held.words


async def test_a_target_that_is_suddenly_empty_holds_until_somebody_says_go(office: Office) -> None:
    for person in office.people:
        office.target.take(office.target_id(person))
    outcome = await office.engine.sync()
    assert outcome.held is not None and outcome.held.reason == "emptied"
    assert (await office.engine.sync(approve=outcome.plan)).written == 40


async def test_a_request_is_never_held_and_writes_only_who_was_asked_for(office: Office) -> None:
    overwrite_by_a_script(office, 8)
    outcome = await office.engine.sync([office.people[3].keys.upn or ""])
    assert (outcome.people, outcome.written, outcome.held) == (1, 1, None)
    assert (await office.engine.sync()).held is not None


async def test_a_dry_run_of_a_held_plan_says_so_and_touches_nothing(office: Office) -> None:
    overwrite_by_a_script(office, 8)
    writes = len(office.target.writes)
    outcome = await office.engine.sync(dry_run=True)
    assert outcome.held is not None and outcome.pending == 8
    assert len(office.target.writes) == writes
