"""`samepic rehearse`: what a run will call, which budget binds, and how long it takes; before anything is touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from samepic.cli import session
from samepic.cli.options import Config, Json, Log, LogFormat, RouteName
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.cli.watch import Watch
from samepic.config.load import BadConfiguration, find, load
from samepic.model.ahead import Ahead
from samepic.model.budget import Budget, BudgetName
from samepic.model.outcome import RunOutcome
from samepic.model.timing import Timing
from samepic.transport.published import published
from samepic.transport.rehearsing import Day, Rehearsal, When, rehearse_day
from samepic.transport.rehearsing import rehearse as reckon
from samepic.wiring import Assembly, kept_budgets

_HOURLY = "0 * * * *"


def rehearse(
    people: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Reckon for so many people who all get a picture; asks no system."),
    ] = None,
    licences: Annotated[
        int | None,
        typer.Option(metavar="L", min=0, help="Reckon for a tenant of so many licences; else as configured."),
    ] = None,
    changed: Annotated[
        int | None,
        typer.Option(
            metavar="C",
            min=0,
            help="People a day with another picture who ask for it or are new; else one in a hundred of all, which is "
            "assumed.",
        ),
    ] = None,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Tell what a sync will call and how long it takes.

    How many calls of each kind, and which of Microsoft's budgets decides how long; nothing is written anywhere. Without
    --people the systems are read as by `plan`, and what is told is the sync of that plan; then that of a run that finds
    nothing to do; then a day of the route's schedule, with its full sweeps (full_every_hours) and the incremental ones
    between. Where the route has no schedule it is one of each hour. Times are at best: what others call in the tenant
    comes out of some of the same budgets.
    """
    if people is not None:
        _for_people(people, licences, changed, config, route, as_json, log_format)
        return
    settings = session.configuration(config, log_format)
    budgets = _budgets(kept_budgets(settings), licences)
    for chosen in session.routes(settings, route):

        async def decide(assembly: Assembly) -> tuple[RunOutcome, Ahead]:
            with Watch(None) as watch:
                planned = await assembly.engine.plan(watch)
                return planned, await assembly.engine.ahead(planned.run)

        planned, ahead = session.run(settings, chosen, decide)
        if planned.stopped is not None:
            raise session.fail(planned.stopped)
        first = reckon(ahead, budgets, (When.OBSERVE, When.WRITE))
        day = _day(ahead, budgets, chosen.timing(), changed)
        _tell(chosen.name, ahead, first, _later(ahead, budgets), day, as_json=as_json)


def _for_people(
    people: int,
    licences: int | None,
    changed: int | None,
    config: Config,
    route: RouteName,
    as_json: bool,
    log_format: LogFormat,
) -> None:
    """No system is asked, and none has to be configured: where a file is, its budgets hold."""
    from samepic.cli import logging

    logging.start(log_format)
    kept: dict[BudgetName, Budget] = published().budgets(licences or 0)
    timing = Timing()
    if config is not None or find(None).is_file():
        try:
            configured = load(find(config))
            kept = _budgets(kept_budgets(configured), licences)
            timing = session.routes(configured, route)[0].timing()
        except BadConfiguration as error:
            raise session.fail(str(error)) from None
    ahead = Ahead(people, people, written=people)
    _tell(None, ahead, reckon(ahead, kept), _later(ahead, kept), _day(ahead, kept, timing, changed), as_json=as_json)


def _budgets(kept: dict[BudgetName, Budget], licences: int | None) -> dict[BudgetName, Budget]:
    return published().budgets(licences) if licences is not None else kept


def _later(ahead: Ahead, budgets: dict[BudgetName, Budget]) -> Rehearsal:
    return reckon(ahead.done(), budgets, (When.OBSERVE,))


