"""`samepic vault`: the pictures that are kept, as a whole."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from samepic.cli import session
from samepic.cli.exit_codes import Exit
from samepic.cli.help import Command, Group
from samepic.cli.options import Config, Json, Log, LogFormat
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.cli.watch import Watch
from samepic.engine import UnfinishedWrite
from samepic.model.past import Flaw, Flawed, Forgotten, Verified
from samepic.model.text import one_line
from samepic.wiring import Assembly

_MOST_NAMED = 20

_WORDS = {
    Flaw.DAMAGED: "damaged",
    Flaw.MISSING: "missing",
    Flaw.REPAIRED: "repaired",
    Flaw.COPIED: "replaced by another copy",
}

_UNFINISHED_GIFT = (
    "{person}: a picture that was given in the portal was cut short; `samepic serve` finishes it at its start, then "
    "try again"
)

_GIFT_GIVEN_UP = (
    "A picture that was given in the portal had been cut short, and nobody puts it in any more. Their mailbox shows "
    "that one or the one before; it was not asked."
)

app = typer.Typer(no_args_is_help=True, cls=Group, help="Verify the pictures that are kept; forget a person's.")


@app.callback()
def vault() -> None:
    """The pictures that are kept: verify them, forget a person's."""


@app.command(cls=Command)
def verify(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Have the systems give back what is damaged or missing; take away what is nobody's."
        ),
    ] = False,
    config: Config = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """See whether every picture that is kept is whole.

    Reads each and compares it with its checksum; counts files that are nobody's. Those that people gave in the portal
    are a route of their own, portal:exchange_online. Ends with 0 where all are whole, or have become so by --repair,
    and with 1 where one is damaged or missing.
    """
    settings = session.configuration(config, log_format)
    lost = 0
    for number, chosen in enumerate(session.with_what_is_given(settings, None)):

        async def go_through(assembly: Assembly, first: bool = number == 0) -> Verified:
            with Watch() as watch:
                return await assembly.engine.keeper.verify(repair=repair, orphans=first, progress=watch)

        verified = session.run_chosen(settings, chosen, go_through)
        if chosen.gives and not verified.pictures:
            continue
        lost += verified.lost
        if as_json:
            print_json({"route": chosen.name, **_as_json(verified)})
        else:
            _show(chosen.name, verified, reader(), repair=repair)
    raise typer.Exit(Exit.FAILED if lost else Exit.OK)


@app.command(cls=Command)
def forget(
    person: Annotated[
        str,
        typer.Argument(metavar="PERSON", help="Object id, UPN or mail address; of somebody who left, not the mail."),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Erase everything that is remembered of a person.

    Pictures, history, fingerprints, on every route. No system is changed. Whoever still takes part is met anew by
    the next run; to keep them out, opt them out first. A write that was cut short is finished first, by the next sync,
    or by `samepic serve` where it was a gift in the portal; with uploads = "off" such a gift is forgotten too.
    """
    settings = session.configuration(config, log_format)
    every = session.with_what_is_given(settings, None)
    names = [chosen.name for chosen in every]
    nobody_gives = settings.settings.portal.uploads != "app"
    given_up = [chosen.name for chosen in every if chosen.gives and nobody_gives]
    if not yes and not sys.stdin.isatty():
        raise session.fail("--yes is needed where nobody can be asked: what is erased is erased for good")
    if not yes and not typer.confirm(f"Erase all that is remembered of {person}? This cannot be undone.", err=True):
        raise session.fail("nothing was erased")

    async def erase(assembly: Assembly) -> Forgotten:
        return await assembly.engine.keeper.forget(person, names, given_up)

    try:
        done = session.run(settings, settings.settings.routes[0], erase)
    except UnfinishedWrite as error:
        gift = any(chosen.gives and chosen.name == error.route for chosen in every)
        raise session.fail(_UNFINISHED_GIFT.format(person=person) if gift else str(error)) from None
    if as_json:
        told = {"person": done.person, "pictures": done.pictures, "files": done.files}
        print_json(told | {"unfinished": done.unfinished})
    else:
        words = f"Forgotten: {done.person}, with {done.pictures:,} pictures ({done.files:,} files erased)."
        reader().print(words, highlight=False, markup=False)
        if done.unfinished:
            reader().print(_GIFT_GIVEN_UP, highlight=False)


def _as_json(verified: Verified) -> dict[str, Any]:
    return {
        "pictures": verified.pictures,
        "size_bytes": verified.size_bytes,
        "whole": verified.whole,
        **{flaw.value: verified.counts.get(flaw, 0) for flaw in Flaw},
        "orphans": verified.orphans,
        "collected": verified.collected,
        "flaws": [_flaw(one) for one in verified.flaws],
    }


def _flaw(one: Flawed) -> dict[str, Any]:
    return {"person": one.kept.key, "sha256": one.kept.sha256, "flaw": one.flaw.value, "words": one.words}


def _show(route: str, verified: Verified, console: Console, *, repair: bool) -> None:
    size = f"{verified.size_bytes / 1e6:,.1f} MB"
    console.print(f"{route}: {verified.pictures:,} pictures, {size}; {verified.whole:,} whole.", highlight=False)
    for flaw, count in verified.counts.items():
        console.print(f"{count:,} {_WORDS[flaw]}.", highlight=False)
    for one in verified.flaws[:_MOST_NAMED]:
        words = f"  {_WORDS[one.flaw]}: {one.kept.sha256} of {one.kept.key}" + (f": {one.words}" if one.words else "")
        console.print(one_line(words), highlight=False, markup=False)
    if len(verified.flaws) > _MOST_NAMED:
        console.print(f"  and {len(verified.flaws) - _MOST_NAMED:,} more; --json lists them", highlight=False)
    if verified.lost and not repair:
        console.print("--repair asks the systems for them.", highlight=False)
    if verified.orphans:
        gone = f"; {verified.collected:,} taken away, the others are too new to be certain" if repair else ""
        console.print(f"{verified.orphans:,} files are nobody's{gone}.", highlight=False)
