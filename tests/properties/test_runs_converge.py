"""Whatever happens between and within runs, nobody's picture is lost and everything comes to rest.

A small office in which people change pictures, systems encode them anew, other programs overwrite and blank, writes
are killed, time out and lag. After each trouble the invariants of a run hold.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.office import TARGET, Office, again, face

from samepic.model.decision import Reason
from samepic.model.outcome import RunOutcome
from samepic.model.policy import Policy, Retention, WhenDifferent
from samepic.ports.errors import Busy
from samepic.systems.memory import Fault, When

PEOPLE = 4
SETTLES = timedelta(minutes=10)
AT_REST = {Reason.IN_STEP, Reason.ABSENT, Reason.KEPT, Reason.PARTED, Reason.REMOVED, Reason.OVERRULED,
           Reason.NOT_ELIGIBLE}  # fmt: skip

people = st.integers(0, PEOPLE - 1)
faces = st.integers(10, 15)


class Killed(BaseException):
    """Stands for kill -9."""


class Runs(RuleBasedStateMachine):
    """Steps of the world and of Samepic, in any order."""

    @initialize(settle=st.sampled_from([timedelta(0), SETTLES]))
    def begin(self, settle: timedelta) -> None:
        self.folder = tempfile.TemporaryDirectory()
        policy = Policy(
            drifted=WhenDifferent.WRITE,
            clash=WhenDifferent.WRITE,
            hold_at_least=PEOPLE + 1,
            retention=Retention(former_for=timedelta(days=9999), former_each=9999),
        )
        self.office = Office(Path(self.folder.name), target=replace(TARGET, settles_within=settle), policy=policy)
        self.office.hire(PEOPLE, source=False)
        self.office.hire(1, guest=True)
        self.theirs: dict[int, set[bytes]] = {number: set() for number in range(PEOPLE)}

    @rule(who=people, number=faces)
    def the_person_sets_a_picture(self, who: int, number: int) -> None:
        person = self.office.people[who]
        self.office.source.put(self.office.source_id(person), face(number))

    @rule(who=people)
    def the_source_changes_its_stamp_alone(self, who: int) -> None:
        source, person = self.office.source, self.office.source_id(self.office.people[who])
        if pictures := source.pictures(person):
            source.put(person, pictures)

    @rule(who=people, number=faces)
    def another_program_overwrites(self, who: int, number: int) -> None:
        person = self.office.people[who]
        self.office.target.put(self.office.target_id(person), again(number, quality=75))
        self.theirs[who].add(again(number, quality=75))

    @rule(who=people)
    def the_target_changes_its_stamp_alone(self, who: int) -> None:
        target, person = self.office.target, self.office.target_id(self.office.people[who])
        if pictures := target.pictures(person):
            target.put(person, pictures)

    @rule(who=people)
    def the_target_loses_the_picture(self, who: int) -> None:
        person = self.office.people[who]
        self.office.target.take(self.office.target_id(person))
        self.theirs[who].clear()  # whoever took it away has lost it, not we

    @rule(minutes=st.integers(1, 30))
    def time_passes(self, minutes: int) -> None:
        self.office.clock.move(minutes=minutes)

    @rule(
        operation=st.sampled_from(["people", "look", "read", "write"]),
        side=st.sampled_from(["source", "target"]),
        when=st.sampled_from(list(When)),
        killed=st.booleans(),
        skip=st.integers(0, 3),
    )
    def a_run_goes_wrong(self, operation: str, side: str, when: When, killed: bool, skip: int) -> None:
        system = self.office.source if side == "source" else self.office.target
        error: BaseException = Killed() if killed else Busy(side, operation, "503")
        fault = system.fail(Fault(operation, error, when=when, skip=skip))
        try:
            self._run()
        except Killed:
            pass
        finally:
            system.faults.remove(fault)

    @rule(who=people)
    def a_person_asks(self, who: int) -> None:
        asyncio.run(self.office.engine.sync([f"id-{who:05d}"]))

    @rule()
    def the_state_is_lost(self) -> None:
        if not self.office.state.intents.count("office"):  # what was begun and is forgotten nobody can finish
            self.office.forget()

    @rule()
    def everything_comes_to_rest(self) -> None:
        self.office.clock.move(days=8)
        for _ in range(2):
            self._run()
            self.office.clock.move(minutes=30)
        writes = len(self.office.target.writes)
        outcome = self._run()
        assert set(outcome.counts) <= AT_REST, outcome.counts
        assert (outcome.written, outcome.failed, outcome.pending) == (0, 0, 0)
        assert len(self.office.target.writes) == writes
        assert self.office.state.intents.count("office") == 0

    @invariant()
    def nothing_of_anybody_elses_is_lost(self) -> None:
        for who, pictures in getattr(self, "theirs", {}).items():
            kept = {entry.sha256 for entry in self.office.state.kept.of("office", f"id-{who:05d}")}
            shown = self.office.target.row(self.office.target_id(self.office.people[who])).latest
            there = {p.data for p in shown.renditions} if shown else set()
            vaulted = {p for p in pictures if self._in_vault(p)}
            overwritten_by_us = pictures - there - vaulted
            # Another program may overwrite its own; only its latest can have been lost to a write of ours.
            assert not self._lost_to_us(who, overwritten_by_us), (who, kept)

    @invariant()
    def guests_are_never_written(self) -> None:
        if hasattr(self, "office"):
            assert not [who for who, _ in self.office.target.writes if who == f"p{PEOPLE:05d}@made.up"]

    def teardown(self) -> None:
        if hasattr(self, "office"):
            self.office.state.close()
            self.folder.cleanup()

    def _run(self) -> RunOutcome:
        return asyncio.run(self.office.engine.sync())

    def _in_vault(self, data: bytes) -> bool:
        return self.office.vault.fetch(hashlib.sha256(data).hexdigest()) == data

    def _lost_to_us(self, who: int, gone: set[bytes]) -> bool:
        versions = self.office.target.row(self.office.target_id(self.office.people[who])).versions
        for before, after in itertools.pairwise(versions):
            lost = {p.data for p in before.renditions} & gone
            by_us = {p.sha256 for p in after.renditions} & {s for _, wire in self.office.target.writes for s in wire}
            if lost and by_us:
                return True
        return False


Runs.TestCase.settings = settings(
    max_examples=10, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestRuns = Runs.TestCase
