"""How long one person waits while everybody is being swept. Writes the figures.

Run by `make bench-lane`, from the repository's root; PEOPLE=2000 for a shorter sweep.
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
from performance_page import measured_here, write_section
from tests.pictures import encoded, mosaic
from tests.tenant_control import TenantControl
from tests.tenant_process import SAMEPIC, tenant_process

from samepic.config.load import Configuration, load
from samepic.jobs import Progress
from samepic.model.plan import RunId
from samepic.model.sweeping import Going
from samepic.wiring import assembled
from samepic.working import sweeps_of

MOST = 200
PAUSE_S = 0.5
AT_MOST_S = 1.0


def main() -> None:
    """Measure, print, write."""
    people = int(os.environ.get("PEOPLE", "20000"))
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "samepic.toml")
        with tenant_process("--people", str(people), "--write-config", str(config)) as tenant:
            upns = [person["upn"] for person in tenant.control.people("plain")]
            worker = subprocess.Popen([SAMEPIC, "worker", "--config", str(config)])  # noqa: S603  # what is measured
            try:
                took, progress = asyncio.run(_beside(load(config), tenant.control, upns, worker))
            finally:
                worker.send_signal(signal.SIGTERM)
                worker.wait()
    write_section("make bench-lane", lines := _lines(people, took, progress))
    sys.stdout.write("\n".join([*lines, ""]))


async def _beside(
    configuration: Configuration, control: TenantControl, upns: list[str], worker: subprocess.Popen[bytes]
) -> tuple[list[float], Progress]:
    """Requests, one after another, from when the sweep writes until it is over or there are enough."""
    [route] = configuration.settings.routes
    with sweeps_of(configuration) as sweeps:
        run = await asyncio.to_thread(sweeps.start, route.name)

        def stands() -> Progress:
            found = sweeps.progress(RunId(run))
            if found is None or worker.poll() is not None:
                raise SystemExit("the worker has ended")
            return found

        await asyncio.to_thread(_until, lambda: stands().changed.written > 0)
        took: list[float] = []
        async with assembled(configuration, route) as assembly:
            for number in range(MOST + 3):
                upn = upns[number % len(upns)]
                control.put_picture(upn, "exchange", encoded(mosaic(number, 648, 648)))
                began = perf_counter()
                done = await assembly.engine.sync([upn])
                took.append(perf_counter() - began)
                if done.failed or done.stopped:
                    raise SystemExit(f"the request was not served: {done}")
                if stands().sweep.going is Going.OVER:
                    break
                await asyncio.sleep(PAUSE_S / 10)
        return took[3:], stands()


def _until(true: Callable[[], bool]) -> None:
    while not true():
        sleep(PAUSE_S)


def _lines(people: int, took: list[float], progress: Progress) -> list[str]:
    if len(took) < 20:
        raise SystemExit(f"{len(took)} requests are too few for a figure: sweep more people")
    p95 = statistics.quantiles(took, n=20)[-1]
    figures = " | ".join(f"{1000 * one:,.0f} ms" for one in (statistics.median(took), p95, max(took), AT_MOST_S))
    return [
        "# How long one person waits while everybody is being swept",
        "",
        "Written by `make bench-lane`; tenant, worker and whoever asks are processes of one machine, and share its",
        f"processors. During the requests the sweep wrote on, up to {progress.changed.written:,} pictures.",
        "",
        measured_here(),
        "",
        "| what | times | median | 95 % | worst | 95 % at most |",
        "|---|---|---|---|---|---|",
        f"| a request in a running process, {people:,} people being swept | {len(took)} | {figures} |",
    ]


if __name__ == "__main__":
    main()
