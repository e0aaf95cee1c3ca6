"""The most memory that this process has had at once."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def own_peak_mb() -> float:
    """Of this process and program alone: on Linux, what `resource` tells begins with the peak of whoever started it."""
    if sys.platform == "linux":
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / (1 << 10)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
