"""`samepic history`: which pictures of a person were seen and written, when, from where, by which run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from samepic.cli import kept, session
from samepic.cli.options import Config, Json, Log, LogFormat, Person, RouteName
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.model.decision import Action, Reason
from samepic.model.past import Past
from samepic.model.remembered import Change
from samepic.model.text import one_line
from samepic.wiring import Assembly

_DID = {Action.WRITE: "written", Action.CLEAR: "cleared"}


def history(
    person: Person,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """List the pictures of a person that were seen and written.

    When, from where, by which run; newest first. Pictures that the person gave in the portal come as a route of their
    own, portal:exchange_online. Whoever has left is found by object id or UPN until their pictures are no longer kept.
    """
    settings = session.configuration(config, log_format)

    async def ask(assembly: Assembly) -> Past:
        return await assembly.engine.keeper.past(person)

    for chosen in session.with_what_is_given(settings, route):
        past = session.run_chosen(settings, chosen, ask)
        if chosen.gives and route is None and not (past.kept or past.changes):
            continue  # whoever gave nothing in the portal need not hear of it
        if as_json:
            print_json(_as_json(past))
        else:
            _show(past, chosen.target, reader())


def _as_json(past: Past) -> dict[str, Any]:
    return {
        "person": past.person,
        "display_name": past.display_name,
        "route": past.route,
        "pictures": [kept.as_json(one, past) for one in past.kept],
        "changes": [kept.change_as_json(change) for change in past.changes],
    }


def _show(past: Past, target: str, console: Console) -> None:
    console.print(
        f"[bold]{escape(past.display_name)}[/] ({escape(one_line(past.person))}), {past.route}", highlight=False
    )
    lines = [(one.kept_at, "seen", kept.size_of(one), one.system, one.run, one.sha256[:12]) for one in past.kept]
    lines += [_line(past, change, target) for change in past.changes]
    if not lines:
        console.print("Nothing was written for this person yet, and no picture of theirs is kept.")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("When (UTC)", "What", "Picture", "Where", "Run", "In the vault"):
        table.add_column(heading, overflow="fold")
    for moment, *rest in sorted(lines, key=lambda line: line[0], reverse=True):
        table.add_row(f"{moment:%Y-%m-%d %H:%M:%S}", *rest)
    console.print(table)


def _line(past: Past, change: Change, target: str) -> tuple[datetime, str, str, str, str, str]:
    did = "restored" if change.reason is Reason.RESTORED else _DID[change.action]
    was = kept.words_of(past, change.before)
    words = f"{kept.words_of(past, change.after)}, instead of {was}"
    name = change.after[:12] if isinstance(change.after, str) else ""
    return change.at, did, words, target, change.run, name
