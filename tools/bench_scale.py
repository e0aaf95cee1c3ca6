"""What many people cost: requests and memory of runs over ever larger tenants. Prints the figures, and writes them.

Run by `make bench-scale`, from the repository's root; it takes half an hour and more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, ".")
from performance_page import measured_here, write_section
from tests.tenant_control import TenantControl
from tests.tenant_process import SAMEPIC, tenant_process

REQUESTS_AT = (200, 1000, 4000)
MEMORY_AT = ((500, 4000, 4), (2000, 20000, 12))
WRITTEN = "100"

HEADING = (
    "# What many people cost",
    "",
    "Written by `make bench-scale`. Outer HTTP requests, as the tenant's own ledger counts them: a batch is one. A",
    "first run may cost 6.3 for each written person + N/18 + N/500 + 60, one with nothing to do N/900 + N/18 + N/500",
    f"+ 40. Memory is the largest process of a first `samepic sync --limit {WRITTEN}`, which compares everybody.",
    "",
)
TABLE = ("| what | measured | at most |", "|---|---|---|")


def main() -> None:
    """Measure, print, write."""
    rows: list[str] = []
    for people in REQUESTS_AT:
        with tempfile.TemporaryDirectory() as folder:
            rows += _requests(people, Path(folder))
    for few, many, allowed_mb in MEMORY_AT:
        rows.append(_memory(few, many, allowed_mb))
    write_section("make bench-scale", [*HEADING, measured_here(), "", *TABLE, *rows])


def _memory(few: int, many: int, allowed_mb: int) -> str:
    peaks = [_peak_mb(people) for people in (few, many)]
    what = f"peak memory, {many:,} people above {few:,}"
    return _say(what, f"{peaks[1] - peaks[0]:+.1f} MB ({peaks[0]:.1f} to {peaks[1]:.1f})", f"{allowed_mb} MB")


def _requests(people: int, folder: Path) -> list[str]:
    config = folder / "samepic.toml"
    rows: list[str] = []
    with tenant_process("--people", str(people), "--write-config", str(config)) as tenant:
        for which in ("first", "second"):
            done, outer = _counted(tenant.control, config)
            per_person = people / 18 + people / 500
            most = 6.3 * done["written"] + per_person + 60 if which == "first" else people / 900 + per_person + 40
            what = f"requests, {people:,} people, {which} run, {done['written']:,} written"
            rows.append(_say(what, f"{outer:,}", f"{most:,.0f}"))
    return rows


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


def _say(what: str, measured: str, at_most: str) -> str:
    sys.stdout.write(f"{what}: {measured}, at most {at_most}\n")
    sys.stdout.flush()
    return f"| {what} | {measured} | {at_most} |"


if __name__ == "__main__":
    main()
