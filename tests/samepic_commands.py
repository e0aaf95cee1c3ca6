"""`samepic` commands that a test starts, watches, kills and reads, without a cold start for each."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PATIENCE_S = 240.0
SHORTEST_S, LONGEST_S = 0.005, 0.1
"""Between two questions whether something has come true."""


@dataclass
class Command:
    """One command under way. `out` and `err` are files that fill while it runs."""

    forks: Forks
    pid: int
    out: Path
    err: Path
    code: int | None = None

    def ended(self) -> bool:
        """Whether it has ended; `code` is then its exit code, negative for a signal."""
        if self.code is None:
            self.code = self.forks.poll(self.pid)
        return self.code is not None

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        until(self.ended, "the command ends")
        assert self.code is not None
        return self.code

    def kill(self, how: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal and see it end."""
        if not self.ended():
            os.kill(self.pid, how)
        return self.wait()

    def json(self) -> Any:
        """What it printed with --json."""
        return json.loads(self.out.read_text())

    def said(self) -> str:
        """Everything it said, for a reader."""
        return self.out.read_text() + self.err.read_text()


class Forks:
    """The process that commands are forked from."""

    def __init__(self) -> None:
        self._under_way: set[int] = set()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SAMEPIC_")}
        environment |= {"NO_COLOR": "1", "COLUMNS": "200", "OPENBLAS_NUM_THREADS": "1"}  # what forks has one thread
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.samepic_forks"],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def order(self, **order: object) -> Any:
        """One line there, one line back."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def start(self, folder: Path, *arguments: str, **dies: object) -> Command:
        """`samepic ARGUMENTS` in a folder. dies: see samepic_forks.py."""
        number = len(list(folder.glob("*.out")))
        out, err = folder / f"{number}.out", folder / f"{number}.err"
        out.touch()
        pid = self.order(do="start", arguments=arguments, folder=str(folder), out=str(out), err=str(err), **dies)
        self._under_way.add(pid)
        return Command(self, pid, out, err)

    def poll(self, pid: int) -> int | None:
        """A command's exit code, None while it runs."""
        code: int | None = self.order(do="poll", pid=pid)
        if code is not None:
            self._under_way.discard(pid)
        return code

    def run(self, folder: Path, *arguments: str) -> Command:
        """The same, ended."""
        command = self.start(folder, *arguments)
        command.wait()
        return command

    def kill_all(self) -> None:
        """What a failed test left behind ends."""
        for pid in tuple(self._under_way):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            until(lambda pid=pid: self.poll(pid) is not None, "a killed command has ended")

    def close(self) -> None:
        """End."""
        self.kill_all()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()


@cache
def _of_this_process() -> Forks:
    made = Forks()
    atexit.register(made.close)
    return made


@contextlib.contextmanager
def forks() -> Iterator[Forks]:
    """Commands for one module of tests. All modules share the process: loading takes it longer than most tests do."""
    shared = _of_this_process()
    try:
        yield shared
    finally:
        shared.kill_all()


def until(true: Callable[[], object], what: str, *, every_s: float | None = None) -> None:
    """Wait for something that must come true. every_s: None asks ever more seldom, since asking takes time from whom
    one waits for: after a tenth of what has been waited already."""
    began = time.monotonic()
    while not true():
        waited_s = time.monotonic() - began
        assert waited_s < PATIENCE_S, f"in vain waited until {what}"
        time.sleep(min(max(waited_s / 10, SHORTEST_S), LONGEST_S) if every_s is None else every_s)
