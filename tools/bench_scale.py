"""What many people cost: time, requests and memory per person, of ever more of them. Writes the figures and plots.

Run by `make bench-scale`, from the repository's root; `--people` names other numbers, the last one the largest.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

sys.path.insert(0, ".")
from lines_plot import lines_plot
from mosaic_tenant import MOSAICS
from performance_page import PAGE, measured_here, write_section
from tests.pictures import encoded, mosaic
from tests.tenant_control import TenantControl
from tests.tenant_process import SAMEPIC, tenant_process

from samepic.config.load import load
from samepic.working import sweeps_of

PEOPLE = (1_000, 10_000, 100_000)
WRITTEN_OF = 2_000
FIRST, SECOND, WORKER = "first plan", "second plan", "a worker's sweep"
ALLOWED_MB, ALLOWED_TIMES = 12, 1.25
_POLL_S = 0.5
_OF_MANY = encoded(mosaic(1, 160, 160))

HEADING = (
    "# What many people cost",
    "",
    "Written by `make bench-scale`: `samepic plan` over people whom nobody has met, which reads and compares the",
    "pictures of all who have two; the same again; and a sweep by one `samepic worker`, whose plan is held, so that it",
    f"writes nothing either. What is written was measured with {WRITTEN_OF:,} people: so many pictures of 100,000",
    "would take this machine hours, in which nothing new is learnt. Requests are outer HTTP requests, as the tenant's",
    "own ledger counts them: a batch is one. Memory is the largest process of a command. Tenant and command share the",
    "processors of one machine; the tenant has mosaics for portraits, which it would otherwise draw.",
)
TABLE = (
    "| people | what | altogether | time a person | requests a person | peak memory |",
    "|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Cost:
    """Of one command over so many people."""

    what: str
    people: int
    seconds: float
    requests: int
    peak_mb: float

    @property
    def row(self) -> str:
        """Of the table."""
        each = f"{1000 * self.seconds / self.people:.2f} ms | {self.requests / self.people:.4f}"
        return f"| {self.people:,} | {self.what} | {self.seconds:,.0f} s | {each} | {self.peak_mb:.1f} MB |"


def main() -> None:
    """Measure, print, write."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--people", type=int, nargs="+", default=[*PEOPLE])
    told.add_argument("--dry", action="store_true", help="print only, and leave the page as it is")
    given = told.parse_args()
    began, costs = perf_counter(), list[Cost]()
    for people in sorted(given.people):
        costs += _without_writing(people)
    written = _writing()
    kept = [_flat(what, [one for one in costs if one.what == what]) for what in (FIRST, SECOND, WORKER)]
    where = f"{measured_here()} It took {(perf_counter() - began) / 60:.0f} minutes."
    section = [*HEADING, "", where, "", *TABLE, *(one.row for one in costs), "", *kept, "", *written]
    sys.stdout.write("\n".join([*section, ""]))
    if not given.dry:
        write_section("make bench-scale", [*section, "", *_plots(costs)])


def _without_writing(people: int) -> list[Cost]:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "samepic.toml")
        with tenant_process("--people", str(people), "--write-config", str(config), command=MOSAICS) as tenant:
            plans = [_cost(what, people, tenant.control, config) for what in (FIRST, SECOND)]
            _have_it_held(tenant.control)
            return [*plans, _cost(WORKER, people, tenant.control, config)]


def _cost(what: str, people: int, control: TenantControl, config: Path) -> Cost:
    control.clear_ledger()
    if what == WORKER:
        seconds, peak_mb = _swept(config)
    else:
        with _started("plan", "--config", str(config)) as command:
            told = command.ended()
        if told["code"] not in (0, 2):  # 2: changes are pending
            raise SystemExit(f"the plan of {people:,} people ended with {told['code']:.0f}")
        seconds, peak_mb = told["seconds"], told["peak_mb"]
    cost = Cost(what, people, seconds, control.count(batched=False), peak_mb)
    sys.stdout.write(f"{cost}\n")
    sys.stdout.flush()
    return cost


