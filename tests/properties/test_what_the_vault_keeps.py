"""Retention against a plain model of it: what is kept how long, and that nothing in use is ever let go."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from samepic.model.decision import Action, Reason
from samepic.model.person import Keys, NotEligible, Person, PersonId
from samepic.model.picture import NO_PICTURE, NOT_TOLD, PictureState, Stamp
from samepic.model.plan import RunId
from samepic.model.policy import Retention
from samepic.model.remembered import Change, Intent, Kept, Memory, Row
from samepic.state.store import open_state

FOLDER = tempfile.TemporaryDirectory(prefix="retention-")
STORE = open_state(Path(FOLDER.name) / "state.db")
ROUTES = count()
RETENTION = Retention(former_for=timedelta(days=90), former_each=2, gone_for=timedelta(days=30))
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)

people = st.just("a")
pictures = st.sampled_from([f"{number}" * 64 for number in range(5)])


@dataclass
class Modelled:
    """One person as the model has them."""

    seen: dict[str, datetime] = field(default_factory=dict)
    changes: list[datetime] = field(default_factory=list)
    shown: str | None = None
    takes_part: bool = True
    away_since: datetime | None = None
    under_way: bool = False
    remembered: bool = False


class Keeping(RuleBasedStateMachine):
    """Everything that touches what is kept, in any order; each example has a route of its own in one state."""

    def __init__(self) -> None:
        super().__init__()
        self.route = f"route-{next(ROUTES)}"
        self.now = BEGINNING
        self.runs = 0
        self.model = {key: Modelled() for key in ("a",)}

    @rule(who=people, picture=pictures)
    def a_picture_is_written(self, who: str, picture: str) -> None:
        key, person = self._key(who), self.model[who]
        if person.under_way:
            return
        before: PictureState = NO_PICTURE if person.shown is None else Stamp(person.shown)
        intent = self._intent(key, before, Stamp(picture))
        STORE.intents.open(self.route, intent, [self._kept(key, picture)])
        change = Change(key, "run", self.now, Action.WRITE, Reason.NEW, NOT_TOLD, NOT_TOLD, before, Stamp(picture))
        STORE.intents.close(self.route, key, Memory(key, original=picture, version=1), change=change)
        if person.shown is not None and person.shown != picture and person.shown in person.seen:
            person.seen[person.shown] = self.now
        person.seen[picture] = self.now
        person.changes.append(self.now)
        person.shown, person.remembered = picture, True

    @rule(who=people, picture=pictures)
    def a_write_begins_and_is_killed(self, who: str, picture: str) -> None:
        key, person = self._key(who), self.model[who]
        STORE.intents.open(self.route, self._intent(key, NO_PICTURE, Stamp(picture)), [self._kept(key, picture)])
        person.seen[picture] = self.now
        person.under_way = True

    @rule(who=people)
    def it_is_given_up(self, who: str) -> None:
        STORE.intents.close(self.route, self._key(who))
        self.model[who].under_way = False

    @rule(who=people, part=st.booleans())
    def somebody_leaves_or_comes_back(self, who: str, part: bool) -> None:
        self.model[who].takes_part = part

    @rule(days=st.sampled_from([1, 31, 91]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(listed=st.booleans())
    def a_run_has_seen_everybody(self, listed: bool) -> None:
        """listed: whoever takes no part is in the census; else they have gone from it."""
        self.runs += 1
        run = RunId(f"{self.route}-{self.runs}")
        there = [(who, one.takes_part) for who, one in self.model.items() if one.takes_part or listed]
        out = NotEligible.OPTED_OUT
        STORE.rows.put(
            run,
            [Row(self._key(who), Person(Keys(self._key(who))), None if part else out) for who, part in there],
        )
        forgotten = STORE.kept.retain(self.route, run, RETENTION, self.now)
        assert forgotten == sum(self._modelled(person, listed) for person in self.model.values())
        for who, person in self.model.items():
            assert bool(STORE.memories.of(self.route, [self._key(who)])) is person.remembered

    @invariant()
    def the_state_is_as_the_model_says(self) -> None:
        for who, person in self.model.items():
            kept = STORE.kept.of(self.route, self._key(who))
            assert {one.sha256: one.seen_at for one in kept} == person.seen
            assert [change.at for change in STORE.changes.of(self.route, self._key(who))] == person.changes[::-1]

    @invariant()
    def nothing_in_use_is_let_go(self) -> None:
        for who, person in self.model.items():
            intent = STORE.intents.of(self.route, self._key(who))
            used = {str(intent.after)} if intent else set()
            gone = person.away_since is not None and self.now - person.away_since >= RETENTION.gone_for
            used |= {person.shown} if person.shown and person.takes_part and not gone else set()
            assert used <= STORE.kept.needed(sorted(used))
            assert not used or used <= {one.sha256 for one in STORE.kept.of(self.route, self._key(who))}

    def _modelled(self, person: Modelled, listed: bool) -> int:
        """Carry a run's end out on the model; how many pictures go."""
        if person.takes_part:
            person.away_since = None
        elif person.away_since is None and (person.seen or person.changes or person.remembered):
            person.away_since = self.now
        gone = person.away_since is not None and person.away_since <= self.now - RETENTION.gone_for
        before = len(person.seen)
        if not person.under_way:
            shown = None if gone else person.shown
            former = sorted((at for name, at in person.seen.items() if name != shown), reverse=True)
            young = [at for at in former[: RETENTION.former_each] if at > self.now - RETENTION.former_for]
            newest = sorted(
                (name for name in person.seen if name != shown), key=lambda name: (-person.seen[name].timestamp(), name)
            )
            staying = set() if gone else set(newest[: len(young)])
            person.seen = {name: at for name, at in person.seen.items() if name == shown or name in staying}
        person.changes = [at for at in person.changes if at > self.now - RETENTION.former_for and not gone]
        if gone:
            person.shown = None
            person.remembered = person.remembered and (listed or person.under_way)
        return before - len(person.seen)

    def _key(self, who: str) -> str:
        return f"{self.route}-{who}"

    def _kept(self, key: str, picture: str) -> Kept:
        return Kept(self.route, key, picture, "source", Stamp("1"), "image/jpeg", BEGINNING, seen_at=self.now)

    def _intent(self, key: str, before: PictureState, after: PictureState) -> Intent:
        return Intent(
            key, RunId("run"), Action.WRITE, Reason.NEW, PersonId("t"), None, NOT_TOLD, NOT_TOLD, None, None, None,
            self.now, before=before, after=after,
        )  # fmt: skip


