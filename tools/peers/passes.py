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

from peers.contenders import FLOOR, OURS, Contender, Shares
from peers.corpus import Corpus
from peers.judging import Counted, Killed, Original, counted, is_whole, writes_by_place
from tests.tenant_control import TenantControl
from tests.tenant_process import TenantProcess, tenant_process

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
    first_cpu: float


@dataclass(frozen=True, slots=True)
class Timed:
    """How a command ended, after how long, its largest process, and the processor's seconds of all of them."""

    code: int
    seconds: float
    peak_mb: float
    cpu: float


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
    """All contenders on one corpus at one latency. say: hears what is going on.

    folder: where Samepic keeps its state, on a disk. cloud: where the tenant keeps its own, in memory where there is a
    place for it: whether a cloud's disks are quick is nobody's question here.
    """

    corpus: Corpus
    folder: Path
    cloud: Path
    latency_ms: int
    shares: Shares
    say: Callable[[str], None]
    launcher: Launcher

    def run(self, contenders: Sequence[Contender]) -> dict[str, list[Passed]]:
        """Everybody in turn, each round beginning with another one; those that wait take part in the first alone."""
        self._record()
        passed: dict[str, list[Passed]] = {one.name: [] for one in contenders}
        for number in range(self.shares.rounds):
            shift = number % len(contenders)
            for one in (*contenders[shift:], *contenders[:shift]):
                if number >= one.rounds(self.shares):
                    continue
                passed[one.name].append(self._passed(one))
                self.say(f"{self.latency_ms} ms, round {number + 1}, {one.name}: {passed[one.name][-1]}")
        return passed

    def killed(self, one: Contender) -> Killed:
        """kill -9 when half of a first load's pictures are written, then a run to the end."""
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
            before = writes_by_place(tenant.control)
            tenant.control.clear_ledger()
            self._timed(self._command(one, tenant, mine))
            after = writes_by_place(tenant.control)
            again = sum((before & after).values())
            return Killed(before.total(), after.total(), again, self._not_whole(tenant, one))

    def _writes_of_a_first_load(self, one: Contender) -> int:
        return self._people(one) * (1 if one.work == "other" else 3)

    def _people(self, one: Contender) -> int:
        return one.people(self.corpus.listed, self.shares)

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
            loaded = counted(tenant.control)
            not_whole = 0 if one.name == FLOOR else self._not_whole(tenant, one)
            tenant.control.clear_ledger()
            second = self._timed(self._command(one, tenant, mine, "second"))
            again: Counted = counted(tenant.control)
        return Passed(
            self._people(one), first.seconds, second.seconds, loaded.requests, again.requests, loaded.down, again.down,
            again.writes, not_whole, max(first.peak_mb, second.peak_mb),
            first.cpu,
        )  # fmt: skip

    def _command(self, one: Contender, tenant: TenantProcess, mine: Path, which: str = "first") -> Sequence[str]:
        command = one.command(self.corpus, self._people(one), tenant.said, mine, self._recorded(which))
        return [*command, "--draw"] if one.name == FLOOR and which == "first" else command

    @contextlib.contextmanager
    def _tenant(self, one: Contender | None) -> Iterator[tuple[TenantProcess, Path]]:
        """A fresh one, and a folder for what the contender remembers."""
        mine, cloud = self.folder / (one.name if one else OURS), self.cloud / "under-way"
        for folder in (mine, cloud):
            shutil.rmtree(folder, ignore_errors=True)
        mine.mkdir()
        shutil.copytree(self.corpus.bare if one and one.work == "other" else self.corpus.state, cloud)
        arguments = ["--state", str(cloud), "--write-config", str(mine / "samepic.toml")]
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
        mine = [e for e in entries if e["operation"] == one.write and e["method"] != "GET" and e["status"] < 300]
        return sum(entry["count"] for entry in mine)

    def _not_whole(self, tenant: TenantProcess, one: Contender) -> int:
        """People on the list whose picture is not there, or not as it was."""
        store = "exchange" if one.work == "other" else "sharepoint-l"
        with self.corpus.people.open(encoding="utf-8", newline="") as file:
            people = list(DictReader(file))[: self._people(one)]
        return sum(not self._is_whole(tenant.control, person, store) for person in people)

    def _is_whole(self, control: TenantControl, person: dict[str, str], store: str) -> bool:
        shown, original = control.picture(person["id"], store), self.corpus.pictures / person["picture"]
        if shown is None:
            return False
        return shown == original.read_bytes() if store == "exchange" else is_whole(Original.of(original), shown)


def _environment() -> dict[str, str]:
    """No proxy between here and here."""
    return {name: value for name, value in os.environ.items() if not name.casefold().endswith("_proxy")}
