"""`samepic tenant`: a Microsoft 365 tenant on one's own machine."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from samepic.cli import logging
from samepic.cli.help import Command, Group
from samepic.cli.options import Log, LogFormat

if TYPE_CHECKING:
    from localtenant.announcement import Announcement
    from localtenant.founding import Options

PORT = 8365
MOST_PEOPLE = 1_000_000
WORTH_TELLING = 5_000  # people who are drawn while somebody waits and wonders
PARENT_LOOK_SECONDS = 0.5
WRITTEN = "# Written by `samepic tenant serve`, and anew whenever it starts with --write-config.\n"

app = typer.Typer(no_args_is_help=True, cls=Group, help="A Microsoft 365 tenant on your own machine, picture-deep.")


@app.callback()
def tenant() -> None:
    """A Microsoft 365 tenant on your own machine, picture-deep."""


@app.command(cls=Command)
def serve(
    people: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, max=MOST_PEOPLE, help="How many people the world has (200), a million at most."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="What the world is drawn from (1).")] = None,
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="The port; 0 takes a free one.")] = PORT,
    state: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A folder that outlives the process, kill -9 included.")
    ] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Also answer under the vendor's host names.")] = False,
    behaviour: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Turn a switch of docs/reference/behaviours.md; repeatable."),
    ] = None,
    licences: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="How many licences it has: Microsoft's budgets grow by them; as people."),
    ] = None,
    budget: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Another figure for a budget of docs/reference/tenant-budgets.md, or off; repeatable.",
        ),
    ] = None,
    time_scale: Annotated[
        float,
        typer.Option(metavar="N", min=1, max=20, help="Budgets and gates pass so many times faster."),
    ] = 1,
    latency: Annotated[
        float,
        typer.Option(metavar="MS", min=0, max=60_000, help="How much longer every answer takes, in milliseconds."),
    ] = 0,
    write_config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a samepic.toml that points at it.")
    ] = None,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="End as soon as the process that started it has ended.")
    ] = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Start it; once it answers, one JSON line says how to reach it."""
    logging.start(log_format)
    from localtenant.behaviours import UnknownBehaviour
    from localtenant.budgets.enforcing import UnknownBudget
    from localtenant.founding import Options
    from localtenant.serve import CannotServe
    from localtenant.serve import serve as serve_tenant

    def announce(said: Announcement) -> None:
        if write_config is not None:
            _write(write_config, said, options)
        print(json.dumps(said.as_json()), flush=True)  # noqa: T201  # one line for programs, whatever the terminal

    if write_config is not None and not _may_write(write_config):
        logging.say(f"samepic tenant serve: {write_config} is somebody's own configuration; name another file")
        raise typer.Exit(1)
    if with_parent:
        Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    options = Options(
        people,
        seed,
        port,
        state.resolve() if state else None,
        tls,
        _pairs("behaviour", behaviour or []),
        _pairs("budget", budget or []),
        time_scale,
        latency,
        licences,
    )
    try:
        serve_tenant(options, announce, _told if sys.stderr.isatty() else None)
    except (CannotServe, UnknownBehaviour, UnknownBudget, OSError) as error:
        logging.say(f"samepic tenant serve: {error}")
        raise typer.Exit(1) from None


def _told(people: int, of: int) -> None:
    """How far a big world has come, in one line that is written over until all is drawn."""
    if of >= WORTH_TELLING and (people % WORTH_TELLING == 0 or people == of):
        end = "\n" if people == of else ""
        sys.stderr.write(f"\rDrawing the world: {people:,} of {of:,} people{end}")
        sys.stderr.flush()


def _end_with(parent: int) -> None:
    """A killed program cannot end what it started; whoever has lost its parent notices by itself."""
    while os.getppid() == parent:
        time.sleep(PARENT_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _may_write(path: Path) -> bool:
    """A file that a tenant wrote is written over, never anybody's own."""
    return not path.exists() or path.read_text(encoding="utf-8", errors="replace").startswith(WRITTEN)


def _write(path: Path, said: Announcement, options: Options) -> None:
    """What the tenant lets its apps call, the file says too, so that Samepic keeps to it."""
    from localtenant.founding import PEOPLE
    from samepic.config.owned_file import write_owned
    from samepic.config.settings import BudgetSettings
    from samepic.config.template import Found, render

    own = {name: value for name, value in options.budgets.items() if name in BudgetSettings.model_fields}

    found = Found(
        tenant_id=said.tenant_id,
        client_id=said.client_id,
        cloud="custom",
        url=said.url,
        certificate=Path(said.client_certificate),
        ca_file=Path(said.ca_file) if said.ca_file else None,
        sharepoint_name=said.url,
        licences=None if options.budgets.get("all") == "off" else options.licences or options.people or PEOPLE,
        time_scale=options.time_scale,
        budgets={name: int(value) for name, value in own.items() if value.isdecimal() and int(value)},
        administrators=(said.administrators,),
        helpdesk=(said.helpdesk,),
    )
    write_owned(path, (WRITTEN + render(found)).encode())


def _pairs(option: str, given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    for name, equals, _ in pairs:
        if not equals:
            raise typer.BadParameter(f"write --{option} NAME=VALUE, not {name!r}")
    return {name: value for name, _, value in pairs}
