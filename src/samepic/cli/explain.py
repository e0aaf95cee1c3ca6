"""`samepic explain`: why one person's picture is, or is not, what it should be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from samepic.cli import session
from samepic.cli.options import Config, Json, Log, LogFormat, Person, RouteName
from samepic.cli.reader import reader
from samepic.model.outcome import Explanation, SystemView
from samepic.model.picture import Answer
from samepic.model.text import one_line
from samepic.planning.words import NOT_ELIGIBLE, REASONS
from samepic.wiring import Assembly


def explain(
    person: Person,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Say what each system shows for a person, and why.

    And who can do what about it. Nothing is written.
    """
    settings = session.configuration(config, log_format)

    async def ask(assembly: Assembly) -> Explanation:
        return await assembly.engine.explain(person)

    session.tell_each(
        settings, route, ask, lambda explained, _: _show(explained, reader()), _as_json if as_json else None
    )


def _as_json(explained: Explanation) -> dict[str, Any]:
    return {
        "person": explained.person,
        "display_name": explained.display_name,
        "route": explained.route,
        "systems": [_system(view) for view in explained.systems],
        "eligible": explained.eligible,
        "not_eligible": explained.not_eligible,
        "reason": explained.reason,
        "action": explained.action,
        "detail": explained.detail,
        "next_step": explained.next_step,
        "person_can": explained.person_can,
        "administrator_can": explained.administrator_can,
    }


def _system(view: SystemView) -> dict[str, Any]:
    told = isinstance(view.state, Answer)
    age = None if view.changed_at is None else (datetime.now(UTC) - view.changed_at).total_seconds()
    return {
        "system": view.system,
        "picture": None if view.state is Answer.NOT_TOLD else not told,
        "answer": view.state.value if isinstance(view.state, Answer) else "picture",
        "stamp": None if told else view.state,
        "changed_at": None if view.changed_at is None else view.changed_at.isoformat(),
        "age_seconds": None if age is None else round(age),
        "same_as_source": view.same_as_source,
        "words": view.words,
    }


def _why(explained: Explanation) -> str:
    """In a sentence: a word from a closed list means something to programs only."""
    if explained.not_eligible is not None:
        return f"{explained.not_eligible.value}: {NOT_ELIGIBLE[explained.not_eligible].meaning}"
    return explained.detail or REASONS[explained.reason].meaning


def _show(explained: Explanation, console: Console) -> None:
    name, person = one_line(explained.display_name), one_line(explained.person)
    console.print(f"[bold]{escape(name)}[/] ({escape(person)})", highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("System", "Picture", "Changed", "Same as the source's"):
        table.add_column(heading, overflow="fold")
    source = explained.systems[0].system if explained.systems else ""
    for view in explained.systems:
        changed = "" if view.changed_at is None else f"{view.changed_at:%Y-%m-%d %H:%M} UTC"
        same = "" if view.system == source else {True: "yes", False: "no", None: ""}[view.same_as_source]
        table.add_row(view.system, escape(one_line(view.words)), changed, same)
    console.print(table)
    console.print(f"\n[bold]{explained.reason.value}[/]: {escape(one_line(_why(explained)))}", highlight=False)
    for heading, words in (
        ("Next", explained.next_step),
        ("The person can", explained.person_can),
        ("An administrator can", explained.administrator_can),
    ):
        if words:
            console.print(f"{heading}: {escape(one_line(words))}", highlight=False)
