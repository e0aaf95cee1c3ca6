"""What a target showed earlier is put back: held like any plan, safe against being killed, and not undone by a sync."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.english import left_in_english
from tests.office import Office, Watcher, again, face

from samepic.engine import NothingToRestore, Wanted
from samepic.imaging import fingerprint, same_picture
from samepic.model.decision import Reason
from samepic.model.held import Said
from samepic.model.outcome import RunOutcome
from samepic.model.person import Person
from samepic.model.picture import Picture
from samepic.model.plan import RunId
from samepic.model.policy import Policy, WhenDifferent, WhenRemoved
from samepic.model.sayings import Saying
from samepic.systems.memory import Fault, When

BAD = 900


class Killed(BaseException):
    """As `kill -9`: nothing of the engine's may catch it."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def shows(office: Office, person: Person, data: bytes) -> bool:
    """Whether the target's largest picture of somebody is this one."""
    shown = office.shown(person)
    if shown is None:
        return False
    return same_picture(fingerprint(Picture(shown)), fingerprint(Picture(data)))


async def spoilt(office: Office, people: list[Person]) -> RunOutcome:
    """A script replaces pictures in the source, and a run carries them over."""
    for number, person in enumerate(people):
        office.source.put(office.source_id(person), face(BAD + number))
    office.clock.move(hours=1)
    outcome = await office.engine.sync()
    if outcome.held is not None:
        outcome = await office.engine.sync(approve=outcome.plan)
    office.clock.move(hours=1)
    return outcome


async def test_a_run_is_undone_for_everybody_whom_it_wrote_and_no_sync_undoes_that(office: Office) -> None:
    ours, foreign, new, other = office.hire(4)
    office.target.put(office.target_id(foreign), face(77))
    office.source.take(office.source_id(foreign))
    office.source.take(office.source_id(new))
    await office.engine.sync()
    bad = await spoilt(office, [ours, foreign, new])
    assert bad.written == 3 and shows(office, foreign, face(BAD + 1))

    planned = await office.engine.restore(Wanted(run=bad.run), dry_run=True)
    assert (planned.pending, planned.written) == (3, 0) and shows(office, ours, face(BAD))
    done = await office.engine.restore(Wanted(run=bad.run))

    assert (done.written, done.cleared, done.failed) == (2, 1, 0) and done.counts == {Reason.RESTORED: 3}
    assert shows(office, ours, face(0)) and shows(office, foreign, face(77)) and office.shown(new) is None
    for policy in (Policy(), Policy(WhenRemoved.MIRROR, *(WhenDifferent.WRITE,) * 3)):
        office.policy = policy
        for _ in range(2):
            office.clock.move(days=1)
            left = await office.engine.sync()
            assert (left.counts, left.written, left.cleared) == ({Reason.RESTORED: 3, Reason.IN_STEP: 1}, 0, 0)
    told = await office.engine.explain("id-00000")
    assert isinstance(told.detail, Saying) and told.detail.code == "put_back", "each language words it itself"
    assert told.reason is Reason.RESTORED and done.run in told.detail and told.systems[1].same_as_source is False

    office.source.put(office.source_id(ours), face(500))
    office.source.put(office.source_id(new), face(501))
    after = await office.engine.sync()
    assert after.counts == {Reason.RESTORED: 1, Reason.CHANGED: 1, Reason.NEW: 1} | {Reason.IN_STEP: 1}
    assert shows(office, ours, face(500)) and shows(office, new, face(501)) and shows(office, other, face(3))


async def test_whatever_becomes_of_the_target_the_word_stands_until_the_source_changes(office: Office) -> None:
    drifted, blanked = office.hire(2)
    await office.engine.sync()
    bad = await spoilt(office, [drifted, blanked])
    await office.engine.restore(Wanted(run=bad.run))
    office.policy = Policy(drifted=WhenDifferent.WRITE)
    office.target.put(office.target_id(drifted), face(66))
    office.target.take(office.target_id(blanked))
    for _ in range(2):
        office.clock.move(days=1)
        assert (await office.engine.sync()).counts == {Reason.RESTORED: 2}
    office.source.put(office.source_id(drifted), again(66))
    assert (await office.engine.sync()).counts == {Reason.RESTORED: 1, Reason.IN_STEP: 1}, "the same picture again"
    office.source.put(office.source_id(blanked), face(501))
    assert (await office.engine.sync()).written == 1 and shows(office, blanked, face(501))


