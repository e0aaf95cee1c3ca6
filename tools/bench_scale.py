"""What many people cost: requests and memory of runs over ever larger tenants. Prints the figures.

Run by `make bench-scale`, from the repository's root; it takes a long while.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, ".")
from tests.tenant_control import TenantControl
from tests.tenant_process import SAMEPIC, tenant_process

REQUESTS_AT = (200, 1000, 4000)
MEMORY_AT = ((500, 4000, 4), (2000, 20000, 12))
WRITTEN = "100"


def main() -> None:
    """Measure and print, a line for each figure."""
    for people in REQUESTS_AT:
        with tempfile.TemporaryDirectory() as folder:
            _requests(people, Path(folder))
    for few, many, allowed_mb in MEMORY_AT:
        peaks = [_peak_mb(people) for people in (few, many)]
        more = peaks[1] - peaks[0]
        _say(f"memory: {few:,} people {peaks[0]:.1f} MB, {many:,} {peaks[1]:.1f} MB: {more:+.1f}, at most {allowed_mb}")


def _requests(people: int, folder: Path) -> None:
    config = folder / "samepic.toml"
    with tenant_process("--people", str(people), "--write-config", str(config)) as tenant:
        for which in ("first", "second"):
            done, outer = _counted(tenant.control, config)
            per_person = people / 18 + people / 500
            most = 6.3 * done["written"] + per_person + 60 if which == "first" else people / 900 + per_person + 40
            _say(
                f"requests: {people:,} people, {which} run: {done['written']:,} written, {outer:,}, at most {most:,.0f}"
            )


def _counted(control: TenantControl, config: Path) -> tuple[dict[str, int], int]:
    control.clear_ledger()
    ran = subprocess.run(  # noqa: S603  # the command that is measured
        [SAMEPIC, "sync", "--json", "--config", str(config)], check=True, capture_output=True, text=True
    )
    return json.loads(ran.stdout), control.count(batched=False)


def _peak_mb(people: int) -> float:
    """The largest that a run over everybody grew, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "samepic.toml")
        with tenant_process("--people", str(people), "--write-config", str(config)):
            run = subprocess.Popen(  # noqa: S603  # the command that is measured
                [SAMEPIC, "sync", "--limit", WRITTEN, "--config", str(config)], stdout=subprocess.DEVNULL
            )
            _, status, used = os.wait4(run.pid, 0)
    if status:
        raise SystemExit(f"the run over {people:,} people ended with {os.waitstatus_to_exitcode(status)}")
    return used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
