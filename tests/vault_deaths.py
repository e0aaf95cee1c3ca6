"""Keeps pictures in a vault and dies at a moment, or meets a full disk; for tests that look at what is left.

Run as a program: `vault_deaths.py FOLDER MOMENT…`. For each moment (`fsync:3` is the third fsync) a fork keeps
pictures in a vault of its own, FOLDER/MOMENT, until kill -9, or to the end. `full` limits how large a file may grow.
Prints by moment the names that were reported as kept before the end, and what was said.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samepic.ports.vault import VaultUnusable
from samepic.state.vault import FileVault

PICTURES = [bytes([number]) * 30_000 for number in range(3)]
LARGE = b"large" * 20_000
ROOM = 50_000


def dying(call: Callable[..., Any], number: int, after: bool) -> Callable[..., Any]:
    """The same call, whose n-th is the process's last."""
    count = 0

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal count
        count += 1
        last = count == number
        done = call(*arguments, **named) if after or not last else None
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return counted


def keep(folder: Path, moment: str, out: int) -> None:
    """In the fork: keep the pictures, telling of each when it is kept."""
    vault = FileVault(folder / moment)
    name, _, number = moment.partition(":")
    where, attribute, after = {
        "open": (os, "open", True),
        "fsync": (os, "fsync", False),
        "fsynced": (os, "fsync", True),
        "rename": (Path, "replace", False),
        "renamed": (Path, "replace", True),
    }.get(name, (os, "", False))
    if attribute:
        setattr(where, attribute, dying(getattr(where, attribute), int(number), after))
    if name == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
    for data in [*PICTURES, LARGE] if name == "full" else PICTURES:
        try:
            said = vault.keep(data)
        except VaultUnusable as fault:
            said = f"refused: {fault}"
        os.write(out, f"{said}\n".encode())


def main(folder: Path, moments: list[str]) -> None:
    """One fork after the other."""
    told = {}
    for moment in moments:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            keep(folder, moment, writing)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as lines:
            said = lines.read().splitlines()
        told[moment] = {"said": said, "ended": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