async def test_restoring_many_is_held_until_this_plan_is_approved(office: Office) -> None:
    people = office.hire(30)
    await office.engine.sync()
    bad = await spoilt(office, people[:8])
    held = await office.engine.restore(Wanted(run=bad.run))
    assert held.held is not None and (held.held.overwrites, held.held.target_pictures, held.written) == (8, 30, 0)
    told = await office.engine.held_plan(held.plan)
    put_back = [await office.engine.keeper.original_of(step) for step in told.held.examples]
    assert [picture and picture.data for picture in put_back] == [face(number) for number in range(8)]
    office.source.put(office.source_id(people[0]), face(700))
    stale = await office.engine.restore(Wanted(run=bad.run), approve=held.plan)
    assert stale.held is not None and stale.held.reason == "changed" and stale.written == 0
    done = await office.engine.restore(Wanted(run=bad.run), approve=stale.plan, said=Said("ola", "a bad script"))
    assert done.written == 8
    word = (await office.engine.held_plan(stale.plan)).said
    assert (word.who, word.why) == ("ola", "a bad script")
    again_asked = await office.engine.restore(Wanted(run=bad.run))
    assert (again_asked.written, again_asked.pending, again_asked.held) == (0, 0, None)
    one = await office.engine.restore(Wanted(people=("p00001@made.up",)))
    assert one.written == 1 and shows(office, people[1], face(BAD + 1)), "the latest change is undone, this one too"
    assert (await office.engine.status()).requested == 9


async def test_one_picture_that_would_be_put_back_for_many_is_held_and_none_is_read_for_it(office: Office) -> None:
    people = office.hire(20)
    for person in people[:7]:
        office.source.put(office.source_id(person), again(33, 90 + people.index(person)))  # re-encoded for each
    first = await office.engine.sync()
    assert first.held is not None and first.held.reason == "same"
    await office.engine.sync(approve=first.plan)
    office.clock.move(hours=25)
    office.policy = Policy(hold_at_least=99)
    bad = await spoilt(office, people[:9])
    assert (bad.written, bad.held) == (9, None)

    office.source.fail(Fault("read", AssertionError("no system is asked"), times=None))
    planned = await office.engine.restore(Wanted(run=bad.run), dry_run=True)
    held = await office.engine.restore(Wanted(run=bad.run))
    assert held.held is not None and held.held == planned.held
    assert (held.held.reason, held.held.same, held.written) == ("same", first.held.same, 0)
    assert {step.keys.upn for step in held.examples[: held.held.same]} <= {p.keys.upn for p in people[:7]}
    named = await office.engine.restore(Wanted(people=("id-00007", "id-00008")))
    assert (named.written, named.held) == (2, None), "who is named is never held"
    held = await office.engine.restore(Wanted(run=bad.run))
    assert (await office.engine.restore(Wanted(run=bad.run), approve=held.plan)).written == 7


async def test_a_time_says_which_picture(office: Office) -> None:
    [person] = office.hire()
    moments = [office.clock.now()]
    for number in (0, 1, 2):
        office.source.put(office.source_id(person), face(600 + number))
        office.clock.move(hours=1)
        await office.engine.sync()
        office.clock.move(hours=1)
        moments.append(office.clock.now())
    office.clock.move(hours=1)
    who = ("id-00000",)
    for moment, number in ((moments[1], 600), (moments[2], 601), (moments[1] + timedelta(minutes=1), 600)):
        assert (await office.engine.restore(Wanted(who, at=moment))).written == 1
        assert shows(office, person, face(number))
    assert (await office.engine.restore(Wanted(who, at=moments[0]))).cleared == 1
    now = await office.engine.restore(Wanted(who, at=office.clock.now()))
    assert (now.written, now.cleared, now.failed) == (0, 0, 0), "nothing was changed since"
    office.target.groups["staff"] = office.census.groups["staff"] = [office.source_id(person)]
    assert (await office.engine.restore(Wanted(group="staff", at=moments[3]))).written == 1
    assert shows(office, person, face(602))


@pytest.mark.parametrize("when", [When.BEFORE, When.MIDWAY, When.AFTER])
async def test_killed_in_the_midst_it_goes_on_where_it_was(office: Office, when: When) -> None:
    people = office.hire(3)
    await office.engine.sync()
    bad = await spoilt(office, people)
    for nth in range(2):
        office.target.fail(Fault("write", Killed(), when=when, skip=nth))
        with pytest.raises(Killed):
            await office.engine.restore(Wanted(run=bad.run))
        office.target.faults.clear()
        office.clock.move(minutes=5)
    await office.engine.restore(Wanted(run=bad.run))
    assert office.state.intents.count("office") == 0
    assert all(shows(office, person, face(number)) for number, person in enumerate(people))
    assert (await office.engine.sync()).counts == {Reason.RESTORED: 3}


