"""The demo's command: options, words and figures."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import aiohttp
import typer

from samepic.cli import logging
from samepic.cli.demo.story import Story, told
from samepic.cli.demo.world import DemoFailed, started
from samepic.cli.options import Json, Log, LogFormat
from samepic.cli.print_json import print_json
from samepic.cli.reader import Screen
from samepic.cli.session import fail
from samepic.ports.errors import SystemFault
from samepic.report import save
from samepic.transport.credentials import UnusableCertificate

T = TypeVar("T")

READING_WIDTH = 120
MOST_PEOPLE = 100_000
MARK = ".made-by-samepic-demo"


def demo(
    people: Annotated[
        int, typer.Option(metavar="N", min=20, max=MOST_PEOPLE, help="How many people the made-up organisation has.")
    ] = 200,
    seed: Annotated[int, typer.Option(metavar="N", help="What the organisation is drawn from.")] = 1,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="The tenant's port; 0 takes a free one.")
    ] = 0,
    folder: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the demo keeps its files; made anew each time.")
    ] = Path("samepic-demo"),
    stay: Annotated[bool, typer.Option("--stay", help="Leave tenant and portal running, to look around.")] = False,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Show the whole job on a made-up organisation of this machine.

    Nothing leaves the machine. Shows coverage before, the steps that a person has to do by hand, the same by Samepic
    for everybody, a plan that is held because somebody's script mixed up faces, and where the report lies.
    """
    logging.start(log_format)
    console = Screen(stderr=as_json, soft_wrap=True, quiet=as_json and log_format is LogFormat.JSON)
    if not console.is_terminal:
        console.width = READING_WIDTH  # a log or a page is wider than the 80 columns that rich takes it for
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the tenant is ended on the way out
    try:
        _fresh(folder)
        with started(folder, people, seed, port) as world:
            story = _to_its_end(told(world, folder, console, show_progress=sys.stderr.isatty()))
            page, sheet = save(story.document(datetime.now(UTC)), folder / "report.html")
            console.print(f"\n[bold]5. The report[/]\n   {page}\n   {sheet}", highlight=False)
            if as_json:
                print_json({**story.as_json(), "report": str(page), "contact_sheet": str(sheet)})
            story.faces.close()
            if stay:
                from samepic.cli.demo.staying import stayed  # nobody who does not stay waits for what pages need

                with suppress(KeyboardInterrupt):
                    _to_its_end(stayed(world, folder, console, as_json=as_json))
                console.print("\nEnded.")
    except (DemoFailed, SystemFault, UnusableCertificate, aiohttp.ClientError, OSError) as error:
        raise fail(f"samepic demo: {error}") from None


def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """SIGTERM cancels it as Ctrl-C does: raised wherever Python is just then, it would be a task's own failure."""

    async def whole() -> T:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    try:
        return asyncio.run(whole())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # the loop has left it to the system


def _fresh(folder: Path) -> None:
    """An empty folder; one that holds anything else than an earlier demo is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise DemoFailed(f"{folder} is not a demo's folder; name another with --folder")
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # portraits, and a tenant's password in its log
    (folder / MARK).touch(mode=0o600)


__all__ = ["Story", "demo"]