def _swept(config: Path) -> tuple[float, float]:
    """Seconds of the sweep alone, and the worker's peak: it is there before, and is told to end afterwards."""
    with _started("worker", "--config", str(config)) as worker, sweeps_of(load(config)) as sweeps:
        while not sweeps.workers():
            sleep(_POLL_S)
        order = [SAMEPIC, "sweep", "--wait", "--json", "--config", str(config)]
        began = perf_counter()
        ran = subprocess.run(order, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603  # what is measured
        seconds = perf_counter() - began
        os.kill(worker.pid, signal.SIGTERM)
        peak_mb = worker.ended()["peak_mb"]
    [run] = json.loads(ran.stdout)["runs"]
    if run["state"] != "held":
        raise SystemExit(f"the sweep should be held, and is not: {run}")
    return seconds, peak_mb


def _have_it_held(control: TenantControl) -> None:
    """One and the same new picture of many people goes to nobody without a word."""
    for person in control.people("plain")[:60]:
        control.put_picture(person["upn"], "exchange", _OF_MANY)


def _writing() -> list[str]:
    """A first load and a second pass, with what each may cost in requests."""
    people, rows = WRITTEN_OF, list[str]()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "samepic.toml")
        with tenant_process("--people", str(people), "--write-config", str(config), command=MOSAICS) as tenant:
            for which in ("a first load", "the next sync"):
                tenant.control.clear_ledger()
                command = [SAMEPIC, "sync", "--json", "--config", str(config)]
                began = perf_counter()
                ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # our own
                seconds, written = perf_counter() - began, json.loads(ran.stdout)["written"]
                listed = people / 18 + people / 500
                most = 6.3 * written + listed + 60 if written else people / 900 + listed + 40
                outer = tenant.control.count(batched=False)
                rows.append(f"| {which} | {written:,} | {seconds:,.0f} s | {outer:,} | {most:,.0f} |")
    return [f"| {people:,} people | written | altogether | requests | at most |", "|---|---|---|---|---|", *rows]


def _flat(what: str, costs: list[Cost]) -> str:
    """Of few people the start of the command is most of the time, so that the cheapest is compared with the last."""
    *fewer, most = costs
    each = most.seconds / most.people
    times = each / min((one.seconds / one.people for one in fewer), default=each)
    more_mb = most.peak_mb - min(one.peak_mb for one in costs)
    kept = "yes" if times <= ALLOWED_TIMES and more_mb <= ALLOWED_MB else "NO"
    return (
        f"{what}, {most.people:,} people: {times:.2f} times the least time a person, {more_mb:+.1f} MB; at most "
        f"{ALLOWED_TIMES} times and {ALLOWED_MB} MB: {kept}.  "
    )


def _plots(costs: list[Cost]) -> list[str]:
    kinds: dict[str, tuple[str, int, Callable[[Cost], float]]] = {
        "time": ("ms a person", 2, lambda one: 1000 * one.seconds / one.people),
        "requests": ("requests a person", 3, lambda one: one.requests / one.people),
        "memory": ("MB, peak", 0, lambda one: one.peak_mb),
    }
    for name, (unit, decimals, value) in kinds.items():
        lines = {
            what: [(one.people, value(one)) for one in costs if one.what == what] for what in (FIRST, SECOND, WORKER)
        }
        lines_plot(PAGE.with_name(f"scale-{name}.svg"), lines, unit, decimals=decimals)
    return [" ".join(f"![{unit}](scale-{name}.svg)" for name, (unit, _, _) in kinds.items())]


@dataclass(frozen=True)
class _Command:
    """One under way, started by a process that is small: see tools/peers/launcher.py."""

    pid: int
    _launcher: subprocess.Popen[str]

    def ended(self) -> dict[str, float]:
        """How: code, seconds, peak_mb."""
        return _said(self._launcher)


@contextmanager
def _started(*arguments: str) -> Iterator[_Command]:
    launcher = subprocess.Popen(
        [sys.executable, "tools/peers/launcher.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert launcher.stdin is not None
    launcher.stdin.write(json.dumps([SAMEPIC, *arguments]) + "\n")
    launcher.stdin.flush()
    command = _Command(int(_said(launcher)["pid"]), launcher)
    try:
        yield command
    finally:
        launcher.stdin.close()
        launcher.wait()


def _said(launcher: subprocess.Popen[str]) -> dict[str, float]:
    assert launcher.stdout is not None
    told: dict[str, float] = json.loads(launcher.stdout.readline())
    return told


if __name__ == "__main__":
    main()
