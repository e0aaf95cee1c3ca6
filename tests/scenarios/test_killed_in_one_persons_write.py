"""kill -9 at every request of one person's write: the next run leaves nobody half-written, and repeats nothing else.

Three positions: the request never carried out; carried out and not answered; answered and not remembered. Odd numbers
are mended by another request for the person, even ones by a sweep over everybody.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.samepic_commands import until
from tests.sync_bench import SyncBench, file_name

PEOPLE = 3
MOST_REQUESTS = 40
DIED = -9


@dataclass
class Case:
    """Somebody who is about to be written, and how the world around them was."""

    bench: SyncBench
    kind: str
    remembered: Path

    @property
    def upn(self) -> str:
        return self.bench.person("never_visited" if self.kind == "new" else "plain")

    def begin(self) -> str:
        """The world in which this person's write is all that is left to do; their UPN."""
        self.bench.fresh()
        control, upn = self.bench.at.control, self.upn
        if self.kind == "changed":
            shutil.copytree(self.remembered, self.bench.state, dirs_exist_ok=True)
        if self.kind != "new":
            other = control.picture(self.bench.person("plain", 1), "exchange")
            assert other is not None
            control.put_picture(upn, "exchange", other)
        control.clear_ledger()
        self.others = self.bench.shown(upn)
        return upn

    def mend(self, upn: str, number: int) -> None:
        """The next run, and what must be so after it."""
        bench = self.bench
        if number % 2 or self.kind != "new":
            bench.sync(upn)
        else:
            bench.sync()
        bench.assert_whole(upn)
        assert self.intents() == 0
        assert self.bench.shown(upn) == self.others

    def assert_repeated_nothing_but(self, in_flight: dict[str, Any] | None) -> None:
        """Every file was stored once, with the same bytes; only what was in flight may have been stored twice."""
        uploads = self.bench.uploads()
        assert len(uploads) == 3, f"each of the three files had one content only: {list(uploads)}"
        twice = {name for (name, _), count in uploads.items() if count > 1}
        assert twice <= {file_name(in_flight) if in_flight and not in_flight["changed"] else None}
        assert max(uploads.values()) <= 2
        assert self.bench.properties_set()[self.upn] <= (2 if in_flight and in_flight["changed"] else 1)

    def assert_intended(self, sent: dict[str, Any] | None) -> None:
        """A file that was stored and is not yet the person's picture is the business of an intent that is open."""
        if sent is not None and not sent["changed"]:
            assert self.intents() == 1

    def intents(self) -> int:
        """How many are open in the state that whoever was killed has left."""
        with closing(sqlite3.connect(self.bench.state / "state.sqlite")) as state:
            return int(state.execute("SELECT count(*) FROM intent").fetchone()[0])

    def last_sent(self) -> dict[str, Any] | None:
        """The latest upload or change of properties that was carried out."""
        changes = self.bench.at.control.json("GET", "/changes")["changes"]
        sent = [c for c in changes if c["operation"] == "Files/add" or c["changed"]]
        return sent[-1] if sent else None


@pytest.fixture(scope="module")
def remembered(running_bench: SyncBench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state in which everybody was met and in step."""
    bench = running_bench.fresh()
    bench.sync(*(bench.person("plain", number) for number in (0, 1)))
    kept = tmp_path_factory.mktemp("remembered") / "state"
    shutil.copytree(bench.state, kept)
    return kept


@pytest.fixture(params=["new", "changed"])
def case(request: pytest.FixtureRequest, bench: SyncBench, remembered: Path) -> Case:
    """A person without a picture in SharePoint; a person whose picture there we know and who has a newer one."""
    return Case(bench, request.param, remembered)


HELD = [("new", "hold_after"), ("changed", "hold_before"), ("changed", "hold_after")]
"""A new person's request that was not carried out leaves what the one before it left, answered and not remembered."""


@pytest.mark.parametrize(("case", "position"), HELD, indirect=["case"])
def test_killed_while_a_request_waits_for_its_answer(case: Case, position: str) -> None:
    for number in range(1, MOST_REQUESTS):
        upn = case.begin()
        fault = case.bench.at.control.post_fault(kind=position, batched=False, nth=number)
        kept = case.bench.at.tenant.faults.get(fault["id"])
        assert kept is not None
        command = case.bench.start("sync", upn)
        if not case.bench.held_or_ended(fault, command):
            assert command.wait() == 0, command.said()
            break
        assert kept.met == 1
        assert command.kill() == DIED
        until(lambda kept=kept: not kept.holding, "the tenant has seen its client go")
        case.bench.at.control.clear_faults()
        case.assert_intended(case.last_sent())
        in_flight = case.last_sent() if position == "hold_after" else None
        case.mend(upn, number)
        case.assert_repeated_nothing_but(in_flight)
    assert number > 10, "a write has more requests than that"
    case.bench.at.control.clear_faults()
    case.assert_repeated_nothing_but(None)
    assert case.bench.sync(upn)["written"] == 0


def test_killed_when_an_answer_has_come_and_nothing_is_remembered(case: Case) -> None:
    for number in range(1, MOST_REQUESTS):
        upn = case.begin()
        command = case.bench.start("sync", upn, dies_after_answer=number)
        if command.wait() == 0:
            break
        assert command.code == DIED, command.said()
        in_flight = case.last_sent()
        case.assert_intended(in_flight)
        case.mend(upn, number)
        case.assert_repeated_nothing_but(in_flight)
    assert number > 10, "a write has more requests than that"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("commit", ["open", "close"])
def test_killed_around_the_commits_of_the_intent(case: Case, commit: str, when: str) -> None:
    upn = case.begin()
    command = case.bench.start("sync", upn, dies_at_commit=[commit, when])
    assert command.wait() == DIED, command.said()
    in_flight = case.last_sent()
    assert (in_flight is None) == (commit == "open")
    case.mend(upn, 1)
    case.assert_repeated_nothing_but(in_flight if when == "before" else None)
