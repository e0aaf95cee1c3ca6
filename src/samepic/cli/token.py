"""`samepic token`: what programs show to the portal's API."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from samepic.cli import session
from samepic.cli.help import Command, Group
from samepic.cli.options import Config, Json, Log, LogFormat
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.cli.word import said
from samepic.model.api_token import ApiToken, TokenRole
from samepic.model.audit import Deed, Done
from samepic.model.text import one_line
from samepic.wiring import WallClock

app = typer.Typer(no_args_is_help=True, cls=Group, help="Tokens for programs that use the portal's API.")


@app.callback()
def token() -> None:
    """Tokens for programs that use the portal's API."""


@app.command(cls=Command)
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for; stands beside what it does.")],
    role: Annotated[TokenRole, typer.Option("--role", help="What it may do: docs/reference/api.md.")],
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, max=730, help="After so many it ends.")] = 90,
    config: Config = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Make a token, and tell it once."""
    settings, now = session.configuration(config, log_format), WallClock().now()
    if not 0 < len(named := one_line(name).strip()) <= 100:
        raise session.fail("a name has 1 to 100 characters")
    with session.state(settings) as state:
        state.audit.enter(_done(Deed.PROGRAM_LET_IN, role.value, named), now)
        made, spelled = state.api_tokens.make(named, role, now, timedelta(days=days))
    if as_json:
        print_json({**_as_row(made), "token": spelled})
        return
    reader().print(spelled, highlight=False, markup=False)
    until = f"{made.ends_at:%Y-%m-%d}"
    reader().print(
        f"It holds until {until}. Nobody can tell it again: keep it where secrets are kept.", highlight=False
    )


@app.command("list", cls=Command)
def every(config: Config = None, as_json: Json = False, log_format: Log = LogFormat.TEXT) -> None:
    """List the tokens: what each is for, and until when."""
    settings = session.configuration(config, log_format)
    with session.state(settings) as state:
        found = state.api_tokens.all()
    if as_json:
        print_json({"tokens": [_as_row(one) for one in found]})
        return
    if not found:
        reader().print("No token was ever made.")
    now = WallClock().now()
    for one in found:
        stands = f"until {one.ends_at:%Y-%m-%d}" if one.holds(now) else "revoked" if one.revoked_at else "ended"
        used = f"used {one.used_at:%Y-%m-%d}" if one.used_at else "never used"
        reader().print(f"{one.id}  {one.role.value:13}  {stands}, {used}  {one.name}", highlight=False, markup=False)


@app.command(cls=Command)
def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="As `samepic token list` shows it.")],
    config: Config = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """End a token at once. One that has ended already stays as it was."""
    settings = session.configuration(config, log_format)
    with session.state(settings) as state:
        found, now = next((one for one in state.api_tokens.all() if one.id == id), None), WallClock().now()
        if found is not None and found.revoked_at is None:
            state.audit.enter(_done(Deed.PROGRAM_SHUT_OUT, found.id, found.name), now)
        ended = state.api_tokens.revoke(id, now)
    if ended is None:
        raise session.fail(f"there is no token {one_line(id)}; `samepic token list` shows them")
    if as_json:
        print_json(_as_row(ended))
    else:
        reader().print(f"{ended.id} lets nobody in any more.", highlight=False)


def _done(what: Deed, about: str, words: str) -> Done:
    account = said(None, "").account
    return Done(account, account, "command line", what, about, words)


def _as_row(one: ApiToken) -> dict[str, Any]:
    moments = {name: getattr(one, name) for name in ("made_at", "ends_at", "used_at", "revoked_at")}
    told = {name: at.isoformat() if at else None for name, at in moments.items()}
    return {"id": one.id, "name": one.name, "role": one.role.value, **told}
