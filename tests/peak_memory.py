"""How much memory a command takes at its peak, its children counted in: the largest of all its processes.

Run as a program, in a process of its own: a process begins with the peak of whoever started it (Linux keeps it over
`exec`), and the one that runs the tests is larger than most of what it measures. This one is small.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PER_UNIT = 1 if sys.platform == "darwin" else 1024


def peak_of(*command: str, ends_with: int = 0, folder: Path | None = None) -> int:
    """In bytes, of a command that is run in a folder and has to end so."""
    asked = [sys.executable, "-I", "-S", __file__, *command]
    ran = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=False, cwd=folder)
    assert ran.returncode == ends_with, ran
    return int(ran.stdout)


def main(command: list[str]) -> int:
    """Run it, its output thrown away; print its peak, and end as it did."""
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, 1, 0)])
    _, status, used = os.wait4(pid, 0)
    print(used.ru_maxrss * PER_UNIT)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
