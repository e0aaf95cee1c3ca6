"""A tenant in a process of its own, for tests that kill it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tenant_control import TenantControl

SAMEPIC = str(Path(sys.executable).parent / "samepic")
SERVE = (SAMEPIC, "tenant", "serve")


@dataclass
class TenantProcess:
    """`said` is the JSON line it printed."""

    process: subprocess.Popen[str]
    said: dict[str, Any]

    @property
    def control(self) -> TenantControl:
        return TenantControl(self.said["url"], self.said["control_token"], self.said.get("ca_file"))

    def kill(self) -> None:
        """kill -9, and nothing is left of it."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(how)
        return self.process.wait(20)


def serve(*arguments: str, command: tuple[str, ...] = SERVE) -> subprocess.Popen[str]:
    """`samepic tenant serve` with these arguments; without budgets unless they name some."""
    hurried = () if "--budget" in arguments else ("--budget", "all=off")
    return subprocess.Popen([*command, *hurried, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextlib.contextmanager
def tenant_process(*arguments: str, port: int = 0, command: tuple[str, ...] = SERVE) -> Iterator[TenantProcess]:
    """One that answers; killed on leaving if it still runs."""
    process = serve("--port", str(port), *arguments, command=command)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            _, words = process.communicate(timeout=20)
            raise AssertionError(f"the tenant did not start: {words}")
        yield TenantProcess(process, json.loads(line))
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
