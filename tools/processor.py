"""How much of the processors is used, by whom; on Linux, which tells it of every process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds since some beginning. had: what all processors together have had."""

    worked: float
    had: float

    def share_since(self, before: Used) -> float:
        """Of what they have had."""
        return (self.worked - before.worked) / (self.had - before.had)


def used() -> Used:
    """By the whole machine, whoever used it."""
    told = [int(one) for one in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    idle = told[3] + told[4]  # and waiting for a disk
    return Used((sum(told) - idle) * _TICK_S, sum(told) * _TICK_S)


def used_by(*processes: int) -> float:
    """Seconds of these processes and of those that they have started."""
    told = {
        pid: stat
        for path in Path("/proc").glob("[0-9]*/stat")
        if (stat := _stat(path))
        for pid in [int(path.parent.name)]
    }
    wanted, found = set(processes), 0.0
    while wanted:
        found += sum(sum(map(int, told[pid][11:15])) * _TICK_S for pid in wanted if pid in told)
        wanted = {pid for pid, stat in told.items() if int(stat[1]) in wanted}
    return found


def resident_mb(process: int) -> float:
    """What a process has in memory now."""
    told = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmRSS:")) / 1024


def _stat(path: Path) -> list[str]:
    """From the state on; the name before it may hold anything. Nothing of a process that has just ended."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
