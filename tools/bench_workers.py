"""How much faster several workers are than one: first loads of a tenant that takes its time. Writes the figures.

Run by `make bench-workers`, from the repository's root; `--help` says how to have it shorter, or otherwise.
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

sys.path.insert(0, ".")
from lines_plot import lines_plot
from mosaic_tenant import MOSAICS
from performance_page import PAGE, measured_here, write_section
from processor import Used, used, used_by
from tests.databases import postgresql_database
from tests.tenant_process import SAMEPIC, tenant_process

from samepic.config.load import Configuration, load
from samepic.jobs import Progress, Sweeps
from samepic.model.plan import RunId
from samepic.model.sweeping import Going
from samepic.working import sweeps_of

AT_ONCE = 2
WORKERS = {1: 1.0, 2: 1.9, 4: 3.6}
"""How many, and how many times as fast as one they are to be."""

Process = subprocess.Popen[str]
POSTGRESQL, SQLITE = "PostgreSQL", "SQLite"
FEWEST = 600
_POLL_S = 0.1

HEADING = (
    "# What several workers are worth",
    "",
    "Written by `make bench-workers`: first loads by real `samepic worker` processes, each held to "
    f"{AT_ONCE} requests under",
    "way (`[workers] requests_at_once`), at a local tenant whose every answer takes so much longer. Tenant, workers",
    "and PostgreSQL share the processors of one machine; the tenant has mosaics for portraits, which it would",
    "otherwise draw. *Times* is against one worker: of people written a second while the sweep wrote, and of people a",
    "second from the order to the last write. *Busy* is how much of all processors was used while it wrote, by",
    "whomever: near 100 % it is the machine that is measured. The last two columns are the processor's time for each",
    "person written, of all workers with those who read pictures, and of the tenant.",
)
TABLE = (
    "| state | latency | people | workers | before the first write | writing | written a second | times "
    "| whole sweep, times | busy | workers' | tenant's |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Load:
    """One first load. before, writing: seconds until the first write, and from there to the last.

    busy: the share of the machine's processors that something used meanwhile. by_workers, by_tenant: milliseconds of
    processor for each person written.
    """

    workers: int
    people: int
    written: int
    before: float
    writing: float
    busy: float
    by_workers: float
    by_tenant: float

    @property
    def a_second(self) -> float:
        """People written, while it wrote."""
        return self.written / self.writing

    @property
    def altogether(self) -> float:
        """People of the whole sweep in a second, from the order to the last write."""
        return self.people / (self.before + self.writing)


def main() -> None:
    """Measure, print, write."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--people", type=int, default=2_000, help="at 20 ms; at a longer latency as many fewer")
    told.add_argument("--latency", type=float, nargs="+", default=[20, 100], help="of the tenant, in milliseconds")
    told.add_argument("--workers", type=int, nargs="+", default=[*WORKERS])
    told.add_argument("--state", nargs="+", default=[POSTGRESQL, SQLITE], choices=[POSTGRESQL, SQLITE])
    told.add_argument("--dry", action="store_true", help="print only, and leave the page as it is")
    given = told.parse_args()
    began, rows, verdicts = perf_counter(), [], []
    lines: dict[str, list[tuple[float, float]]] = {}
    for latency in given.latency:
        people = max(FEWEST, round(given.people * min(1, 20 / latency))) if latency else given.people
        for state in given.state if latency == given.latency[0] else given.state[:1]:
            loads = [_load(people, number, state, latency) for number in given.workers]
            rows += [_row(state, latency, one, loads[0]) for one in loads]
            verdicts.append(_verdict(state, latency, loads))
            lines[f"{state}, {latency:.0f} ms"] = [(one.workers, one.a_second / loads[0].a_second) for one in loads]
    where = f"{measured_here()} It took {(perf_counter() - began) / 60:.0f} minutes."
    section = [*HEADING, "", where, "", *TABLE, *rows, "", *verdicts]
    sys.stdout.write("\n".join([*section, ""]))
    if not given.dry:
        lines_plot(PAGE.with_name("workers.svg"), lines, "times as fast as one worker", along="workers", decimals=1)
        write_section("make bench-workers", [*section, "", "![Times as fast as one worker](workers.svg)"])