def _day(ahead: Ahead, budgets: dict[BudgetName, Budget], timing: Timing, changed: int | None) -> Day:
    """Of the route's schedule, or of one for each hour where it has none."""
    from samepic.service.schedule import Schedule, of_a_day

    schedule = Schedule(timing.cron or _HOURLY, timing.zone, timedelta(0), "")
    sweeps, full = of_a_day(schedule, timing.full_every, datetime.now(UTC))
    return rehearse_day(ahead, budgets, sweeps, full, changed)


def _tell(route: str | None, ahead: Ahead, first: Rehearsal, later: Rehearsal, day: Day, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "route": route,
                "people": ahead.person,
                "written": ahead.written,
                "sync": _as_json(first),
                "nothing_to_do": _as_json(later),
                "incremental": _as_json(day.incremental) if day.incremental else None,
                "day": {
                    "sweeps": round(day.sweeps, 2),
                    "full": round(day.full, 2),
                    "changed": day.changed,
                    "requests": round(day.requests),
                    "budgets": {
                        name.value: {"units": round(day.units[name]), "share": round(share, 4)}
                        for name, share in day.share.items()
                    },
                },
            }
        )
        return
    console = reader()
    console.print(f"{ahead.person:,} people, {ahead.written:,} of whom get a picture: {_words(first)}", highlight=False)
    _show(first, console)
    console.print(f"A run that finds nothing to do: {_words(later)}", highlight=False)
    console.print(_of_a_day(day), highlight=False)


def _of_a_day(day: Day) -> str:
    sweeps = f"A day of {day.sweeps:,.3g} sweeps, {day.full:,.3g} of them full"
    people = f"with another picture for {day.changed:,} people"
    words = f"{sweeps}, {people}: {day.requests:,.0f} requests"
    if day.share:
        name, share = max(day.share.items(), key=lambda one: one[1])
        words += f", {share:.1%} of what {name} has in a day"
    return f"{words}. Each incremental sweep: {_words(day.incremental)}" if day.incremental else words


def _as_json(rehearsal: Rehearsal) -> dict[str, Any]:
    binds = rehearsal.binds
    return {
        "seconds": round(rehearsal.seconds, 1),
        "binds": None if binds is None else binds.budget.name.value,
        "requests": sum(round(one.requests) for one in rehearsal.calls),
        "calls": {
            one.operation: {"requests": round(one.requests), "parts": round(one.parts)} for one in rehearsal.calls
        },
        "budgets": {
            use.budget.name.value: {
                "units": round(use.units),
                "limit": use.budget.limit,
                "window_seconds": None if use.budget.window is None else use.budget.window.total_seconds(),
                "seconds": round(use.seconds, 1),
            }
            for use in rehearsal.uses
        },
    }


def _words(rehearsal: Rehearsal) -> str:
    requests = sum(round(one.requests) for one in rehearsal.calls)
    binds = rehearsal.binds
    why = "no budget binds" if binds is None else f"{binds.budget.name} binds"
    return f"about {_span(rehearsal.seconds)}, {requests:,} requests; {why}."


def _show(rehearsal: Rehearsal, console: Console) -> None:
    calls = Table("call", "requests", "in batches", box=None, pad_edge=False)
    for one in rehearsal.calls:
        parts = f"{one.parts:,.0f}" if one.operation.startswith("$batch") else ""
        calls.add_row(one.operation, f"{one.requests:,.0f}", parts)
    console.print(calls)
    if not rehearsal.uses:
        console.print('No budget is kept: with cloud = "custom" say licences, or --licences.', highlight=False)
        return
    budgets = Table("budget", "takes", "of", "within", "at least", box=None, pad_edge=False)
    for use in rehearsal.uses:
        window = use.budget.window
        within = "at once" if window is None else _span(window.total_seconds())
        budgets.add_row(use.budget.name, f"{use.units:,.0f}", f"{use.budget.limit:,.0f}", within, _span(use.seconds))
    console.print(budgets)


def _span(seconds: float) -> str:
    """For a reader: two figures at most."""
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds / size:.2g} {word}s" if seconds < 100 * size else f"{seconds / size:,.0f} {word}s"
    return f"{seconds:.0f} s"
