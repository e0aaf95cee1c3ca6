"""`samepic approve` and `samepic reject`: a person's word about a plan that is held."""

from __future__ import annotations

from typing import Annotated

import typer

from samepic.cli import session
from samepic.cli.options import Config, Json, Log, LogFormat, RouteName
from samepic.cli.plans import as_row
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.cli.word import Plan, Who, about, said
from samepic.model.held import Kind, PlanRecord, Said
from samepic.model.plan import PlanId

_CARRIED_OUT_BY = {
    Kind.SYNC: "`samepic sync`",
    Kind.INCREMENTAL: "`samepic sync --incremental`, or the service's next sweep,",
    Kind.RESTORE: "The same `samepic restore` again",
}


def approve(
    plan: Plan,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why it is right; kept with your name.")] = "",
    who: Who = None,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Let a held plan go.

    The next `samepic sync` carries it out, if the facts are the same then. Who approved it, when and why is kept. A
    plan whose facts have changed is stale and cannot be approved.
    """
    settings = session.configuration(config, log_format)
    word = said(who, why)
    record = about(PlanId(plan), settings, route, lambda assembly: assembly.engine.approve(PlanId(plan), word))
    command = _CARRIED_OUT_BY[record.held.kind]
    _tell(record, word, f"{command} carries it out, if the facts are the same then.", as_json=as_json)


def reject(
    plan: Plan,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why it is wrong; kept with your name.")],
    who: Who = None,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Keep a held plan from being carried out.

    It stays held, and says why, until the facts change. An approved plan may be rejected as long as no sync has begun
    upon it.
    """
    settings = session.configuration(config, log_format)
    if not why.strip():
        raise session.fail("--why: say why it is wrong; whoever meets the held plan reads it")
    word = said(who, why)
    record = about(PlanId(plan), settings, route, lambda assembly: assembly.engine.reject(PlanId(plan), word))
    _tell(record, word, "It stays held until the facts change.", as_json=as_json)


def _tell(record: PlanRecord, word: Said, next_step: str, *, as_json: bool) -> None:
    if as_json:
        print_json(as_row(record))
        return
    last = record.last
    earlier = f" already, by {last.said.who}" if last.said.who != word.who and last.said.who else ""
    words = f"Plan {record.held.plan} is {last.what.value}{earlier}. {next_step}"
    reader().print(words, highlight=False, markup=False)
