"""Starts commands and says what they took. A process of its own, and a small one: who is started begins with the memory
of whoever starts it, and the system counts that too.

A line of JSON in, a command; a line out: its process at once, and how it ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from time import perf_counter


def main() -> None:
    """Until there are no more lines."""
    for line in sys.stdin:
        began = perf_counter()
        process = subprocess.Popen(json.loads(line), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603  # our own programs
        _say({"pid": process.pid})
        _, status, used = os.wait4(process.pid, 0)
        cpu = used.ru_utime + used.ru_stime
        peak_mb = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
        _say(
            {
                "code": os.waitstatus_to_exitcode(status),
                "seconds": perf_counter() - began,
                "peak_mb": peak_mb,
                "cpu": cpu,
            }
        )


def _say(fact: dict[str, float]) -> None:
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