async def test_a_kill_is_mended_by_the_next_sync_too(office: Office) -> None:
    [person] = office.hire()
    await office.engine.sync()
    bad = await spoilt(office, [person])
    office.target.fail(Fault("write", Killed(), when=When.MIDWAY))
    with pytest.raises(Killed):
        await office.engine.restore(Wanted(run=bad.run))
    assert (await office.engine.sync()).counts == {Reason.RESTORED: 1}
    assert shows(office, person, face(0))


async def test_what_is_no_longer_kept_fails_for_that_person_alone(office: Office) -> None:
    lost, damaged, well = office.hire(3)
    await office.engine.sync()
    bad = await spoilt(office, [lost, damaged, well])
    names = {key: office.state.changes.of("office", key)[0].before for key in ("id-00000", "id-00001")}
    for key, spoil in (("id-00000", Path.unlink), ("id-00001", lambda path: path.write_bytes(b"other"))):
        [path] = list((office.folder / "vault").glob(f"*/{names[key]}"))
        spoil(path)
    done = await office.engine.restore(Wanted(run=bad.run))
    assert (done.written, done.failed) == (1, 2) and shows(office, well, face(2))
    assert {failure.person: "verify" in failure.words for failure in done.failures} == {
        "p00000@made.up": False,
        "p00001@made.up": True,
    }
    assert [left_in_english(failure.words) for failure in done.failures] == [{}, {}]
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 2, Reason.RESTORED: 1}


async def test_whoever_takes_no_part_or_has_gone_is_left_alone(office: Office) -> None:
    out, gone, switched_off, stays = office.hire(4)
    await office.engine.sync()
    bad = await spoilt(office, [out, gone, switched_off, stays])
    office.target.row(office.target_id(switched_off)).sync_off = True
    office.policy = Policy(opted_out=frozenset({"p00000@made.up"}))
    office.census.drop(office.source_id(gone))
    done = await office.engine.restore(Wanted(run=bad.run))
    assert (done.written, done.failed) == (1, 0)
    assert done.counts == {Reason.NOT_ELIGIBLE: 2, Reason.UNMATCHED: 1, Reason.RESTORED: 1}


async def test_nobody_is_meant_by_a_run_that_is_not_remembered(office: Office) -> None:
    office.hire()
    with pytest.raises(NothingToRestore, match="no change by run 20200101 is known"):
        await office.engine.restore(Wanted(run=RunId("20200101")))


async def test_what_a_restore_replaces_is_in_the_vault_too(office: Office) -> None:
    [person] = office.hire()
    await office.engine.sync()
    await spoilt(office, [person])
    office.target.put(office.target_id(person), face(55))
    watcher = Watcher()
    await office.engine.restore(Wanted(people=("id-00000",)), progress=watcher)
    assert face(55) in {office.vault.fetch(one.sha256) for one in office.state.kept.of("office", "id-00000")}
    [(before, _)] = watcher.pictures
    assert before is not None and before.data == face(55)


async def test_the_policys_groups_are_listed_once_however_many_are_meant(office: Office) -> None:
    people = office.hire(6)
    office.census.groups["staff"] = [office.source_id(person) for person in people[1:]]
    office.policy = Policy(only_group="staff", hold_at_least=99, hold_same=99)
    await office.engine.sync()
    bad = await spoilt(office, people)
    before = office.census.requests
    done = await office.engine.restore(Wanted(run=bad.run))
    assert (done.written, bad.written, office.census.requests - before) == (5, 5, 1 + 2 * 5)


async def test_what_the_source_shows_by_now_as_well_is_compared_and_not_written_again(office: Office) -> None:
    [person] = office.hire()
    await office.engine.sync()
    for shown in (face(9), face(4)):
        office.clock.move(hours=1)
        office.source.put(office.source_id(person), shown)
        await office.engine.sync()
    assert (await office.engine.restore(Wanted(("id-00000",)))).written == 1
    writes = len(office.target.writes)
    for shown, reason, written in ((again(9, 90), Reason.IN_STEP, 0), (face(5), Reason.CHANGED, 1)):
        office.clock.move(hours=1)
        office.source.put(office.source_id(person), shown)
        done = await office.engine.sync()
        assert (done.counts, done.written) == ({reason: 1}, written)
    assert len(office.target.writes) == writes + 1
