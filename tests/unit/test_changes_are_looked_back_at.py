"""After a write somebody looks: it took, it may yet, it did not, or nobody could tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.office import TARGET, Office, again, face

from samepic.cli import outcome
from samepic.cli.exit_codes import Exit
from samepic.model.decision import Reason
from samepic.model.outcome import LookedAt
from samepic.model.person import PersonId
from samepic.model.picture import NOT_TOLD, Picture, PictureState, Place
from samepic.model.policy import Policy, WhenRemoved
from samepic.model.system import Written
from samepic.ports.errors import Busy
from samepic.systems.memory import Fault, MemorySettings, MemorySystem

SETTLES = timedelta(minutes=10)


class Forgetful(MemorySystem):
    """Says that it took a picture. `instead`: what somebody else puts there in the same moment, None for nothing."""

    forgets: tuple[str, ...] = ()
    instead: bytes | None = None

    async def write(
        self, person: PersonId, renditions: Sequence[Picture], *, replacing: PictureState, place: Place | None
    ) -> Written:
        """Take it, and leave what was there, or what another hand puts there."""
        before = list(self.row(person).versions)
        written = await super().write(person, renditions, replacing=replacing, place=place)
        if person in self.forgets:
            self.row(person).versions[:] = before
            if self.instead is not None:
                self.put(person, self.instead)
        return written


def office_of(folder: Path, target: MemorySettings = TARGET, policy: Policy | None = None) -> Office:
    office = Office(folder, target=target, policy=policy)
    office.target = Forgetful(target, office.clock.now)
    return office


def target_of(office: Office) -> Forgetful:
    assert isinstance(office.target, Forgetful)
    return office.target


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return office_of(tmp_path)


async def test_what_took_is_verified_by_few_looks_once_and_for_all(office: Office) -> None:
    office.hire(50)
    first = await office.engine.sync()
    assert first.looked_at == LookedAt(verified=50)
    assert first.requests["target"] == 3 + 50 + 3 + 1, "looks in batches of twenty before and after, and a listing"
    second = await office.engine.sync()
    assert second.looked_at == LookedAt() and second.requests["target"] == 1


async def test_what_did_not_take_is_told_by_name_and_written_again(office: Office) -> None:
    office.hire(3)
    await office.engine.sync()
    target = target_of(office)
    target.forgets = (office.target_id(office.people[1]),)
    for number, person in enumerate(office.people):
        office.source.put(office.source_id(person), face(900 + number))

    first = await office.engine.sync()

    assert (first.written, first.failed) == (3, 0)
    assert first.looked_at == LookedAt(verified=2, did_not_take=1)
    assert [(one.person, one.words) for one in first.failures] == [
        ("p00001@made.up", "target: took the picture and does not show it")
    ]
    assert outcome.exit_code(first, changes_are_pending=False) is Exit.FAILED
    assert (await office.engine.runs(1))[0].words == "1 did not take"
    target.forgets = ()
    second = await office.engine.sync()
    assert (second.written, second.looked_at) == (1, LookedAt(verified=1))
    assert office.shown(office.people[1]) is not None
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 3}


async def test_a_new_picture_that_vanished_is_told_too(office: Office) -> None:
    office.hire(2)
    target_of(office).forgets = (office.target_id(office.people[0]),)
    first = await office.engine.sync()
    assert first.looked_at == LookedAt(verified=1, did_not_take=1)
    target_of(office).forgets = ()
    assert (await office.engine.sync()).looked_at == LookedAt(verified=1)


async def test_another_hand_in_the_same_moment_is_told_and_left_to_the_policy(office: Office) -> None:
    [person] = office.hire()
    target_of(office).forgets, target_of(office).instead = (office.target_id(person),), face(77)
    first = await office.engine.sync()
    assert first.looked_at == LookedAt(did_not_take=1)
    assert (await office.engine.sync()).counts == {Reason.DRIFTED: 1}


async def test_a_target_that_encodes_anew_has_taken_the_picture(office: Office) -> None:
    [person] = office.hire()
    target_of(office).forgets, target_of(office).instead = (office.target_id(person),), again(0)
    assert (await office.engine.sync()).looked_at == LookedAt(verified=1)
    reads = len(office.target.reads)
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 1}
    assert len(office.target.reads) == reads, "what was read to verify it is not read again"


async def test_a_lag_is_waiting_and_no_failure_until_the_target_has_had_its_time(tmp_path: Path) -> None:
    office = office_of(tmp_path, replace(TARGET, settles_within=SETTLES))
    office.hire(2)

    first = await office.engine.sync()
    assert first.looked_at == LookedAt(waiting=2)
    assert outcome.exit_code(first, changes_are_pending=False) is Exit.OK
    office.clock.move(minutes=5)
    second = await office.engine.sync()
    assert second.held is None, "what may not show yet is not missing"
    assert second.looked_at == LookedAt(waiting=2) and second.written == 0
    office.clock.move(minutes=6)
    assert (await office.engine.sync()).looked_at == LookedAt(verified=2)
    assert (await office.engine.sync()).looked_at == LookedAt()


async def test_what_never_shows_has_not_taken_when_the_time_is_over(tmp_path: Path) -> None:
    office = office_of(tmp_path, replace(TARGET, settles_within=SETTLES))
    [person] = office.hire()
    await office.engine.sync()
    office.clock.move(minutes=30)
    await office.engine.sync()
    office.source.put(office.source_id(person), face(900))
    target_of(office).forgets = (office.target_id(person),)

    assert (await office.engine.sync()).looked_at == LookedAt(waiting=1)
    target_of(office).forgets = ()
    office.clock.move(minutes=11)
    late = await office.engine.sync()
    assert late.looked_at.did_not_take == 1
    assert outcome.exit_code(late, changes_are_pending=False) is Exit.FAILED
    office.clock.move(minutes=11)
    assert (await office.engine.sync()).written == 1
    office.clock.move(minutes=11)
    last = await office.engine.sync()
    assert (last.counts, last.looked_at) == ({Reason.IN_STEP: 1}, LookedAt(verified=1))


async def test_a_look_that_fails_leaves_it_to_the_next_run(office: Office) -> None:
    office.hire(3)
    await office.engine.sync()
    for number, person in enumerate(office.people):
        office.source.put(office.source_id(person), face(900 + number))
    office.target.fail(Fault("look", Busy("target", "look", "503"), skip=3))  # the looks before the writes pass
    first = await office.engine.sync()
    assert (first.written, first.looked_at) == (3, LookedAt(unverified=3))
    assert outcome.exit_code(first, changes_are_pending=False) is Exit.OK
    assert (await office.engine.sync()).looked_at == LookedAt(verified=3)


async def test_a_clearing_is_looked_back_at_too(tmp_path: Path) -> None:
    office = office_of(tmp_path, policy=Policy(when_removed=WhenRemoved.MIRROR))
    office.hire(2)
    await office.engine.sync()
    office.source.take(office.source_id(office.people[0]))
    outcome_of_it = await office.engine.sync()
    assert (outcome_of_it.cleared, outcome_of_it.looked_at) == (1, LookedAt(verified=1))


async def test_one_persons_request_is_looked_back_at_at_once(office: Office) -> None:
    office.hire(2)
    one = await office.engine.sync(["id-00000"])
    assert one.looked_at == LookedAt(verified=1)
    target_of(office).forgets = (office.target_id(office.people[1]),)
    other = await office.engine.sync(["id-00001"])
    assert other.looked_at == LookedAt(did_not_take=1)
    assert outcome.exit_code(other, changes_are_pending=False) is Exit.FAILED


async def test_what_was_killed_before_its_look_is_looked_at_by_the_next_run(office: Office) -> None:
    class Killed(BaseException):
        """Stands for kill -9."""

    office.hire(2)
    await office.engine.sync()
    for number, person in enumerate(office.people):
        office.source.put(office.source_id(person), face(900 + number))
    office.target.fail(Fault("look", Killed(), skip=2))
    with pytest.raises(Killed):
        await office.engine.sync()
    assert (await office.engine.sync()).looked_at == LookedAt(verified=2)


async def test_a_write_that_told_no_stamp_is_verified_by_its_picture(office: Office) -> None:
    class Untold(MemorySystem):
        """A target whose answers tell no stamp."""

        async def write(
            self, person: PersonId, renditions: Sequence[Picture], *, replacing: PictureState, place: Place | None
        ) -> Written:
            """Take it and say little."""
            written = await super().write(person, renditions, replacing=replacing, place=place)
            return replace(written, stamp=NOT_TOLD)

    office.target = Untold(TARGET, office.clock.now)
    office.hire(1)
    assert (await office.engine.sync()).looked_at == LookedAt(verified=1)


def test_the_words_and_the_json_tell_what_the_looks_showed() -> None:
    from io import StringIO

    from rich.console import Console

    from samepic.model.outcome import RunOutcome
    from samepic.model.plan import PlanId, RunId

    looked = LookedAt(verified=90, waiting=4, unverified=3, did_not_take=2)
    done = RunOutcome(RunId("r"), PlanId("p"), "office", 99, {}, written=99, looked_at=looked)
    told = outcome.as_json(done)
    assert {name: told[name] for name in LookedAt.__slots__} == {
        "verified": 90,
        "waiting": 4,
        "unverified": 3,
        "did_not_take": 2,
    }
    out = StringIO()
    outcome.show(done, Console(file=out, width=200), planned_only=False)
    for words in ("2 of them did not take", "4 still to show", "3 could not be looked at"):
        assert words in out.getvalue()
