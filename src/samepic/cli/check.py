"""`samepic check`: whether the systems answer, and what to grant."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console

from samepic.cli import session
from samepic.cli.exit_codes import Exit
from samepic.cli.options import Config, Json, Log, LogFormat, RouteName
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.config.load import Configuration
from samepic.config.secrets import MissingSecret
from samepic.model.system import Probe
from samepic.ports.errors import SystemFault
from samepic.wiring import Assembly


def check(
    config: Config = None, route: RouteName = None, as_json: Json = False, log_format: Log = LogFormat.TEXT
) -> None:
    """Try each system with the real credentials; say what to grant.

    Changes nothing. Where [portal] is filled in, also whether people can sign in there, whether its groups exist, and
    whether the pictures that people give can be put in.
    """
    settings = session.configuration(config, log_format)

    async def probe(assembly: Assembly) -> list[Probe]:
        return [await system.probe() for system in assembly.systems.values()]

    probes: dict[str, Probe] = {}
    for chosen in session.routes(settings, route):
        for found in session.run(settings, chosen, probe):
            probes.setdefault(found.system, found)
    if route is None and settings.settings.portal.in_use:
        of_portal = session.in_words(lambda: _of_portal(settings))
        probes[of_portal.system] = of_portal
    if as_json:
        print_json(
            {"works": all(one.works for one in probes.values()), "systems": [_as_json(p) for p in probes.values()]}
        )
    else:
        for one in probes.values():
            _show(one, reader())
    raise typer.Exit(Exit.OK if all(one.works for one in probes.values()) else Exit.FAILED)


async def _of_portal(settings: Configuration) -> Probe:
    from samepic.portal.opening import opened  # the web's libraries: whoever has no portal does not wait for them
    from samepic.portal.probing import NAME, probed

    try:
        async with opened(settings, settings.settings.portal.address()[1]) as site:
            return await probed(site)
    except (MissingSecret, SystemFault) as error:
        return Probe(NAME, works=False, words=str(error))


def _as_json(probe: Probe) -> dict[str, Any]:
    return {
        "system": probe.system,
        "works": probe.works,
        "can_write": probe.can_write,
        "words": probe.words,
        "missing": [{"permission": grant.permission, "why": grant.why} for grant in probe.missing],
        "notes": list(probe.notes),
        "facts": probe.facts,
    }


def _show(probe: Probe, console: Console) -> None:
    mark = "[green]works[/]" if probe.works else "[bold red]does not work[/]"
    console.print(f"[bold]{probe.system}[/]: {mark}", highlight=False)
    console.print(f"  {probe.words}", highlight=False, markup=False)
    for grant in probe.missing:
        console.print(f"  needs {grant.permission}: {grant.why}", highlight=False, markup=False)
    for note in probe.notes:
        console.print(f"  note: {note}", highlight=False, markup=False)
