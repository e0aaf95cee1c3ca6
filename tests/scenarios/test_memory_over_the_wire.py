"""The memory of a plan over real systems, in two processes, does not grow with the number of people.

The workers that read pictures are counted in: what is measured is the largest of all processes of a run. Four thousand
people over made-up systems are in test_memory_does_not_grow_with_people.py; `make bench-scale` measures four thousand
and twenty thousand over these.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.tenant_process import SAMEPIC, tenant_process

ALLOWED_BYTES = 4 * 1024 * 1024
CHANGES_PENDING = 2


def peaks_in_bytes(people: int, folder: Path) -> tuple[int, int]:
    """Of a first plan, which compares pictures, and of one that has nothing left to compare."""
    config = folder / "samepic.toml"
    with tenant_process("--people", str(people), "--write-config", str(config)):
        return plan(config), plan(config)


def plan(config: Path) -> int:
    planning = subprocess.Popen([SAMEPIC, "plan", "--config", str(config)], stdout=subprocess.DEVNULL)
    try:
        _, status, used = os.wait4(planning.pid, 0)
    except BaseException:
        planning.kill()
        raise
    assert os.waitstatus_to_exitcode(status) == CHANGES_PENDING
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def test_a_thousand_people_take_no_more_than_four_megabytes_above_two_hundred(tmp_path: Path) -> None:
    folders = [tmp_path / "few", tmp_path / "many"]
    for folder in folders:
        folder.mkdir()
    few = peaks_in_bytes(200, folders[0])
    many = peaks_in_bytes(1000, folders[1])
    for which, fewer, more in zip(("first", "second"), few, many, strict=True):
        assert more - fewer <= ALLOWED_BYTES, f"{which} plan: {fewer:,} bytes for 200 people, {more:,} for 1,000"
