"""How long one person waits while everybody is being swept. Writes the figures.

Run by `make bench-lane`, from the repository's root; PEOPLE=2000 for a shorter sweep. It ends with the sweep, or once
both of its halves have been asked beside for often enough.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, sleep

sys.path.insert(0, ".")
from mosaic_tenant import MOSAICS
from performance_page import measured_here, write_section
from tests.pictures import encoded, mosaic
from tests.tenant_control import TenantControl
from tests.tenant_process import SAMEPIC, tenant_process

from samepic.config.load import Configuration, load
from samepic.jobs import Progress, Sweeps
from samepic.model.plan import RunId
from samepic.model.sweeping import Going
from samepic.wiring import Assembly, assembled
from samepic.working import sweeps_of

MOST = 200
FEWEST = 20
PAUSE_S = 0.1
AT_MOST_S = 1.0

ALONE, READING, WRITING = "nobody is swept", "the sweep lists, looks and compares", "the sweep writes"


def main() -> None:
    """Measure, print, write."""
    people = int(os.environ.get("PEOPLE", "20000"))
    began = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "samepic.toml")
        with tenant_process("--people", str(people), "--write-config", str(config), command=MOSAICS) as tenant:
            worker = subprocess.Popen([SAMEPIC, "worker", "--config", str(config)])  # noqa: S603  # what is measured
            try:
                beside = asyncio.run(_beside(load(config), tenant.control, worker))
            finally:
                worker.send_signal(signal.SIGTERM)
                worker.wait()
    write_section("make bench-lane", lines := _lines(people, beside, perf_counter() - began))
    sys.stdout.write("\n".join([*lines, ""]))


class _Beside:
    """Requests of one person after another in a process that runs, and what the sweep did meanwhile."""

    def __init__(self, assembly: Assembly, control: TenantControl) -> None:
        self.took: dict[str, list[float]] = {ALONE: [], READING: [], WRITING: []}
        self.written, self.seconds = 0, 0.0
        self._assembly = assembly
        self._control = control
        self._upns = [person["upn"] for person in control.people("plain")]
        self._asked = 0

    async def ask(self, stage: str) -> None:
        """Somebody has a new picture, and asks for it."""
        self._asked += 1
        upn = self._upns[self._asked % len(self._upns)]
        picture = encoded(mosaic(self._asked, 648, 648))
        await asyncio.to_thread(self._control.put_picture, upn, "exchange", picture)
        began = perf_counter()
        done = await self._assembly.engine.sync([upn])
        took = perf_counter() - began
        if done.failed or done.stopped or done.written != 1:
            raise SystemExit(f"the request was not served: {done}")
        self.took[stage].append(took)
        await asyncio.sleep(PAUSE_S)

    def has_enough(self, stage: str) -> bool:
        """Of one stage of the sweep."""
        return len(self.took[stage]) >= MOST


async def _beside(configuration: Configuration, control: TenantControl, worker: subprocess.Popen[bytes]) -> _Beside:
    [route] = configuration.settings.routes
    with sweeps_of(configuration) as sweeps:
        async with assembled(configuration, route) as assembly:
            beside = _Beside(assembly, control)
            for _ in range(FEWEST + 1):
                await beside.ask(ALONE)
            beside.took[ALONE].pop(0)  # it fetched the tokens
            run = await asyncio.to_thread(sweeps.start, route.name)
            progress = await _while_swept(beside, lambda: _stands(sweeps, run, worker))
            if progress.sweep.going is not Going.OVER:
                sweeps.cancel(run)
                await asyncio.to_thread(_until, lambda: _stands(sweeps, run, worker).sweep.going is Going.OVER)
    return beside


async def _while_swept(beside: _Beside, stands: Callable[[], Progress]) -> Progress:
    """Until the sweep is over, or both stages have been asked beside for often enough."""
    writes_since: float | None = None
    while True:
        progress = await asyncio.to_thread(stands)
        stage = WRITING if progress.changed.written else READING
        if stage is WRITING:
            writes_since = writes_since or perf_counter()
            beside.written, beside.seconds = progress.changed.written, perf_counter() - writes_since
        if progress.sweep.going is Going.OVER or beside.has_enough(WRITING):
            return progress
        await (asyncio.sleep(PAUSE_S) if beside.has_enough(stage) else beside.ask(stage))


def _stands(sweeps: Sweeps, run: RunId, worker: subprocess.Popen[bytes]) -> Progress:
    found = sweeps.progress(run)
    if found is None or worker.poll() is not None:
        raise SystemExit("the worker has ended")
    return found


def _until(true: Callable[[], bool]) -> None:
    while not true():
        sleep(PAUSE_S)


def _lines(people: int, beside: _Beside, seconds: float) -> list[str]:
    p95 = {stage: statistics.quantiles(took, n=20)[-1] for stage, took in beside.took.items() if len(took) >= FEWEST}
    if len(p95) < len(beside.took):
        raise SystemExit(f"too few requests for a figure: { {at: len(took) for at, took in beside.took.items()} }")
    kept = "yes" if all(one <= AT_MOST_S for one in p95.values()) else "NO"
    return [
        "# How long one person waits while everybody is being swept",
        "",
        "Written by `make bench-lane`: one request after another, in a process that runs, from before the call until",
        "its answer, when the picture is at its place; tenant, worker and whoever asks are processes of one machine",
        "and share its processors. The tenant has mosaics for portraits: drawing those, which no real system does,",
        f"would be most of what anybody waits for. {people:,} people were swept by one worker; while it wrote, it came "
        f"to {beside.written:,} people, {beside.written / max(beside.seconds, 1):.0f} a second.",
        "",
        f"{measured_here()} It took {seconds / 60:.0f} minutes.",
        "",
        "| while | requests | median | 95 % | worst |",
        "|---|---|---|---|---|",
        *(
            f"| {stage} | {len(took)} | {_ms(statistics.median(took))} | {_ms(p95[stage])} | {_ms(max(took))} |"
            for stage, took in beside.took.items()
        ),
        "",
        f"95 % within {_ms(AT_MOST_S)}: {kept}.",
    ]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms"


if __name__ == "__main__":
    main()