Keeping.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestKeeping = Keeping.TestCase


def after(*steps: str) -> Keeping:
    """A machine that was led this way: a digit writes that picture, +N lets N days pass, others name a rule."""
    machine = Keeping()
    for step in steps:
        if step.isdigit():
            machine.a_picture_is_written("a", step * 64)
        elif step.startswith("+"):
            machine.time_passes(int(step))
        elif step == "run":
            machine.a_run_has_seen_everybody(listed=True)
        elif step in ("out", "in"):
            machine.somebody_leaves_or_comes_back("a", step == "in")
        else:
            machine.a_write_begins_and_is_killed("a", step[-1] * 64)
        machine.the_state_is_as_the_model_says()
        machine.nothing_in_use_is_let_go()
    return machine


LED = [
    ("what is shown stays however old it is", "0 +500 run", "0"),
    ("the two newest former ones stay, and one day apart", "0 +1 1 +1 2 +1 3 +1 run", "123"),
    ("a former one goes when it was last shown long ago", "0 +500 1 +89 run", "01"),
    ("and then it goes", "0 +500 1 +90 run", "1"),
    ("whoever left is forgotten after a month", "0 out run +29 run", "0"),
    ("and then all goes", "0 1 out run +30 run", ""),
    ("whoever came back in time has never been away", "0 out run +29 in run out run +29 run", "0"),
    ("what is under way stays", "0 1 2 3 begun4 +500 run", "01234"),
    ("and stays of whoever left", "0 begun1 out run +30 run", "01"),
]


@pytest.mark.parametrize(("why", "steps", "left"), LED)
def test_each_rule_of_retention(why: str, steps: str, left: str) -> None:
    machine = after(*steps.split())
    kept = {one.sha256[0] for one in STORE.kept.of(machine.route, machine._key("a"))}
    assert kept == set(left), why
