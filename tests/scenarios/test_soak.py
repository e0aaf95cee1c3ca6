"""A few minutes of the soak; `make soak` has more. `make test` begins it beside all other tests, and it is met here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.soak.beside import BEGUN, ENDED, SAID, begin, end

PATIENCE_S = 900


@pytest.mark.timeout(PATIENCE_S + 200)
def test_everything_is_right_after_kills_faults_and_full_disks(tmp_path: Path) -> None:
    if BEGUN in os.environ:
        assert_well(Path(os.environ[BEGUN]))
        return
    _, process = begin(minutes=1, folder=tmp_path)
    try:
        assert_well(tmp_path)
    finally:
        end(process)


def assert_well(folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not (folder / ENDED).exists():
        assert time.monotonic() < deadline, f"the soak does not end: {folder}"
        time.sleep(0.2)
    assert (folder / ENDED).read_text() == "0", (folder / SAID).read_text()


def test_the_same_seed_tells_the_same_story() -> None:
    told = [subprocess.check_output([sys.executable, "-m", "tests.soak", "--tell", "--seed", "7"]) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0].count(b"tenant_is_killed") > 1
