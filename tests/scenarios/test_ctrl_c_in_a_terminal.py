"""Ctrl-C typed into a terminal in the middle of a run: one clear line, 130, and the next run goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.command_line import Office
from tests.conftest import RunningTenant
from tests.samepic_commands import until
from tests.tenant_process import SAMEPIC

TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
"""Runs a command on a terminal of its own; what comes in is typed there."""

CTRL_C = b"\x03"

SETTLES_S = 0.5
"""Between a question and whoever waits for its answer Python lets a signal wait too, as nobody types that fast."""


def on_a_terminal(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", TERMINAL, SAMEPIC, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def typed(process: subprocess.Popen[bytes], keys: bytes) -> str:
    """Everything that was on the screen, once it has ended."""
    try:
        shown, _ = process.communicate(keys, timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return shown.decode()


@pytest.mark.tenant(people=20)
def test_in_the_middle_of_writing(tenant: RunningTenant, tmp_path: Path) -> None:
    office = Office(tmp_path, tenant)
    fault = tenant.control.post_fault(kind="hold_before", api="sharepoint", operation="Files/add", times=None, nth=5)
    process = on_a_terminal("sync", "--config", str(office.config))
    until(lambda: (kept := tenant.tenant.faults.get(fault["id"])) and kept.holding, "a picture is being written")
    shown = typed(process, CTRL_C)
    assert process.returncode == 130, shown
    last = shown.replace("\r", "\n").rstrip().splitlines()[-1]
    assert last.endswith("Interrupted; the next run finishes what was begun.")
    assert "Traceback" not in shown and "Error" not in shown and "\x1b[?25h" in shown, "and the cursor is back"

    tenant.control.clear_faults()
    assert office.ask("status")["routes"][0]["last"]["state"] == "interrupted"
    done = office.ask("sync")
    assert done["written"] > 0 and (done["pending"], done["failed"]) == (0, 0)


@pytest.mark.tenant(people=1)
def test_at_a_question(tenant: RunningTenant, tmp_path: Path) -> None:
    process = on_a_terminal("init", "--url", tenant.url, "--config", str(tmp_path / "samepic.toml"))
    assert process.stdout is not None
    asked = b""
    while b"contoso.com: " not in asked:
        asked += process.stdout.read(1)
    time.sleep(SETTLES_S)
    shown = typed(process, CTRL_C)
    assert process.returncode == 130
    assert shown.splitlines()[-1] == "Interrupted; nothing was done."
    assert list(tmp_path.iterdir()) == []
