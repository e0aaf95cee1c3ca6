"""`samepic sync`: bring the target in step, everybody or some people."""

from __future__ import annotations

from typing import Annotated

import typer

from samepic.cli import outcome, session
from samepic.cli.options import Config, Json, Log, LogFormat, Report, RouteName
from samepic.cli.orders import begin
from samepic.cli.plan import tell, worst
from samepic.cli.preview import preview
from samepic.cli.report import pages_of, save_run_report
from samepic.cli.watch import Watch
from samepic.cli.word import WhoApproves, WhyApproved, said_with
from samepic.engine import NoSuchPlan
from samepic.model.outcome import RunOutcome
from samepic.model.plan import PlanId
from samepic.report import Faces
from samepic.wiring import Assembly

People = Annotated[
    list[str] | None, typer.Argument(metavar="PERSON", help="Object ids, UPNs or mail addresses; else everybody.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Decide only, as `samepic plan` does.")]
Limit = Annotated[int | None, typer.Option(metavar="N", min=1, help="Change at most so many people; the rest waits.")]
Approve = Annotated[
    str | None,
    typer.Option(metavar="PLAN", help="Approve a held plan and carry it out; refused where the facts have changed."),
]


Incremental = Annotated[
    bool,
    typer.Option(
        "--incremental",
        help="Only those who are new or changed in the directory, who asked lately, or were left over by a sweep.",
    ),
]
Now = Annotated[bool, typer.Option("--now", help="Have `samepic run` begin a sweep at once, and do not wait for it.")]


def sync(
    people: People = None,
    dry_run: DryRun = False,
    limit: Limit = None,
    approve: Approve = None,
    why: WhyApproved = "",
    who: WhoApproves = None,
    incremental: Incremental = False,
    now: Now = False,
    report: Report = None,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Bring the target's pictures in step with the source's.

    Everybody's, or those of the people who are named, at once. A plan that would overwrite or clear too much is held:
    nothing is written, and the command ends with 3. People who are named are never held. What is interrupted is
    finished by the next run. An incremental sweep takes a few requests, and does not see a picture that changed without
    its person having asked; where there was no full one before, it is one itself and says so.
    """
    word = said_with(approve, who, why)
    if people and approve:
        raise session.fail("--approve releases a plan about everybody; people who are named are never held")
    if people and incremental:
        raise session.fail("--incremental finds out whom to look at; people who are named are looked at without it")
    settings = session.configuration(config, log_format)
    if now:
        if people or dry_run or limit or approve or report:
            raise session.fail("--now has the service sweep; it goes with --incremental, --route and --config only")
        begin(settings, session.routes(settings, route), full=not incremental, as_json=as_json)
        return
    pages = pages_of(report, session.routes(settings, route))
    codes = []
    not_held: NoSuchPlan | None = None
    for chosen in session.routes(settings, route):
        faces = Faces() if report else None

        async def work(assembly: Assembly, faces: Faces | None = faces) -> tuple[RunOutcome, Watch]:
            with Watch(faces) as watch:
                done = await assembly.engine.sync(
                    tuple(people or ()),
                    dry_run=dry_run,
                    limit=limit,
                    approve=PlanId(approve) if approve else None,
                    said=word,
                    progress=watch,
                    full=not incremental,
                )
            if faces is not None and (dry_run or done.held is not None):
                await preview(assembly, done.examples or watch.changes, faces)
            return done, watch

        try:
            done, watch = session.run(settings, chosen, work)
        except NoSuchPlan as error:
            not_held = error  # of several routes, another may have held it
            continue
        tell(done, watch, as_json=as_json, planned_only=dry_run)
        if faces is not None:
            undone = dry_run or done.held is not None
            title = "What would be done" if undone else "What was done"
            save_run_report(title, done, faces, pages[chosen.name])
        codes.append(outcome.exit_code(done, changes_are_pending=dry_run))
    if not_held is not None and not codes:
        raise session.fail(str(not_held))
    raise typer.Exit(worst(codes))
