"""`samepic sync`: bring the target in step, everybody or some people."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from samepic.cli import outcome, session
from samepic.cli.options import Config, Json, Log, LogFormat, Report, RouteName
from samepic.cli.plan import worst
from samepic.cli.print_json import print_json
from samepic.cli.report import run_report
from samepic.cli.watch import Watch
from samepic.engine import UnknownPerson
from samepic.model.outcome import RunOutcome
from samepic.model.plan import PlanId
from samepic.report import Faces
from samepic.report import save as save_report
from samepic.wiring import Assembly

People = Annotated[
    list[str] | None, typer.Argument(metavar="[PERSON]...", help="Object ids, UPNs or mail addresses; else everybody.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Decide only, as `samepic plan` does.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Change at most so many people; the rest waits.")]
Approve = Annotated[
    str | None,
    typer.Option(metavar="PLAN", help="Release a held plan by its id; refused where the facts have changed."),
]


def sync(
    people: People = None,
    dry_run: DryRun = False,
    limit: Limit = None,
    approve: Approve = None,
    report: Report = None,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Bring the target's pictures in step with the source's: everybody's, or those of the people named, at once.

    A plan that would overwrite or clear too much is held: nothing is written, and the command ends with 3. People
    who are named are never held. What is interrupted is finished by the next run.
    """
    settings = session.configuration(config, log_format)
    codes = []
    for chosen in session.routes(settings, route):
        faces = Faces() if report else None

        async def work(assembly: Assembly, faces: Faces | None = faces) -> RunOutcome:
            with Watch(faces) as watch:
                return await assembly.engine.sync(
                    tuple(people or ()),
                    dry_run=dry_run,
                    limit=limit,
                    approve=PlanId(approve) if approve else None,
                    progress=watch,
                )

        try:
            done = session.run(settings, chosen, work)
        except UnknownPerson as error:
            raise session.fail(f"{error}; give an object id, a UPN or a mail address") from None
        _print(done, as_json=as_json, dry_run=dry_run)
        if report is not None and faces is not None:
            _save(done, faces, _page_of(report, chosen.name, several=len(settings.settings.routes) > 1 and not route))
        codes.append(outcome.exit_code(done, changes_are_pending=dry_run))
    raise typer.Exit(worst(codes))


def _print(done: RunOutcome, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        print_json(outcome.as_json(done))
    else:
        outcome.show(done, Console(), planned_only=dry_run)


def _page_of(report: Path, route: str, *, several: bool) -> Path:
    return report.with_stem(f"{report.stem}-{route}") if several else report


def _save(done: RunOutcome, faces: Faces, page: Path) -> None:
    try:
        written, sheet = save_report(run_report(done, faces, datetime.now(UTC)), page)
    except OSError as error:
        raise session.fail(f"the pictures are in step, but the report could not be written: {error}") from None
    finally:
        faces.close()
    Console(stderr=True).print(f"Report: {written}" + (f" and {sheet}" if sheet else ""), highlight=False, markup=False)
