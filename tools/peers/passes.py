"""Passes of contenders over fresh tenants, timed and counted; and one that is killed in the middle."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from csv import DictReader
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peers.contenders import FLOOR, OURS, Contender
from peers.corpus import Corpus
from peers.judging import is_whole
from tests.tenant_process import TenantProcess, tenant_process

WRITING = frozenset({"PUT", "POST", "PATCH", "DELETE", "MERGE"})
STORING = frozenset({"Files/add", "photo/$value", "SetSingleValueProfileProperty"})
_RECORD = "tools/peers/record.py"


@dataclass(frozen=True, slots=True)
class Passed:
    """A first load and a second pass: times, the tenant's counts, what came of the pictures, the largest process."""

    people: int
    first_seconds: float
    second_seconds: float
    first_requests: int
    second_requests: int
    first_down: int
    second_down: int
    second_writes: int
    not_whole: int
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Timed:
    """How a command ended, after how long, and its largest process."""

    code: int
    seconds: float
    peak_mb: float


class Launcher:
    """See peers/launcher.py; to be made before this process has grown."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "tools/peers/launcher.py"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment(),
        )  # fmt: skip

    def start(self, command: Sequence[str]) -> int:
        """Start a command; its process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(list(command)) + "\n")
        self._process.stdin.flush()
        return int(self._heard()["pid"])

    def ended(self) -> Timed:
        """Wait for what was started."""
        return Timed(**self._heard())

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        fact: dict[str, Any] = json.loads(self._process.stdout.readline())
        return fact


@dataclass(frozen=True, slots=True)
class Race:
    """All contenders on one corpus at one latency. say: hears what is going on."""

    corpus: Corpus
    folder: Path
    latency_ms: int
    say: Callable[[str], None]
    launcher: Launcher

    def run(self, contenders: Sequence[Contender], rounds: int) -> dict[str, list[Passed]]:
        """Everybody in turn, each round beginning with another one."""
        self._record()
        passed: dict[str, list[Passed]] = {one.name: [] for one in contenders}
        for number in range(rounds):
            shift = number % len(contenders)
            for one in (*contenders[shift:], *contenders[:shift]):
                passed[one.name].append(self._passed(one))
                self.say(f"{self.latency_ms} ms, round {number + 1}, {one.name}: {passed[one.name][-1]}")
        return passed

    def killed(self, one: Contender) -> tuple[int, int, int]:
        """kill -9 when half of a first load's pictures are written, then a run to the end.

        Gives the writes of the one, of the other, and how many pictures are not whole in the end.
        """
        with self._tenant(one) as (tenant, mine):
            half = self._writes_of_a_first_load(one) // 2
            pid = self.launcher.start(self._command(one, tenant, mine))
            with contextlib.suppress(ProcessLookupError):
                while self._written(tenant, one) < half:
                    os.kill(pid, 0)
                    time.sleep(0.02)
                os.kill(pid, signal.SIGKILL)
            if self.launcher.ended().code != -signal.SIGKILL:
                raise SystemExit(f"{one.title} had ended before it was killed")
            before = self._written(tenant, one)
            tenant.control.clear_ledger()
            self._timed(self._command(one, tenant, mine))
            return before, self._written(tenant, one), self._not_whole(tenant, one)

    def _writes_of_a_first_load(self, one: Contender) -> int:
        return one.people(self.corpus) * (1 if one.work == "other" else 3)

    def _record(self) -> None:
        """What the floor sends: the requests of a first load, and of a second pass, of Samepic's own."""
        with self._tenant(None) as (_, mine):
            for which in ("first", "second"):
                out, config = str(self._recorded(which)), str(mine / "samepic.toml")
                self._timed([sys.executable, _RECORD, out, "sync", "--config", config])

    def _recorded(self, which: str) -> Path:
        return self.folder / f"{which}-{self.latency_ms}.jsonl"

    def _passed(self, one: Contender) -> Passed:
        with self._tenant(one) as (tenant, mine):
            first = self._timed(self._command(one, tenant, mine))
            counted = _counts(tenant)
            not_whole = 0 if one.name == FLOOR else self._not_whole(tenant, one)
            tenant.control.clear_ledger()
            second = self._timed(self._command(one, tenant, mine, "second"))
            again = _counts(tenant)
        return Passed(
            one.people(self.corpus), first.seconds, second.seconds, counted[0], again[0], counted[1], again[1],
            again[2], not_whole, max(first.peak_mb, second.peak_mb),
        )  # fmt: skip

    def _command(self, one: Contender, tenant: TenantProcess, mine: Path, which: str = "first") -> Sequence[str]:
        command = one.command(self.corpus, tenant.said, mine, self._recorded(which))
        return [*command, "--draw"] if one.name == FLOOR and which == "first" else command

    @contextlib.contextmanager
    def _tenant(self, one: Contender | None) -> Iterator[tuple[TenantProcess, Path]]:
        """A fresh one, and a folder for what the contender remembers."""
        mine = self.folder / (one.name if one else OURS)
        shutil.rmtree(mine, ignore_errors=True)
        shutil.copytree(self.corpus.bare if one and one.work == "other" else self.corpus.state, mine / "tenant")
        arguments = ["--state", str(mine / "tenant"), "--write-config", str(mine / "samepic.toml")]
        if self.latency_ms:
            arguments += ["--latency", str(self.latency_ms)]
        with tenant_process(*arguments) as tenant:
            tenant.control.clear_ledger()
            yield tenant, mine
            tenant.stop(signal.SIGTERM)

    def _timed(self, command: Sequence[str]) -> Timed:
        self.launcher.start(command)
        ended = self.launcher.ended()
        if ended.code:
            raise SystemExit(f"{command[:3]} ended with {ended.code}")
        return ended

    def _written(self, tenant: TenantProcess, one: Contender) -> int:
        entries = tenant.control.ledger()["entries"]
        mine = [e for e in entries if e["operation"] == one.write and e["method"] in WRITING and e["status"] < 300]
        return sum(entry["count"] for entry in mine)

    def _not_whole(self, tenant: TenantProcess, one: Contender) -> int:
        """People on the list whose picture is not there, or not as it was."""
        store = "exchange" if one.work == "other" else "sharepoint-l"
        with self.corpus.people.open(encoding="utf-8", newline="") as file:
            people = list(DictReader(file))[: one.people(self.corpus)]
        bad = 0
        for person in people:
            shown = tenant.control.picture(person["id"], store)
            original = (self.corpus.pictures / person["picture"]).read_bytes()
            bad += shown is None or (shown != original if one.work == "other" else not is_whole(original, shown))
        return bad


def _counts(tenant: TenantProcess) -> tuple[int, int, int]:
    """Outer requests, bytes sent down, writes that were carried out: pictures stored and properties set."""
    outer = [entry for entry in tenant.control.ledger()["entries"] if not entry["batched"]]
    changes = tenant.control.json("GET", "/changes")["changes"]
    writes = sum(bool(one["changed"]) or one["operation"] in STORING for one in changes)
    return sum(e["count"] for e in outer), sum(e["bytes_out"] for e in outer), writes


def _environment() -> dict[str, str]:
    """No proxy between here and here."""
    return {name: value for name, value in os.environ.items() if not name.casefold().endswith("_proxy")}