def _row(state: str, latency: float, one: Load, alone: Load) -> str:
    times = f"{one.a_second / alone.a_second:.2f} | {one.altogether / alone.altogether:.2f}"
    processor = f"{one.busy:.0%} | {one.by_workers:.0f} ms | {one.by_tenant:.0f} ms"
    figures = f"{one.before:.1f} s | {one.writing:.1f} s | {one.a_second:.1f} | {times} | {processor}"
    return f"| {state} | {latency:.0f} ms | {one.people:,} | {one.workers} | {figures} |"


def _verdict(state: str, latency: float, loads: list[Load]) -> str:
    times = {one.workers: one.a_second / loads[0].a_second for one in loads}
    wanted = {workers: WORKERS[workers] for workers in times if WORKERS.get(workers, 1) > 1}
    kept = "yes" if all(times[workers] >= least for workers, least in wanted.items()) else "NO"
    words = ", ".join(f"{least} times by {workers}" for workers, least in wanted.items())
    return f"{state}, {latency:.0f} ms, at least {words}: {kept}.  "


def _load(people: int, workers: int, state: str, latency: float) -> Load:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        config, also = folder / "samepic.toml", ("--latency", str(latency))
        serving = tenant_process("--people", str(people), "--write-config", str(config), *also, command=MOSAICS)
        tenant = stack.enter_context(serving)
        database = stack.enter_context(postgresql_database() if state == POSTGRESQL else nullcontext())
        url = f"postgresql://{database.username}@/{database.database}?host={database.query['host']}" if database else ""
        _configure(config, url)
        working = [stack.enter_context(_worker(config)) for _ in range(workers)]
        for one in working:
            assert one.stdout is not None
            one.stdout.readline()  # it takes on work
        configuration = load(config)
        sweeps = stack.enter_context(sweeps_of(configuration))
        return _measured(configuration, sweeps, working, tenant.process)


def _configure(config: Path, url: str) -> None:
    text = config.read_text(encoding="utf-8")
    workers = f"[workers]\nrequests_at_once = {AT_ONCE}\n"
    text = text.replace("[workers]\n", workers, 1)
    if url:
        text = re.sub(r"(?m)^# url = .postgresql.*$", lambda _: f'url = "{url}"', text, count=1)
    config.write_text(text, encoding="utf-8")


@contextmanager
def _worker(config: Path) -> Iterator[Process]:
    command = [SAMEPIC, "worker", "--json", "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # what is measured
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


def _measured(configuration: Configuration, sweeps: Sweeps, working: list[Process], tenant: Process) -> Load:
    [route] = configuration.settings.routes
    began, run = perf_counter(), sweeps.start(route.name)
    while not (now := _stands(sweeps, run, working)).changed.written:
        sleep(_POLL_S)
    first, last = _Moment.of(now, working, tenant), None
    while now.sweep.going is not Going.OVER:
        sleep(_POLL_S)
        now = _stands(sweeps, run, working)
        if last is None or now.changed.written > last.written:
            last = _Moment.of(now, working, tenant)
    if last is None or now.failed or now.record.state != "done":
        raise SystemExit(f"the sweep did not end well: {now.record}")
    told = _between(len(working), now.record.people, began, first, last)
    sys.stdout.write(f"{told}\n")
    sys.stdout.flush()
    return told


@dataclass(frozen=True)
class _Moment:
    """How many are written, when, and the processor's seconds until then."""

    written: int
    at: float
    machine: Used
    workers: float
    tenant: float

    @classmethod
    def of(cls, now: Progress, working: list[Process], tenant: Process) -> _Moment:
        by_workers, by_tenant = used_by(*(one.pid for one in working)), used_by(tenant.pid)
        return cls(now.changed.written, perf_counter(), used(), by_workers, by_tenant)


def _between(workers: int, people: int, began: float, first: _Moment, last: _Moment) -> Load:
    written = last.written - first.written
    return Load(
        workers,
        people,
        written,
        first.at - began,
        last.at - first.at,
        last.machine.share_since(first.machine),
        1000 * (last.workers - first.workers) / written,
        1000 * (last.tenant - first.tenant) / written,
    )


def _stands(sweeps: Sweeps, run: RunId, working: list[Process]) -> Progress:
    found = sweeps.progress(run)
    if found is None or any(one.poll() is not None for one in working):
        raise SystemExit("a worker has ended")
    return found


if __name__ == "__main__":
    main()
