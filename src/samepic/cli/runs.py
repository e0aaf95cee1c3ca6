"""`samepic runs`: what was done, and when."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from samepic.cli import session
from samepic.cli.options import Config, Json, Log, LogFormat, RouteName
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.model.outcome import RunRecord
from samepic.wiring import Assembly

ROOMY = 72
"""Columns of a terminal where only a route's name has to be broken."""


def runs(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="A sweep by workers: how far it is, and who is at it.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many, newest first.")] = 20,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """List the latest runs, newest first; or tell how far one is."""
    settings = session.configuration(config, log_format)
    if run is not None:
        from samepic.cli.sweep import tell_one  # loads what only workers need

        tell_one(settings, run, as_json=as_json)
        return

    async def ask(assembly: Assembly) -> list[RunRecord]:
        return await assembly.engine.runs(limit)

    found = [record for chosen in session.routes(settings, route) for record in session.run(settings, chosen, ask)]
    found = sorted(found, key=lambda record: record.started_at, reverse=True)[:limit]
    if as_json:
        print_json({"runs": [as_row(record) for record in found]})
    elif not found:
        reader().print("No run yet; `samepic plan` shows what a sync would do.")
    else:
        _show(found, reader())


def as_row(record: RunRecord) -> dict[str, Any]:
    """A run for a program."""
    return {
        "run": record.run,
        "plan": record.plan,
        "route": record.route,
        "kind": record.kind,
        "started_at": record.started_at.isoformat(),
        "ended_at": record.ended_at.isoformat() if record.ended_at else None,
        "state": record.state,
        "people": record.people,
        "written": record.written,
        "cleared": record.cleared,
        "failed": record.failed,
        "words": record.words,
    }


def _show(found: list[RunRecord], console: Console) -> None:
    table, roomy = Table(box=None, pad_edge=False), console.width >= ROOMY
    for heading in ("Run (its beginning, UTC)", "Kind", "State"):
        table.add_column(heading, no_wrap=roomy, overflow="fold")
    for heading in ("People", "Written", "Cleared", "Failed"):
        table.add_column(heading, justify="right", no_wrap=roomy, overflow="fold")
    table.add_column("Route", overflow="fold")
    for record in found:
        numbers = (record.people, record.written, record.cleared, record.failed)
        table.add_row(
            record.run,
            record.kind,
            record.state,
            *(f"{number:,}" for number in numbers),
            record.route,
        )
    console.print(table)
