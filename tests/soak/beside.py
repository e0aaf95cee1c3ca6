"""The soak beside other tests: a process of its own, which needs little of the processor, and no test's turn."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BEGUN = "SAMEPIC_TESTS_SOAK"
"""Of the environment: the folder of a soak that was begun with the tests."""

ENDED = "ended"
SAID = "said.txt"
MINUTES = 3.0

SEED = "4711"
"""The same story each time: whoever changes something meets what they broke. New stories are `make soak`'s."""


def begin(minutes: float = MINUTES, folder: Path | None = None) -> tuple[Path, subprocess.Popen[bytes]]:
    """Begin one in a folder, where `ENDED` has its exit code once it has ended.

    SEED of the environment tells another story.
    """
    folder = folder or Path(tempfile.mkdtemp(prefix="samepic-soak-"))
    soak = [sys.executable, "-m", "tests.soak", "--minutes", str(minutes), "--folder", str(folder), "--say-the-end"]
    soak += ["--seed", os.environ.get("SEED", SEED)]
    with (folder / SAID).open("wb") as said:
        process = subprocess.Popen(
            soak, cwd=Path(__file__).parents[2], stdout=said, stderr=said, start_new_session=True
        )
    return folder, process


def end(process: subprocess.Popen[bytes]) -> None:
    """Whoever breaks the tests off breaks off the soak too."""
    process.terminate()
    process.wait(120)
