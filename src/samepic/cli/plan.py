"""`samepic plan`: what would be done, and why; nothing is written anywhere."""

from __future__ import annotations

import typer
from rich.console import Console

from samepic.cli import outcome, session
from samepic.cli.exit_codes import Exit
from samepic.cli.options import Config, Json, Log, LogFormat, RouteName
from samepic.cli.print_json import print_json
from samepic.cli.watch import Watch
from samepic.model.outcome import RunOutcome
from samepic.wiring import Assembly


def plan(
    config: Config = None, route: RouteName = None, as_json: Json = False, log_format: Log = LogFormat.TEXT
) -> None:
    """Show what a sync would do, and why; nothing is written anywhere.

    Ends with 0 where everybody is in step, 2 where there are changes to make, 3 where the plan would be held.
    """
    settings = session.configuration(config, log_format)
    codes = []
    for chosen in session.routes(settings, route):
        with Watch() as watch:

            async def decide(assembly: Assembly, watch: Watch = watch) -> RunOutcome:
                return await assembly.engine.plan(watch)

            planned = session.run(settings, chosen, decide)
        if as_json:
            print_json(outcome.as_json(planned))
        else:
            outcome.show(planned, Console(), planned_only=True)
        codes.append(outcome.exit_code(planned, changes_are_pending=True))
    raise typer.Exit(worst(codes))


def worst(codes: list[Exit]) -> Exit:
    """Of several routes' ends the one that somebody has to look at first."""
    return next((code for code in (Exit.FAILED, Exit.HELD, Exit.PENDING) if code in codes), Exit.OK)
