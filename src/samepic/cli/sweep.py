"""`samepic sweep`, `samepic cancel` and `samepic retry`: what workers carry out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer

from samepic.cli import session
from samepic.cli.exit_codes import Exit
from samepic.cli.options import Config, Json, Log, LogFormat, RouteName
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.cli.sync import Incremental
from samepic.config.load import Configuration
from samepic.jobs import NotSwept, Progress, Sweeps
from samepic.model.plan import RunId
from samepic.model.sweeping import Figures, Going, Part
from samepic.ports.state import RouteBusy, StateNewer, StateUnusable
from samepic.working import sweeps_of

Run = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, as `samepic runs` tells it.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until it is over; Ctrl-C lets it go on.")]


def sweep(
    incremental: Incremental = False,
    wait: Wait = False,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Begin a sync of everybody, by workers.

    Workers are started with `samepic worker`. The sweep outlives each of them and this command: `samepic runs RUN`
    tells how it stands, `samepic cancel RUN` ends it, `samepic retry RUN` takes up whoever failed. An incremental one
    looks at those only of whom there is news.
    """
    settings = session.configuration(config, log_format)
    chosen = session.routes(settings, route)
    with _sweeps(settings) as sweeps:
        runs = [sweeps.start(one.name, full=not incremental, why="samepic sweep") for one in chosen]
        _follow(sweeps, runs, "began", wait=wait, as_json=as_json)


def cancel(
    run: Run, wait: Wait = False, config: Config = None, as_json: Json = False, log_format: Log = LogFormat.TEXT
) -> None:
    """End a run over everybody, by workers or by one process.

    What is being written is finished; nobody else is written to. `samepic retry` takes up again what workers did, the
    next sync any other.
    """
    settings = session.configuration(config, log_format)
    with _sweeps(settings) as sweeps:
        ended = sweeps.cancel(RunId(run))
        if sweeps.progress(RunId(run)) is None:
            _tell_alone(sweeps, RunId(run), ended, wait=wait, as_json=as_json)
            return
        _follow(sweeps, [RunId(run)], "ends" if ended else "was over already", wait=wait, as_json=as_json)


def retry(
    run: Run, wait: Wait = False, config: Config = None, as_json: Json = False, log_format: Log = LogFormat.TEXT
) -> None:
    """Take up a sweep that is over: whoever failed, or was left.

    The shards that nobody finished, too; whoever was written stays as they are. Only the latest run of a route can be
    taken up; after that a new one knows better who is left.
    """
    settings = session.configuration(config, log_format)
    with _sweeps(settings) as sweeps:
        sweeps.retry(RunId(run))
        _follow(sweeps, [RunId(run)], "goes on", wait=wait, as_json=as_json)


def as_row(progress: Progress, figures: Figures) -> dict[str, Any]:
    """A sweep for a program."""
    from samepic.cli.runs import as_row as run_row

    parts = progress.parts
    row = run_row(progress.record) | {
        "full": progress.sweep.full,
        "attempt": progress.sweep.attempt,
        "going": progress.sweep.going,
        "shards": len(progress.shards),
        "shards_done": {part.value: parts[part] for part in Part},
    }
    row |= {
        "requests": dict(figures.requests),
        "pending": figures.left if progress.planned else 0,
        "skipped": figures.skipped,
        "skips": [asdict(one) for one in figures.skips],
        "failures": [asdict(one) for one in figures.failures],
        "missing": [asdict(one) for one in figures.missing],
        **asdict(figures.looked_at),
    }
    return row | {"written": progress.changed.written, "cleared": progress.changed.cleared, "failed": progress.failed}


def tell_one(settings: Configuration, run: str, *, as_json: bool) -> None:
    """How far a sweep is."""
    with _sweeps(settings) as sweeps:
        found, workers = sweeps.progress(RunId(run)), sweeps.workers()
        figures = sweeps.figures(RunId(run)) if found is not None else Figures()
    if found is None:
        raise session.fail(f"no worker carries out a run {run}; `samepic runs` lists the runs")
    if as_json:
        print_json(as_row(found, figures) | {"workers": len(workers)})
        return
    for line in _lines(found, len(workers)):
        reader().print(line, highlight=False, markup=False)


def _lines(found: Progress, workers: int) -> list[str]:
    sweep, shards, parts = found.sweep, len(found.shards), found.parts
    lines = [f"Run {sweep.run} of {sweep.route}: {found.record.state}, attempt {sweep.attempt}; {workers} workers."]
    if found.record.words:
        lines.append(found.record.words)
    if not shards and sweep.going is not Going.OVER:
        return [*lines, "People and listings are being read."]
    lines += [f"{_DOING[part]:<12}{parts[part]:>6,} of {shards:,} shards" for part in Part if part in parts]
    planned = f" of {found.planned.changes:,}" if found.planned else ""
    changed = found.changed.written + found.changed.cleared
    return [*lines, f"{changed:,}{planned} pictures changed, {found.failed:,} people failed."]


_DOING = {Part.MATCH: "looked at", Part.DECIDE: "decided", Part.PRINT: "compared", Part.WRITE: "written"}


@contextmanager
def _sweeps(settings: Configuration) -> Iterator[Sweeps]:
    try:
        with sweeps_of(settings) as sweeps:
            yield sweeps
    except (NotSwept, RouteBusy, StateNewer, StateUnusable) as error:
        raise session.fail(str(error)) from None


def _tell_alone(sweeps: Sweeps, run: RunId, ended: bool, *, wait: bool, as_json: bool) -> None:
    """Of a run that one process carries out, or carried out."""
    from samepic.cli.runs import as_row as run_row

    record = asyncio.run(sweeps.over(run)) if wait else sweeps.record(run)
    if as_json:
        print_json({"runs": [run_row(record)], "workers": len(sweeps.workers())})
        return
    what = "ends" if record.state == "running" else f"was over already: {record.state}" if not ended else record.state
    reader().print(f"Run {run} {what}. {record.words}".strip(), highlight=False, markup=False)


def _follow(sweeps: Sweeps, runs: list[RunId], what: str, *, wait: bool, as_json: bool) -> None:
    console, workers = reader(), len(sweeps.workers())
    if not as_json:
        for run in runs:
            console.print(f"Run {run} {what}.", highlight=False, markup=False)
        if not workers:
            console.print("No worker is there: `samepic worker` starts one.", highlight=False, markup=False)
    found = [asyncio.run(sweeps.ended(run)) if wait else sweeps.progress(run) for run in runs]
    told = [one for one in found if one is not None]
    if as_json:
        print_json({"runs": [as_row(one, sweeps.figures(one.sweep.run)) for one in told], "workers": workers})
    elif wait:
        for one in told:
            record = one.record
            words = f"Run {record.run}: {record.state}. {record.written:,} written, {record.failed:,} failed."
            console.print(f"{words} {record.words}".strip(), highlight=False, markup=False)
    if wait:
        states = {one.record.state for one in told}
        code = Exit.FAILED if states & {"failed", "interrupted"} else Exit.HELD if "held" in states else Exit.OK
        raise typer.Exit(code)
