"""`samepic restore`: put back what the target showed earlier."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from samepic.cli import outcome, session
from samepic.cli.moment import At
from samepic.cli.options import Config, Json, Log, LogFormat, Report, RouteName
from samepic.cli.plan import worst
from samepic.cli.preview import preview
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.cli.report import pages_of, save_run_report
from samepic.cli.watch import Watch
from samepic.cli.word import WhoApproves, WhyApproved, said_with
from samepic.engine import NoSuchPlan, NothingToRestore, Wanted
from samepic.model.decision import Action
from samepic.model.outcome import RunOutcome
from samepic.model.plan import PlanId, RunId, Step
from samepic.model.text import one_line
from samepic.report import Faces
from samepic.wiring import Assembly

_MOST_NAMED = 20


class _Steps(Watch):
    """Names the first of those who are meant, with what is put back or why nothing is."""

    def __init__(self, faces: Faces | None) -> None:
        super().__init__(faces)
        self.named: list[tuple[str, str]] = []
        self.unnamed = 0

    def decided(self, step: Step) -> None:
        """Keep the person's line."""
        super().decided(step)
        if len(self.named) >= _MOST_NAMED:
            self.unnamed += 1
            return
        address = step.keys.upn or step.keys.mail or step.keys.object_id or ""
        mark = "" if step.action is not Action.NOTHING else "left alone: "
        self.named.append((f"{step.display_name} ({address})" if step.display_name else address, mark + step.detail))


def restore(
    people: Annotated[
        list[str] | None, typer.Argument(metavar="PERSON", help="Object ids, UPNs or mail addresses.")
    ] = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="Everybody whom this run changed, as it was before the run.")
    ] = None,
    group: Annotated[str | None, typer.Option(metavar="GROUP", help="Everybody in a group; its id or name.")] = None,
    at: At = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide only, and say what would be put back.")] = False,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Change at most so many people.")] = None,
    approve: Annotated[
        str | None,
        typer.Option(metavar="PLAN", help="Release a held restore by its id; refused where the facts have changed."),
    ] = None,
    why: WhyApproved = "",
    who: WhoApproves = None,
    report: Report = None,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Put back what the target showed earlier.

    Before a person's latest change, before a run, or at a time. The source is not touched, and no later sync undoes
    it until the source has another picture. Held like any plan, except for people who are named. What was there is
    kept, so that a restore can be undone the same way.
    """
    if [bool(people), run is not None, group is not None].count(True) != 1:
        raise session.fail("say whose: people by name, --run RUN, or --group GROUP; one of them")
    if run is not None and at is not None:
        raise session.fail("--run says the time already: as it was before that run")
    if people and approve:
        raise session.fail("--approve releases a plan about a run or a group; people who are named are never held")
    word = said_with(approve, who, why)
    settings = session.configuration(config, log_format)
    wanted = Wanted(tuple(people or ()), RunId(run) if run else None, group, at)
    pages = pages_of(report, session.routes(settings, route))
    codes, of_nobody = [], ""
    for chosen in session.routes(settings, route):
        faces = Faces() if report else None

        async def work(assembly: Assembly, faces: Faces | None = faces) -> tuple[RunOutcome, _Steps]:
            plan, keeper = PlanId(approve) if approve else None, assembly.engine.keeper
            with _Steps(faces) as watch:
                done = await assembly.engine.restore(
                    wanted, dry_run=dry_run, limit=limit, approve=plan, said=word, progress=watch
                )
            if faces is not None and (dry_run or done.held is not None):
                await preview(assembly, watch.changes, faces, keeper.original_of)
            return done, watch

        try:
            done, watch = session.run(settings, chosen, work)
        except (NoSuchPlan, NothingToRestore) as error:  # a run, and a plan, is one route's
            of_nobody = str(error) + ("; `samepic runs` has the runs" if run else "")
            continue
        if as_json:
            print_json(outcome.as_json(done, watch.not_eligible))
        else:
            _show(done, watch, dry_run=dry_run, command=_typed(wanted), console=reader())
        if faces is not None:
            title = "What would be put back" if dry_run or done.held is not None else "What was put back"
            save_run_report(title, done, faces, pages[chosen.name])
        codes.append(outcome.exit_code(done, changes_are_pending=dry_run))
    if not codes:
        raise session.fail(of_nobody)
    raise typer.Exit(worst(codes))


def _typed(wanted: Wanted) -> str:
    """The same restore of many again, to be copied."""
    whose = ("--run", str(wanted.run)) if wanted.run is not None else ("--group", wanted.group or "")
    at = ("--at", wanted.at.isoformat()) if wanted.at is not None else ()
    return shlex.join(["samepic", "restore", *whose, *at])


def _show(done: RunOutcome, watch: _Steps, *, dry_run: bool, command: str, console: Console) -> None:
    console.print(f"[italic]{escape(done.route)}: {outcome.people(done.people)}[/]", highlight=False)
    for who, what in watch.named:
        console.print(one_line(f"  {who}: {what}"), highlight=False, markup=False)
    if watch.unnamed:
        console.print(f"  and {watch.unnamed:,} more", highlight=False)
    if done.stopped is not None:
        console.print(f"[bold red]Stopped.[/] {escape(one_line(done.stopped))}", highlight=False)
    if done.held is not None:
        outcome.show_hold(done, console, command=command)
    elif dry_run:
        console.print(f"{outcome.people(done.pending)} to change; the same without --dry-run does it.", highlight=False)
    else:
        outcome.show_done(done, console)
    outcome.show_failures(done, console)
