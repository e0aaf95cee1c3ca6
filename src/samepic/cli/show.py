"""`samepic show`: one person's picture out of the vault."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from samepic.cli import kept, session
from samepic.cli.exit_codes import Exit
from samepic.cli.moment import At
from samepic.cli.options import Config, Json, Log, LogFormat, Person, RouteName
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.model.past import Past
from samepic.model.picture import NO_PICTURE, Answer, PictureState
from samepic.model.remembered import Kept
from samepic.model.text import one_line
from samepic.ports.vault import VaultDamaged
from samepic.wiring import Assembly

STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True, slots=True)
class _Found:
    """What the target showed, its original where that is kept, and the bytes where they were wanted."""

    past: Past
    showed: PictureState | None
    original: Kept | None
    data: bytes | None


def show(
    person: Person,
    at: At = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the picture's bytes there; - is standard output.")
    ] = None,
    config: Config = None,
    route: RouteName = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Show a person's picture out of the vault.

    The original of what the target shows, or showed at a time, as far as Samepic wrote it. Without --out: what it
    is, where it came from, and how to have it. Ends with 1 where there is no such picture.
    """
    settings = session.configuration(config, log_format)
    if out == STANDARD_OUTPUT and sys.stdout.isatty():
        raise session.fail("a picture's bytes are nothing for a terminal; name a file, or send the output into one")
    if out == STANDARD_OUTPUT and as_json:
        raise session.fail("--json and --out - would share standard output; name a file")
    chosen = session.routes(settings, route)
    if len(chosen) > 1:
        raise session.fail(f"--route says which of {', '.join(one.name for one in chosen)}")

    async def ask(assembly: Assembly) -> _Found:
        return await _find(assembly, person, at, wanted=out is not None)

    try:
        found = session.run(settings, chosen[0], ask)
    except VaultDamaged as error:
        raise session.fail(f"{error}; `samepic vault verify --repair` may mend it") from None
    if out is not None and found.data is not None:
        _write(out, found.data)
    if as_json:
        print_json(_as_json(found, out))
    elif out != STANDARD_OUTPUT:
        _tell(found, person, out, reader())
    if found.original is None or (out is not None and found.data is None):
        if out == STANDARD_OUTPUT:
            raise session.fail(_missing(found))
        raise typer.Exit(Exit.FAILED)


async def _find(assembly: Assembly, person: str, at: datetime | None, *, wanted: bool) -> _Found:
    keeper = assembly.engine.keeper
    past = await keeper.past(person)
    showed = past.shown(at)
    original = past.named(showed) if showed is not None else None
    data = await keeper.fetch(original) if original is not None and wanted else None
    return _Found(past, showed, original, data)


def _write(out: Path, data: bytes) -> None:
    if out == STANDARD_OUTPUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise session.fail(f"{out} could not be written: {error.strerror}") from None


def _as_json(found: _Found, out: Path | None) -> dict[str, Any]:
    past = found.past
    return {
        "person": past.person,
        "display_name": past.display_name,
        "route": past.route,
        "showed": found.showed.value if isinstance(found.showed, Answer) else found.showed and "picture",
        "picture": None if found.original is None else kept.as_json(found.original, past),
        "file": str(out) if out is not None and found.data is not None else None,
    }


def _tell(found: _Found, person: str, out: Path | None, console: Console) -> None:
    past, original = found.past, found.original
    console.print(f"[bold]{escape(past.display_name)}[/] ({escape(one_line(past.person))})", highlight=False)
    if original is None:
        console.print(_missing(found), highlight=False)
        return
    lost = "" if original.sha256 in past.present else ", lost from the vault"
    console.print(kept.size_of(original) + lost, highlight=False)
    run = f" by run {original.run}" if original.run else ""
    console.print(f"read from {original.system} at {original.kept_at:%Y-%m-%d %H:%M} UTC{run}", highlight=False)
    console.print(f"in the vault as {original.sha256}", highlight=False)
    if out is None:
        file = f"picture.{kept.SUFFIXES.get(original.media_type, 'jpg')}"
        console.print(f"To have it: samepic show {person} --out {file}", highlight=False, markup=False)
    elif found.data is not None:
        console.print(f"Written to {out}.", highlight=False, markup=False)


def _missing(found: _Found) -> str:
    if found.original is not None:
        return "The picture's file is lost from the vault; `samepic vault verify --repair` may mend it."
    if found.showed is None:
        return "Nothing was written for this person yet, so there is nothing to show."
    if found.showed is NO_PICTURE:
        return "The target showed no picture then."
    return "What the target showed then is no longer kept."
