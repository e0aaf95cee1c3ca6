"""`samepic plans`: the plans that were held, and what was said about them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from samepic.cli import session
from samepic.cli.options import Config, Json, Log, LogFormat, Report, RouteName
from samepic.cli.outcome import hold_as_json, people
from samepic.cli.preview import preview
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.cli.report import pages_of, save_document
from samepic.cli.word import about
from samepic.config.load import Configuration
from samepic.model.held import Kind, PlanEvent, PlanGlance, PlanRecord, Standing
from samepic.model.plan import PlanId, Step
from samepic.model.text import one_line
from samepic.planning.words import REASONS
from samepic.report import Document, Faces, Figure, Section
from samepic.wiring import Assembly

One = Annotated[str | None, typer.Argument(metavar="PLAN", help="One plan, with all that is known of it.")]

NAMED = 20
"""So many examples are named; the report has the faces of all that are remembered."""


def plans(
    plan: One = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many, newest first.")] = 20,
    report: Report = None,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """List the plans that were held, and what was said about them.

    Which wait, which were approved or rejected, by whom, when and why. With a plan's id: its numbers, what happened to
    it, and examples. No system is asked, but for the pictures of a report.
    """
    settings = session.configuration(config, log_format)
    routes = session.routes(settings, route)
    if plan is not None:
        _one(PlanId(plan), report, as_json, settings, route)
        return
    if report is not None:
        raise session.fail("--report is about one plan: samepic plans PLAN --report FILE")

    async def ask(assembly: Assembly) -> list[PlanGlance]:
        return await assembly.engine.plans(limit)

    found = [record for chosen in routes for record in session.run(settings, chosen, ask)]
    found = sorted(found, key=lambda record: record.last.at, reverse=True)[:limit]
    if as_json:
        print_json({"plans": [as_row(record) for record in found]})
    elif not found:
        reader().print("No plan was ever held.")
    else:
        _show_all(found, reader())


def _one(plan: PlanId, report: Report, as_json: bool, settings: Configuration, route: RouteName) -> None:
    pages = pages_of(report, session.routes(settings, route)[:1])

    async def ask(assembly: Assembly) -> tuple[PlanRecord, Faces | None]:
        record = await assembly.engine.held_plan(plan)
        if not pages:
            return record, None
        faces = Faces()
        put_back = assembly.engine.keeper.original_of if record.held.kind is Kind.RESTORE else None
        await preview(assembly, record.held.examples, faces, put_back)
        return record, faces

    record, faces = about(plan, settings, route, ask)
    if as_json:
        print_json(as_row(record) | {"examples": [_step(step) for step in record.held.examples]})
    else:
        _show_one(record, reader())
    if faces is not None:
        [page] = pages.values()
        save_document(Document(f"Samepic: plan {plan}", datetime.now(UTC), [_section(record, faces)]), page, faces)


def as_row(record: PlanGlance) -> dict[str, Any]:
    """A held plan for a program: `standing` is what happened to it last."""
    held, last = record.held, record.last
    return {
        "plan": held.plan,
        "route": held.route,
        "kind": held.kind.value,
        "standing": last.what.value,
        "who": record.said.who or None,
        "why": record.said.why or None,
        "at": last.at.isoformat(),
        "run": held.run,
        "held_at": held.held_at.isoformat(),
        "people": held.people,
        "changes": held.changes,
        "counts": {reason.value: count for reason, count in held.counts.items()},
        "held": hold_as_json(held.hold),
        "events": [event_as_json(event) for event in record.events],
    }


def event_as_json(event: PlanEvent) -> dict[str, Any]:
    """One thing that happened to a plan; who is None where it was a run."""
    return {
        "at": event.at.isoformat(),
        "what": event.what.value,
        "who": event.said.who or None,
        "why": event.said.why or None,
        "account": event.said.account or None,
        "run": event.run,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "person": step.keys.upn or step.keys.mail or step.keys.object_id,
        "display_name": step.display_name,
        "action": step.action.value,
        "reason": step.reason.value,
    }


def _show_all(found: list[PlanGlance], console: Console) -> None:
    for record in found:
        last, held = record.last, record.held
        by = f" by {record.said.who}" if record.said.who else ""
        at = f"{last.at:%Y-%m-%d %H:%M} UTC"
        words = f"{held.kind.value}, {last.what.value}{by}, {at}, {held.changes:,} to change"
        console.print(f"[bold]{held.plan}[/]  {escape(words)}", highlight=False)
        console.print(Padding(Text(record.said.why or held.hold.words), (0, 0, 0, 2)))


def _show_one(record: PlanRecord, console: Console) -> None:
    held = record.held
    console.print(f"[bold]Plan {held.plan}[/] of {held.route}: {record.standing.value}", highlight=False)
    console.print(f"Held because: {held.hold.words}", highlight=False, markup=False)
    console.print(f"{people(held.people)} in the plan, {held.changes:,} to change:", highlight=False)
    for reason, count in held.counts.items():
        console.print(f"  {count:>8,}  {reason.value}: {REASONS[reason].meaning}", highlight=False, markup=False)
    for event in record.events:
        who = f" by {event.said.who}" if event.said.who else ""
        why = f": {event.said.why}" if event.said.why else ""
        words = one_line(f"{event.at:%Y-%m-%d %H:%M} UTC {event.what.value}{who}{why}")
        console.print(words, highlight=False, markup=False)
    if held.examples:
        console.print("For example:", highlight=False)
    for step in held.examples[:NAMED]:
        address = step.keys.upn or step.keys.mail or step.keys.object_id
        words = one_line(f"  {step.display_name} ({address}): {step.reason.value}")
        console.print(words, highlight=False, markup=False)
    if record.standing is Standing.HELD:
        console.print(
            f"Look: samepic plans {held.plan} --report held.html\nThen say: samepic approve {held.plan}, or samepic "
            f"reject {held.plan} --why REASON",
            highlight=False,
            markup=False,
        )


def _section(record: PlanRecord, faces: Faces) -> Section:
    held = record.held
    figures = [
        Figure(f"{held.people:,}", "people in the plan"),
        Figure(f"{held.changes:,}", "to change"),
        Figure(f"{held.hold.overwrites + held.hold.clears:,}", "pictures that would be lost"),
    ]
    rows = [(reason.value, count, REASONS[reason].meaning) for reason, count in held.counts.items()]
    return Section(f"Plan {held.plan}: {record.standing.value}", held.hold.words, figures, rows, faces)
