"""An imaging worker that is forked, not started: where Pillow and NumPy are loaded already, it comes up in no time.

It is a process of its own all the same, in a session of its own: it runs the worker's program, speaks its protocol
over two pipes, and ends with whoever asked it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from types import SimpleNamespace
from typing import Any

from samepic.imaging import worker, worker_program


class Forked:
    """What a `Worker` uses of `subprocess.Popen`. To be made while this process has one thread; does nothing before
    `begin`, and ends with this process if that is never called."""

    def __init__(self) -> None:
        orders, to_worker = os.pipe()
        from_worker, answers = os.pipe()
        told, self._begin = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            become_worker(orders, answers, told)
        for theirs in (orders, answers, told):
            os.close(theirs)
        self.stdin = os.fdopen(to_worker, "wb", buffering=0)
        self.stdout = os.fdopen(from_worker, "rb", buffering=0)
        self._code: int | None = None

    def begin(self) -> Forked:
        """Somebody wants it."""
        os.write(self._begin, b"!")
        os.close(self._begin)
        return self

    def kill(self) -> None:
        """End it now; once it has been waited for, its number may be somebody else's."""
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float = 60) -> int:
        """Its exit code, negative for a signal. Raises TimeoutExpired."""
        deadline = time.monotonic() + timeout
        while self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(worker.COMMAND, timeout)
            else:
                time.sleep(0.001)
        return self._code


def become_worker(orders: int, answers: int, told: int) -> None:
    """In the fork: once told to, run the worker's program until its orders end."""
    try:
        os.setsid()
        os.dup2(orders, 0)
        os.dup2(answers, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        first = os.dup2(told, 3)
        os.closerange(4, 256)
        if os.read(first, 1):
            os.close(first)
            worker_program.main()
    finally:
        os._exit(0)


def hand_over(*first: Forked) -> None:
    """Let this process's first workers be those; whatever comes after them is started as everywhere."""
    at_hand = [*first]

    def start(*arguments: Any, **named: Any) -> Any:
        return at_hand.pop().begin() if at_hand else subprocess.Popen(*arguments, **named)

    vars(worker)["subprocess"] = SimpleNamespace(**vars(subprocess) | {"Popen": start})
