"""However the demo ends, its tenant ends with it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PATIENCE_S = 240.0


def _answers(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def _until(happens: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def _started(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A demo whose tenant answers, and the tenant's port."""
    command = [sys.executable, "-m", "samepic", "demo", "--people", "40", "--folder", str(folder)]
    demo = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=_as_in_a_terminal
    )
    config = folder / "samepic.toml"
    _until(config.exists, "the tenant has written its configuration")
    found = re.search(r'url = "http://127\.0\.0\.1:(\d+)"', config.read_text())
    assert found is not None
    _until(lambda: _answers(int(found[1])), "the tenant answers")
    return demo, int(found[1])


def _as_in_a_terminal() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)])
def test_an_ended_demo_leaves_no_tenant(how: signal.Signals, code: int, tmp_path: Path) -> None:
    demo, port = _started(tmp_path / "demo")
    os.kill(demo.pid, how)
    _, said = demo.communicate(timeout=PATIENCE_S)
    assert demo.returncode == code, said
    _until(lambda: not _answers(port), "the tenant is gone")
    assert "Traceback" not in said, said
