"""`samepic tenant`: a Microsoft 365 tenant on one's own machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

PORT = 8365

app = typer.Typer(no_args_is_help=True, help="A Microsoft 365 tenant on your own machine, picture-deep.")


@app.callback()
def tenant() -> None:
    """A Microsoft 365 tenant on your own machine, picture-deep."""


@app.command()
def serve(
    people: Annotated[int | None, typer.Option(min=1, help="How many people the world has (200).")] = None,
    seed: Annotated[int | None, typer.Option(help="What the world is drawn from (1).")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = PORT,
    state: Annotated[Path | None, typer.Option(help="A folder that outlives the process, kill -9 included.")] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Also answer under the vendor's host names.")] = False,
    behaviour: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Turn a switch of docs/reference/behaviours.md; repeatable."),
    ] = None,
) -> None:
    """Start it; once it answers, one JSON line says how to reach it."""
    from localtenant.announcement import Announcement
    from localtenant.behaviours import UnknownBehaviour
    from localtenant.founding import Options
    from localtenant.serve import CannotServe
    from localtenant.serve import serve as serve_tenant

    def announce(said: Announcement) -> None:
        typer.echo(json.dumps(said.as_json()))

    options = Options(people, seed, port, state, tls, _switches(behaviour or []))
    try:
        serve_tenant(options, announce)
    except (CannotServe, UnknownBehaviour) as error:
        typer.echo(f"samepic tenant serve: {error}", err=True)
        raise typer.Exit(1) from None


def _switches(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    for name, equals, _ in pairs:
        if not equals:
            raise typer.BadParameter(f"write --behaviour NAME=VALUE, not {name!r}")
    return {name: value for name, _, value in pairs}
