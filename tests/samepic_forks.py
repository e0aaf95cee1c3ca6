"""Starts `samepic` commands for tests that kill them: imports it once, then forks for each command.

Run as a program by tests/samepic_commands.py, which speaks to it in lines of JSON. Each fork runs the command line's
own `main`; a cold start would only add a second of importing to each of some hundred runs, and another for the worker
that reads its pictures (forked_worker.py).
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import resource
import signal
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.forked_worker import Forked, hand_over

import samepic.cli.main
import samepic.service.scheduler
import samepic.wiring
from samepic.state.memories import IntentTable
from samepic.transport.answer import Answer
from samepic.transport.client import HttpClient


def die_after_answer(number: int) -> None:
    """Kill this process when its n-th answer has arrived and before anybody has seen it."""
    once, count = HttpClient._once, 0

    async def counted(*arguments: Any, **named: Any) -> Answer:
        nonlocal count
        answer = await once(*arguments, **named)
        count += 1
        if count == number:
            die()
        return answer

    HttpClient._once = counted  # type: ignore[method-assign]  # there is no other moment between answer and caller


def die_at_commit(name: str, when: str) -> None:
    """Kill this process before or after the commit that opens or closes intents."""
    method = getattr(IntentTable, f"{name}_all")

    def dying(*arguments: Any, **named: Any) -> None:
        if when == "after":
            method(*arguments, **named)
        die()

    setattr(IntentTable, f"{name}_all", dying)


def die_at_call(module: str, owner: str, name: str, when: str) -> None:
    """Kill this process before or after a method is called."""
    holder = getattr(importlib.import_module(module), owner)
    method = getattr(holder, name)

    def dying(*arguments: Any, **named: Any) -> None:
        if when == "after":
            method(*arguments, **named)
        die()

    setattr(holder, name, dying)


def die_at_fsync(number: int, after: bool) -> None:
    """Kill this process before or after Python's n-th fsync; SQLite does its own."""
    fsync, count = os.fsync, 0

    def counted(descriptor: int) -> None:
        nonlocal count
        count += 1
        if after or count != number:
            fsync(descriptor)
        if count == number:
            die()

    os.fsync = counted  # type: ignore[assignment]  # it counts and answers nothing


def follow_clock(file: str) -> None:
    """Have the wall clock stand as many seconds ahead as a file says, whenever it is asked; and naps be short."""
    now = samepic.wiring.WallClock.now

    def moved(clock: samepic.wiring.WallClock) -> datetime:
        return now(clock) + timedelta(seconds=float(Path(file).read_text()))

    samepic.wiring.WallClock.now = moved  # type: ignore[method-assign]  # in this process only
    samepic.service.scheduler.LONGEST_NAP_S = 0.05


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


WORKERS = 2
"""That a command finds at hand: as many as it starts on two processors."""

ON_THE_WAY = (
    "alembic.command",
    "alembic.script",
    "dbos",
    "dbos._sys_db_sqlite",
    "importlib.readers",
    "psycopg",
    "pydantic.type_adapter",
    "rich._emoji_codes",
    "samepic.imaging.laying",
    "samepic.imaging.worker_jobs",
    "samepic.portal.opening",
    "samepic.portal.probing",
    "sqlalchemy.dialects.postgresql.psycopg",
    "typer._adapters",
)
"""Of that what commands import once they know that they need it."""


def preload() -> None:
    """Load what any command loads on its way, and what its worker does."""
    samepic.cli.main.app_of([])
    for name in ON_THE_WAY:
        importlib.import_module(name)
    assert threading.active_count() == 1, "a fork has one thread, and would wait for what the others hold"
    gc.freeze()  # nor need a fork look through it


def run(order: dict[str, Any]) -> None:
    """In the fork: become the command."""
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(order["folder"])
    if order.get("largest_file"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"], order["largest_file"]))
    if order.get("dies_after_answer"):
        die_after_answer(order["dies_after_answer"])
    if order.get("dies_at_fsync"):
        die_at_fsync(*order["dies_at_fsync"])
    if order.get("dies_at_call"):
        die_at_call(*order["dies_at_call"])
    if order.get("dies_at_commit"):
        die_at_commit(*order["dies_at_commit"])
    if order.get("clock"):
        follow_clock(order["clock"])
    hand_over(*(Forked() for _ in range(WORKERS)))
    sys.argv = ["samepic", *order["arguments"]]
    try:
        samepic.cli.main.main()
    except SystemExit as end:
        leave(end.code)


def leave(code: object) -> None:
    """End as Python does, but for taking each of its modules apart first, which takes as long as many a command."""
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as nothing public does
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else code is not None)


def serve() -> None:
    """Answer orders until nobody sends any."""
    preload()
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "start":
            pid = os.fork()
            if pid == 0:
                run(order)
                raise AssertionError("the command line ends its process")
            answer = pid
        else:
            pid, status = os.waitpid(order["pid"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
