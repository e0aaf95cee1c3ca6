"""`samepic plan`: what would be done, and why; nothing is written anywhere."""

from __future__ import annotations

import typer

from samepic.cli import outcome, session
from samepic.cli.exit_codes import Exit
from samepic.cli.options import Config, Json, Log, LogFormat, Report, RouteName
from samepic.cli.preview import preview
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.cli.report import pages_of, save_run_report
from samepic.cli.watch import Watch
from samepic.model.outcome import RunOutcome
from samepic.report import Faces
from samepic.wiring import Assembly


def plan(
    report: Report = None,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Show what a sync would do, and why; nothing is written anywhere.

    Some systems say only when they are written to that somebody's picture may not be changed: such people count as new
    until a sync has tried. Ends with 0 where everybody is in step, 2 where there are changes to make, 3 where the plan
    would be held.
    """
    settings = session.configuration(config, log_format)
    pages = pages_of(report, session.routes(settings, route))
    codes = []
    for chosen in session.routes(settings, route):
        faces = Faces() if report else None

        async def decide(assembly: Assembly, faces: Faces | None = faces) -> tuple[RunOutcome, Watch]:
            with Watch(faces) as watch:
                planned = await assembly.engine.plan(watch)
            if faces is not None:
                await preview(assembly, planned.examples or watch.changes, faces)
            return planned, watch

        planned, watch = session.run(settings, chosen, decide)
        tell(planned, watch, as_json=as_json, planned_only=True)
        if faces is not None:
            save_run_report("What would be done", planned, faces, pages[chosen.name])
        codes.append(outcome.exit_code(planned, changes_are_pending=True))
    raise typer.Exit(worst(codes))


def tell(done: RunOutcome, watch: Watch, *, as_json: bool, planned_only: bool) -> None:
    """A run's figures, for a program or for a reader."""
    if as_json:
        print_json(outcome.as_json(done, watch.not_eligible))
    else:
        outcome.show(done, reader(), planned_only=planned_only, not_eligible=watch.not_eligible)


def worst(codes: list[Exit]) -> Exit:
    """Of several routes' ends the one that somebody has to look at first."""
    return next((code for code in (Exit.FAILED, Exit.INTERRUPTED, Exit.HELD, Exit.PENDING) if code in codes), Exit.OK)
