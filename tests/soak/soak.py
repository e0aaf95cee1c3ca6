"""The soak: a story is carried out on the ground, everything comes to rest, and the judge looks."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.samepic_commands import Command, Forks, until
from tests.soak.ground import Disk, Ground, ground, is_at_work
from tests.soak.judge import Judge
from tests.soak.people import People, Person, face
from tests.soak.story import PEOPLE, Deed, story
from tests.soak.troubles import End, Troubles
from tests.soak.truth import Truth
from tests.soak.witness import Witness

WORKERS = 2
LAST_FAULTS_S = 120.0
LAST_PICTURES = 20_000_000
ACTORS = 24
IN_THE_WORLD = 45
LATER_S = 4 * 3600
"""How far ahead the clock of the last runs stands: what they may not let go of yet is then old enough."""

DEEDS_OF_PEOPLE = {name for name, _ in PEOPLE}


@dataclass
class Soaked:
    """How it went. did: what was done and when, in words."""

    seed: int
    folder: Path
    did: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    figures: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [f"seed {self.seed}; logs, the state and the timeline are in {self.folder}"]
        return "\n".join([*lines, json.dumps(self.figures), *self.wrong])


def soak(folder: Path, forks: Forks, seed: int, minutes: float, database: str) -> Soaked:
    """Do it all. folder: of its own, empty; logs are left there."""
    soaked = Soaked(seed, folder)
    with ground(folder, forks, IN_THE_WORLD, seed, postgresql=database == "postgresql") as (made, disk):
        try:
            _Soak(made, disk, soaked, Random(seed), minutes, database).run()
        except AssertionError as error:
            soaked.wrong.append(f"given up: {error}")
        finally:
            (folder / "timeline.txt").write_text("\n".join(soaked.did) + "\n")
            (folder / "verdict.txt").write_text(f"{soaked}\n")
    return soaked


class _Soak:
    def __init__(
        self, ground: Ground, disk: Disk, soaked: Soaked, random: Random, minutes: float, database: str
    ) -> None:
        self._ground = ground
        self._disk = disk
        self._soaked = soaked
        self._by_workers = database == "postgresql"
        self._began = time.monotonic()
        self._witness = Witness(ground)
        self._actors = self._chosen()
        self._story = story(random, minutes, database, len(self._actors))
        self._people = People(ground, self._witness, self._actors)
        self._troubles = Troubles(ground, disk, self._witness, self._actors)
        self._ends: list[tuple[float, str, End]] = []

    def run(self) -> None:
        """Everything."""
        self._first_sync()
        self._ground.start_service()
        for _ in range(WORKERS if self._by_workers else 0):
            self._ground.start_worker()
        self._began = time.monotonic()
        waiting: list[Deed] = []
        for deed in self._story:
            self._wait_until(deed.at_s)
            away = self._troubles.busy & {"tenant", "database"}
            if away and deed.what in DEEDS_OF_PEOPLE:
                waiting.append(deed)
                continue
            while waiting and not away:
                self._do(waiting.pop(0))
            self._do(deed)
        self._come_to_rest()
        for late in waiting:
            self._do(late)
        self._last_runs()
        judge = Judge(self._ground, self._witness, self._troubles, self._actors)
        self._soaked.wrong += judge.verdict()
        self._soaked.figures |= {
            "deeds": dict(Counter(deed.what for deed in self._story)),
            "writes": sum(self._witness.journal().values()),
            "writes that nothing disturbed": judge.undisturbed,
            "troubles in somebody's write": self._troubles.in_writes,
            "runs": self._witness.runs(),
            "raced": sum(person.truth.raced for person in self._actors),
            "disk": "mounted" if self._disk.mounted else "limited",
            "faults": len(self._troubles.faults.posted),
            "faults about nobody who was written": len(self._troubles.faults.unmet()),
        }

    def _chosen(self) -> list[Person]:
        """Whose pictures all this is about: people with a mailbox whom nothing leaves out."""
        control = self._ground.tenant.control
        plain = [one for case in ("never_visited", "plain") for one in control.people(case)]
        actors = []
        for number, one in enumerate(plain[:ACTORS]):
            control.put_picture(one["upn"], "exchange", face(number))
            actors.append(Person(one["id"], one["upn"], Truth(number)))
        assert len(actors) == ACTORS
        return actors

    def _first_sync(self) -> None:
        self._expect(self._ground.begin("status", "--json"))
        self._witness.begin()
        self._expect(self._ground.begin("sync", "--json"))
        wrong = Judge(self._ground, self._witness, self._troubles, self._actors).pictures()
        assert not wrong, wrong

    def _do(self, deed: Deed) -> None:
        self._note(str(deed))
        if deed.what in DEEDS_OF_PEOPLE or deed.what == "sweep":
            getattr(self._people, deed.what)(**deed.arguments)
            return
        if (end := getattr(self._troubles, deed.what)(**deed.arguments)) is None:
            self._note("         (not now)")
            return
        until = time.monotonic() + deed.arguments["for_s"]
        self._ends.append((until, deed.what, end))

    def _wait_until(self, at_s: float) -> None:
        """End the troubles whose time has come, and start anew whoever has ended by itself."""
        while True:
            self._end_troubles(time.monotonic())
            self._start_those_who_ended()
            left_s = self._began + at_s - time.monotonic()
            if left_s <= 0:
                return
            time.sleep(min(left_s, 0.1))

    def _end_troubles(self, now: float) -> None:
        for one in sorted((one for one in self._ends if one[0] <= now), key=lambda one: one[0]):
            self._ends.remove(one)
            if (again_s := one[2]()) is not None:
                self._ends.append((time.monotonic() + again_s, *one[1:]))
                continue
            self._note(f"         {one[1]}: over")

    def _start_those_who_ended(self) -> None:
        """As systemd does; but not whoever waits to be started again by what killed it."""
        for command in self._ground.those_who_ended():
            if command.code == -signal.SIGKILL:
                if command is not self._ground.service and command in self._ground.workers:
                    self._ground.workers.remove(command)
                continue
            self._note(f"         {command.out.stem} ended with {command.code}: {command.said()[-300:].strip()}")
            if command is self._ground.service:
                self._ground.start_service()
            else:
                self._ground.workers.remove(command)
                self._ground.start_worker()

    def _come_to_rest(self) -> None:
        """Nothing goes wrong any more; whoever was killed is back, and what was begun is brought to its end."""
        self._end_troubles(float("inf"))
        self._have_the_last_faults_met()
        self._troubles.quiet = True
        self._end_troubles(float("inf"))
        self._ground.tenant.control.clear_faults()
        self._note("quiet")
        deadline = time.monotonic() + 300
        while self._by_workers and self._witness.going():
            self._start_those_who_ended()
            assert time.monotonic() < deadline, f"sweeps do not end: {self._witness.going()}"
            time.sleep(0.2)
        for one in [*self._ground.workers, *filter(None, [self._ground.service])]:
            until(lambda one=one: one.ended() or is_at_work(one), f"{one.out.stem} is at work")
            if not one.ended():
                code = one.kill(signal.SIGTERM)
                if code != 0:
                    self._soaked.wrong.append(f"{one.out.stem} was told to end and ended with {code}: {one.said()}")
        deadline = time.monotonic() + 200
        for command in self._ground.commands:
            while not command.ended():
                assert time.monotonic() < deadline, f"{command.out.stem} does not end: {command.said()}"
                time.sleep(0.05)

    def _have_the_last_faults_met(self) -> None:
        """What was asked for late has its turn: sweeps of both kinds, and people with a new picture who ask for it."""
        self._note(f"the last faults: {'; '.join(map(str, self._troubles.faults.unmet()))}")
        until_s, turn, full = time.monotonic() + LAST_FAULTS_S, 0, True
        while (unmet := self._troubles.faults.unmet()) and time.monotonic() < until_s:
            about = {one.about for one in unmet if one.about is not None}
            others = {(3 * turn // 4 + number) % len(self._actors) for number in range(3)}
            for who in about | others if turn % 4 == 0 else ():
                self._people.uploads(who, LAST_PICTURES + 100 * turn + who)
            if self._people.sweep(full=full):  # where one is under way the same kind has the next turn
                full = not full
            if turn % 3 == 0:
                self._people.asks(min(about, default=turn % len(self._actors)))
            turn += 1
            time.sleep(1.5)
            self._start_those_who_ended()
            self._end_troubles(float("inf"))

    def _last_runs(self) -> None:
        """One that mends whatever is left, and one that has nothing to do."""
        clock = self._ground.work / "clock"
        clock.write_text(f"{LATER_S}")
        told = self._expect(self._ground.begin("sync", "--json", clock=str(clock)))
        assert not told["failed"], told
        self._witness.take_the_ledger()
        again = self._expect(self._ground.begin("sync", "--json", clock=str(clock)))
        assert again["written"] == again["failed"] == 0, again
        uploads = self._ground.tenant.control.changes("Files/add")
        assert not uploads, f"the second run wrote: {uploads}"

    def _expect(self, command: Command) -> dict[str, object]:
        assert command.wait() == 0, command.said()
        told: dict[str, object] = command.json()
        return told

    def _note(self, words: str) -> None:
        self._soaked.did.append(f"[{time.monotonic() - self._began:7.1f}] {words}")
