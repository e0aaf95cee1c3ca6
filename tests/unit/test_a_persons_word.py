"""What people say about a held plan: approved, rejected, stale, done; by whom, when and why, for good."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from tests.english import left_in_english
from tests.office import Office, face

from samepic.engine import NoSuchPlan, NotWaiting
from samepic.model.held import Said, Standing
from samepic.model.outcome import RunOutcome
from samepic.model.plan import PlanId
from samepic.model.policy import Policy, WhenDifferent
from samepic.systems.memory.wire import Version

OLA = Said("ola", "a new photographer", "root")
KARI = Said("kari", "these are strangers", "root")


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    """Forty people in step; a script has then replaced eight pictures."""
    office = Office(tmp_path, policy=Policy(drifted=WhenDifferent.WRITE))
    office.hire(40)
    await office.engine.sync()
    for number, person in enumerate(office.people[:8]):
        office.target.put(office.target_id(person), face(500 + number))
    return office


async def standing(office: Office) -> list[tuple[str, Standing]]:
    return [(record.held.plan, record.standing) for record in await office.engine.plans()]


async def held_now(office: Office) -> RunOutcome:
    outcome = await office.engine.sync()
    assert outcome.held is not None and outcome.written == 0
    return outcome


async def test_an_approved_plan_is_carried_out_by_the_next_sync_and_is_done(office: Office) -> None:
    held = await held_now(office)
    record = await office.engine.approve(held.plan, OLA)
    assert record.standing is Standing.APPROVED and record.last.said == OLA

    planned = await office.engine.plan()
    assert (planned.held, planned.pending) == (None, 8), "a dry run says what the sync will do"
    synced = await office.engine.sync()

    assert (synced.held, synced.written) == (None, 8)
    [record] = await office.engine.plans()
    assert [event.what for event in record.events] == ["held", "approved", "begun", "done"]
    assert [event.said.who for event in record.events] == ["", "ola", "", ""]
    assert (record.standing, record.said) == (Standing.DONE, OLA)
    assert [event.run for event in record.events] == [held.run, None, synced.run, synced.run]
    assert record.held.hold == held.held and record.held.changes == 8
    examples = (await office.engine.held_plan(held.plan)).held.examples
    assert len(examples) == 8 and examples[0].keys.upn == "p00000@made.up"


async def test_a_rejected_plan_stays_held_with_the_reason_until_the_facts_change(office: Office) -> None:
    held = await held_now(office)
    await office.engine.reject(held.plan, KARI)

    again = await held_now(office)
    assert again.held is not None and again.plan == held.plan
    assert again.held.reason == "rejected"
    assert "rejected by kari" in again.held.words and "these are strangers" in again.held.words
    assert left_in_english(again.held.words) == {}
    with pytest.raises(NotWaiting, match="rejected by kari"):
        await office.engine.approve(held.plan, OLA)
    refused = await office.engine.sync(approve=held.plan, said=OLA)
    assert refused.held is not None and refused.held.reason == "rejected" and refused.written == 0

    office.source.put(office.source_id(office.people[20]), face(900))
    other = await held_now(office)
    assert other.held is not None and other.held.reason == "share" and other.plan != held.plan
    assert await standing(office) == [(other.plan, Standing.HELD), (held.plan, Standing.STALE)]


async def test_a_rejection_holds_again_when_the_same_facts_come_back_and_an_approval_does_not(office: Office) -> None:
    held = await held_now(office)
    await office.engine.reject(held.plan, KARI)
    before = office.source.pictures(office.source_id(office.people[20]))
    stamp = office.source.row(office.source_id(office.people[20])).latest
    office.source.put(office.source_id(office.people[20]), face(900))
    other = await held_now(office)
    await office.engine.approve(other.plan, OLA)
    assert before and stamp is not None
    office.source.row(office.source_id(office.people[20])).versions.pop()

    back = await held_now(office)
    assert back.plan == held.plan and back.held is not None and back.held.reason == "rejected"
    office.source.put(office.source_id(office.people[21]), face(901))
    office.source.row(office.source_id(office.people[21])).versions.pop()
    office.source.row(office.source_id(office.people[20])).versions.append(_changed(office))
    changed = await held_now(office)
    assert changed.held is not None and changed.held.reason == "share"


def _changed(office: Office) -> Version:
    """The twenty-first person's picture, once more another."""
    source, person = office.source, office.source_id(office.people[20])
    source.put(person, face(900))
    return source.row(person).versions.pop()


