"""Whatever becomes of workers between and within the parts of a sweep, everything comes to rest, and nobody is lost.

The parts are the ones that DBOS has done; how far each job is, this test keeps as DBOS would: in a journal that
outlives every worker. A worker is killed at any call to any port, before or after it, or loses its lease there and
goes on as one that was stopped and wakes. Two may be at work at once.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.mortal import Killed, Life, Mortal, mortal_state
from tests.office import TARGET, Office, face
from tests.sync_bench import difference

from samepic.engine import Engine, Route
from samepic.engine.restoring import Wanted
from samepic.jobs.stages import Stages
from samepic.jobs.sweeps import NotSwept, Sweeps
from samepic.model.held import Said
from samepic.model.plan import RunId
from samepic.model.policy import Policy, Retention
from samepic.model.sweeping import Going, Part
from samepic.model.system import Replaces
from samepic.ports.errors import Busy
from samepic.ports.leases import LeaseLost
from samepic.ports.state import RouteBusy
from samepic.systems.memory import Fault, When

PEOPLE = 5
SHARD = 2
SAME = 12

people = st.integers(0, PEOPLE - 1)
deaths = st.one_of(st.none(), st.integers(1, 60))


class Job:
    """One attempt at a sweep, as its workflow has it: what is done is never done again, what was begun may be."""

    def __init__(self, run: RunId) -> None:
        self.run = run
        self.done: dict[str, Any] = {}

    def ready(self) -> list[tuple[str, int | None, Part | None]]:
        """The steps that may be done now; of several each by another worker."""
        if "observe" not in self.done:
            return [("observe", None, None)]
        shards = self.done["observe"]
        for part in (Part.MATCH, Part.DECIDE):
            if left := self._left(part, shards):
                return left
        if "many_writes" not in self.done:
            return [("many_writes", None, None)]
        if self.done["many_writes"] and (left := self._left(Part.PRINT, shards)):
            return left
        if "plan" not in self.done:
            return [("plan", None, None)]
        if self.done["plan"] and (left := self._left(Part.WRITE, shards)):
            return left
        return [] if "wind_up" in self.done else [("wind_up", None, None)]

    async def do(self, stages: Stages, step: tuple[str, int | None, Part | None]) -> None:
        """One of them; entered only where it came to its end."""
        name, number, part = step
        if part is not None and number is not None:
            await stages.part(self.run, number, part)
            self.done[f"{part} {number}"] = None
        elif name == "plan":
            self.done[name] = await stages.plan(self.run, self.done["many_writes"])
        else:
            self.done[name] = await getattr(stages, name)(self.run)

    def _left(self, part: Part, shards: int) -> list[tuple[str, int | None, Part | None]]:
        return [("part", number, part) for number in range(shards) if f"{part} {number}" not in self.done]


class SweepsByWorkers(RuleBasedStateMachine):
    """A small office, a sweep, workers that die, and people who do not wait for any of it."""

    @initialize(held=st.booleans(), replaces=st.sampled_from([Replaces.CHECKED, Replaces.BLIND]))
    def begin(self, held: bool, replaces: Replaces, people: int = PEOPLE) -> None:
        self.folder = tempfile.TemporaryDirectory()
        retention = Retention(former_for=timedelta(days=9999), former_each=9999)
        policy = Policy(hold_at_least=2 if held else 99, hold_share=0.1, hold_same=99, retention=retention)
        self.office = Office(Path(self.folder.name), policy=policy, target=replace(TARGET, replaces=replaces))
        self.office.hire(people)
        self.numbers = count(100)
        self.workers = count(1)
        self.job: Job | None = None
        self.faces = {number: [face(number)] for number in range(people)}
        self.theirs: dict[int, set[bytes]] = {number: set() for number in range(people)}
        self.reasons = Counter(dict.fromkeys(range(people), 1))
        self.judged = 0
        self.late: list[str] = []

    @rule(who=people)
    def somebody_changes_their_picture(self, who: int) -> None:
        picture = face(next(self.numbers))
        self.office.source.put(self.office.source_id(self.office.people[who]), picture)
        self.faces[who].append(picture)
        self.reasons[who] += 1

    @rule(who=people)
    def somebody_takes_their_picture_away(self, who: int) -> None:
        self.office.source.take(self.office.source_id(self.office.people[who]))

    @rule(who=people)
    def another_program_overwrites(self, who: int) -> None:
        picture = face(next(self.numbers))
        self.office.target.put(self.office.target_id(self.office.people[who]), picture)
        self.theirs[who].add(picture)
        self.reasons[who] += 1

    @rule(who=people)
    def the_target_loses_a_picture(self, who: int) -> None:
        self.office.target.take(self.office.target_id(self.office.people[who]))
        self.reasons[who] += 1

    @rule(who=people)
    def somebody_opts_out_or_in(self, who: int) -> None:
        upn = self.office.people[who].keys.upn or ""
        self.office.policy = replace(self.office.policy, opted_out=self.office.policy.opted_out ^ {upn})

    @rule()
    def somebody_is_hired(self) -> None:
        number = len(self.office.people)
        if number < PEOPLE + 2:
            self.office.hire()
            self.faces[number], self.theirs[number] = [face(number)], set()
            self.reasons[number] = 1

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.office.clock.move(minutes=minutes)

    @rule(who=people)
    def somebody_asks(self, who: int) -> None:
        asyncio.run(self.office.engine.sync([f"id-{who:05d}"]))

    @rule(who=people)
    def something_is_restored(self, who: int) -> None:
        outcome = (
            asyncio.run(self.office.engine.restore(Wanted(people=(f"id-{who:05d}",)))) if self._written(who) else None
        )
        self.reasons[who] += 2 * (outcome is not None)  # and once more when the source changes after it

    @rule()
    def what_is_held_is_approved(self) -> None:
        for plan in asyncio.run(self.office.engine.plans(1)):
            with suppress(Exception):
                asyncio.run(self.office.engine.approve(plan.plan, Said("a test", "", "")))

    @precondition(lambda self: self.job is None)
    @rule()
    def a_sweep_is_entered(self) -> None:
        with suppress(RouteBusy):
            self.job = Job(self._sweeps().start("office"))

    @precondition(lambda self: self.job is not None)
    @rule(again=st.booleans())
    def it_is_cancelled(self, again: bool) -> None:
        assert self.job is not None
        self._sweeps().cancel(self.job.run)
        if again:
            run = self.job.run
            self._to_its_end()
            with suppress(NotSwept):
                self._sweeps().retry(run)
                self.job = Job(run)

    @precondition(lambda self: self.job is not None)
    @rule()
    def it_comes_to_its_writes(self) -> None:
        while self.job is not None and self.job.ready()[0][2] is not Part.WRITE:
            self._step([self._life(), self._life()])

    @precondition(lambda self: self.job is not None)
    @rule(
        steps=st.integers(1, 6),
        ends=st.tuples(deaths, deaths),
        before=st.booleans(),
        sleeps=st.booleans(),
        midway=st.booleans(),
    )
    def workers_go_on(
        self, steps: int, ends: tuple[int | None, int | None], before: bool, sleeps: bool, midway: bool
    ) -> None:
        """Two of them; ends: at which call each dies. midway: the target breaks off somebody's write beside that."""
        fault = None
        if midway:
            fault = self.office.target.fail(Fault("write", Busy("target", "write", "503"), when=When.MIDWAY))
            self._forgive(range(len(self.office.people)))
        lives = [self._life(end, before=before, sleeps=sleeps) for end in ends]
        for _ in range(steps):
            if not self._step([life for life in lives if not life[0].dead and not life[0].lost]):
                break
        if fault is not None:
            self.office.target.faults.remove(fault)
        self.late += [write for life, _ in lives for write in life.wrote_late]

    @rule()
    def everything_comes_to_rest(self) -> None:
        self._to_its_end()
        for _ in range(2):
            self._sweep_whole()
        written = len(self.office.target.writes)
        self._sweep_whole()
        assert len(self.office.target.writes) == written, "a sweep after another writes nothing"
        assert self.office.state.intents.count("office") == 0
        record = self.office.state.runs.latest_sweep("office")
        assert record is not None
        assert (record.failed, record.written) == (0, 0)

    @invariant()
    def nobody_has_anothers_picture(self) -> None:
        if not hasattr(self, "office"):
            return
        for who, person in enumerate(self.office.people):
            shown = self.office.shown(person)
            own = [*self.faces[who], *self.theirs[who]]
            assert shown is None or shown in self.theirs[who] or any(difference(shown, one) < SAME for one in own), who

    @invariant()
    def nothing_is_written_twice_for_one_change(self) -> None:
        if not hasattr(self, "office"):
            return
        for who, many in Counter(int(str(person)[1:6]) for person, _ in self.office.target.writes).items():
            assert many <= self.reasons[who], (who, many, self.reasons[who])

    @invariant()
    def whoever_lost_its_lease_begins_no_write(self) -> None:
        assert not getattr(self, "late", [])

    @invariant()
    def the_vault_keeps_what_our_writes_were_made_of(self) -> None:
        if not hasattr(self, "office"):
            return
        keys = [f"id-{who:05d}" for who in range(len(self.office.people))]
        for memory in self.office.state.memories.of("office", keys).values():
            assert memory.original is None or self.office.vault.find(memory.original) is not None

    def teardown(self) -> None:
        if hasattr(self, "office"):
            self.office.state.close()
            self.folder.cleanup()

    def _sweeps(self) -> Sweeps:
        def new_run(_: object) -> RunId:
            return RunId(f"run-{os.urandom(4).hex()}")

        return Sweeps(self.office.state, self.office.clock, new_run, "a test")

    def _written(self, who: int) -> bool:
        return bool(self.office.state.changes.of("office", f"id-{who:05d}"))

    def _forgive(self, whose: Any) -> None:
        for who in whose:
            self.reasons[who] += 1

    def _in_flight(self) -> list[int]:
        return [int(key[3:]) for key in self.office.state.intents.page("office", "", 100)]

    def _life(self, dies_at: int | None = None, *, before: bool = True, sleeps: bool = False) -> tuple[Life, Stages]:
        """A worker, with a lease and everything else of its own."""
        office, state = self.office, self.office.state
        holder = f"worker-{next(self.workers)}"
        lease = state.leases.take(holder, holder, office.clock.now())

        def void() -> None:
            [seen] = [one for one in state.leases.holders() if one.lease.holder == holder]
            state.leases.void(seen)
            self._forgive(self._in_flight())

        life = Life(dies_at, before=before, sleeps=sleeps, void=void)
        bound = mortal_state(state, life, lease)
        systems = [Mortal(one, life, harmless=("aclose",)) for one in (office.census, office.source, office.target)]
        route = Route("office", *systems, office.policy)
        engine = Engine(route, bound, Mortal(office.vault, life), office.clock)

        async def engines(_: str) -> Engine:
            return engine

        return life, Stages(bound, engines, office.clock, life.permit, holder, SHARD)

    def _step(self, lives: list[tuple[Life, Stages]]) -> bool:
        """Each of the living does another step that is ready; whether any was."""
        assert self.job is not None
        ready = self.job.ready()
        if not lives or not ready:
            return False
        work = [
            self._lived(life, self.job.do(stages, step)) for (life, stages), step in zip(lives, ready, strict=False)
        ]

        async def together() -> None:
            await asyncio.gather(*work)

        asyncio.run(together())
        self._is_it_over()
        return self.job is not None

    async def _lived(self, life: Life, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (Killed, LeaseLost):
            self._forgive(self._in_flight())

    def _is_it_over(self) -> None:
        assert self.job is not None
        found = self.office.state.sweeps.of(self.job.run)
        if not self.job.ready():
            assert found is not None and found.going is Going.OVER
            self.job = None

    def _to_its_end(self) -> None:
        while self.job is not None:
            self._step([self._life()])

    def _sweep_whole(self) -> None:
        self.job = Job(self._sweeps().start("office"))
        run = self.job.run
        self._to_its_end()
        record = self.office.state.runs.of(run)
        assert record is not None
        assert record.state in ("done", "held"), record


LONG = bool(os.environ.get("SAMEPIC_TESTS_LONG"))
SweepsByWorkers.TestCase.settings = settings(
    max_examples=300 if LONG else 8,
    stateful_step_count=30 if LONG else 14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestSweepsByWorkers = SweepsByWorkers.TestCase


@pytest.mark.parametrize("sleeps", [False, True])
def test_ended_at_each_call_of_the_writing(sleeps: bool) -> None:
    """One after the other; the target takes whatever it is sent."""
    for number in count(1, 1 if LONG else 3):
        office = SweepsByWorkers()
        office.begin(held=False, replaces=Replaces.BLIND, people=SHARD)
        office.a_sweep_is_entered()
        office.it_comes_to_its_writes()
        life = office._life(number, sleeps=sleeps)
        while not (life[0].dead or life[0].lost) and office._step([life]):
            pass
        office.late += life[0].wrote_late
        ended = life[0].dead or life[0].lost
        office._to_its_end()
        for invariant_of in (
            office.nobody_has_anothers_picture,
            office.nothing_is_written_twice_for_one_change,
            office.whoever_lost_its_lease_begins_no_write,
            office.the_vault_keeps_what_our_writes_were_made_of,
        ):
            invariant_of()
        assert office.office.state.intents.count("office") == 0
        assert all(office.office.shown(person) for person in office.office.people)
        office.teardown()
        if not ended:
            assert number > 10
            return
