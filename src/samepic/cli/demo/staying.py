"""What `samepic demo --stay` leaves up: the tenant, and the portal before it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from samepic.cli.demo.world import World
from samepic.cli.print_json import print_json
from samepic.cli.reader import Screen
from samepic.config.load import load
from samepic.portal.opening import served

_LOOK_SECONDS = 0.5
_ANY_PORT = ("127.0.0.1", 0)


async def stayed(world: World, folder: Path, console: Screen, *, as_json: bool) -> None:
    """Say who may sign in where; until Ctrl-C, or until the tenant has ended."""
    config = folder / "samepic.toml"
    async with served(load(config), _ANY_PORT) as portal:
        (name, password), (helps, helps_password) = world.administrator, world.at_helpdesk
        if as_json:
            person = {"url": world.url, "name": world.name, "password": world.password, "config": str(config)}
            administrator = {"name": name, "password": password}
            at_helpdesk = {"name": helps, "password": helps_password}
            print_json(person | {"portal": portal, "administrator": administrator, "at_helpdesk": at_helpdesk})
        console.print(
            f"\n[bold]The tenant and the portal stay up.[/]\n"
            f"   the portal     {portal}\n   the tenant     {world.url}\n"
            f"   somebody       {world.name}  {world.password}\n"
            f"   helpdesk       {helps}  {helps_password}\n"
            f"   administrator  {name}  {password}\n"
            f"   Samepic        samepic --help, with --config {config}\n   Ctrl-C ends it.",
            highlight=False,
        )
        while world.process.poll() is None:  # noqa: ASYNC110  # a process tells nobody that it has ended
            await asyncio.sleep(_LOOK_SECONDS)