async def test_an_approval_whose_facts_have_changed_is_stale_and_says_which_plan_waits_now(office: Office) -> None:
    held = await held_now(office)
    await office.engine.approve(held.plan, OLA)
    office.source.put(office.source_id(office.people[20]), face(900))

    other = await held_now(office)

    assert other.held is not None and other.plan != held.plan
    assert f"Plan {held.plan} was approved by ola, and the facts have changed since" in other.held.words
    assert left_in_english(other.held.words) == {}
    with pytest.raises(NotWaiting, match=f"{held.plan} is stale.*plan {other.plan} is held now"):
        await office.engine.approve(held.plan, OLA)
    refused = await office.engine.sync(approve=held.plan, said=OLA)
    assert refused.held is not None and refused.held.reason == "changed" and refused.plan == other.plan
    assert refused.held.words.startswith(
        f"The facts have changed since plan {held.plan} was made, so that its approval is stale. "
        f"This is plan {other.plan}: look at it and approve it. The plan would overwrite 9 "
    )
    assert left_in_english(refused.held.words) == {}
    assert (await office.engine.sync(approve=other.plan, said=OLA)).written == 9


async def test_an_approval_can_be_taken_back_until_a_sync_begins(office: Office) -> None:
    held = await held_now(office)
    await office.engine.approve(held.plan, OLA)
    await office.engine.reject(held.plan, KARI)
    assert (await held_now(office)).held is not None
    [record] = await office.engine.plans()
    assert [event.said.who for event in record.events] == ["", "ola", "kari"]


async def test_saying_the_same_again_changes_nothing(office: Office) -> None:
    held = await held_now(office)
    await office.engine.approve(held.plan, OLA)
    record = await office.engine.approve(held.plan, KARI)
    assert record.last.said == OLA and len(record.events) == 2


async def test_what_was_done_or_never_was_cannot_be_approved(office: Office) -> None:
    held = await held_now(office)
    await office.engine.sync(approve=held.plan)
    with pytest.raises(NotWaiting, match="is done already"):
        await office.engine.approve(held.plan, OLA)
    for say in (office.engine.approve, office.engine.reject):
        with pytest.raises(NoSuchPlan, match="no such plan: 0123456789ab"):
            await say(PlanId("0123456789ab"), OLA)


async def test_the_same_mischief_on_another_day_waits_anew(office: Office) -> None:
    held = await held_now(office)
    assert (await office.engine.sync(approve=held.plan, said=OLA)).written == 8
    plans = set()
    for _ in range(2):
        office.clock.move(days=8)
        for person in office.people:
            office.target.take(office.target_id(person))
        emptied = await held_now(office)
        plans.add(emptied.plan)
        assert (await office.engine.sync(approve=emptied.plan)).written == 40
    assert len(plans) == 1, "the same facts are the same plan, and were approved once for each day"


async def test_a_listing_that_was_cut_makes_nothing_stale(office: Office) -> None:
    held = await held_now(office)
    await office.engine.approve(held.plan, OLA)
    office.census.cut_listing_after = 0
    assert (await held_now(office)).held is not None
    office.census.cut_listing_after = None
    assert (await office.engine.sync()).written == 8


async def test_an_approved_run_that_was_cut_short_before_its_first_write_goes_on(office: Office) -> None:
    from samepic.ports.errors import AccessDenied
    from samepic.systems.memory import Fault

    held = await held_now(office)
    await office.engine.approve(held.plan, OLA)
    denied = AccessDenied("source", "read", "403")
    faults = [office.source.fail(Fault("read", denied, times=None)), office.source.fail(Fault("probe", denied))]
    assert (await office.engine.sync()).stopped is not None
    for fault in faults:
        office.source.faults.remove(fault)
    assert (await office.engine.sync()).written == 8
    [record] = await office.engine.plans()
    assert record.standing is Standing.DONE


async def test_a_dry_run_approves_nothing(office: Office) -> None:
    held = await held_now(office)
    shown = await office.engine.sync(dry_run=True, approve=held.plan)
    assert (shown.held, shown.pending) == (None, 8)
    assert await standing(office) == [(held.plan, Standing.HELD)]


async def test_what_happened_to_a_plan_is_never_changed_not_even_by_hand(office: Office) -> None:
    held = await held_now(office)
    await office.engine.approve(held.plan, OLA)
    with sqlite3.connect(office.folder / "state.db") as connection:
        for words in ("UPDATE plan_event SET who = 'nobody'", "DELETE FROM plan_event"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                connection.execute(words)
