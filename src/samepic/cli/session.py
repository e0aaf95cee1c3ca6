"""What every command about a route does first and last: configuration, systems, engine, and errors in words."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import typer

from samepic.cli import logging
from samepic.cli.exit_codes import Exit
from samepic.cli.options import LogFormat
from samepic.cli.print_json import print_json
from samepic.config.load import BadConfiguration, Configuration, find, load
from samepic.config.settings import RouteSettings
from samepic.engine import UnknownPerson
from samepic.ports.errors import AccessDenied, SystemFault
from samepic.ports.state import RouteBusy, StateNewer, StateOfAnother, StateUnusable
from samepic.ports.vault import VaultUnusable
from samepic.state.store import Store, open_state
from samepic.transport.credentials import UnusableCertificate
from samepic.wiring import Assembly, assembled, giving, giving_name, state_at

T = TypeVar("T")


def fail(words: str) -> typer.Exit:
    """Say why the command ends, on standard error; raise what comes back."""
    logging.say(words)
    return typer.Exit(Exit.FAILED)


def configuration(path: Path | None, log_format: LogFormat) -> Configuration:
    """Start the log and load the file; a file that cannot be used ends the command with all its faults."""
    logging.start(log_format)
    try:
        settings = load(find(path))
    except BadConfiguration as error:
        raise fail(str(error)) from None
    if settings.settings.log.names:
        logging.allow_names()
    return settings


def routes(settings: Configuration, name: str | None) -> tuple[RouteSettings, ...]:
    """The routes that a command is about: the named one, or all."""
    every = settings.settings.routes
    if name is None:
        return every
    chosen = tuple(route for route in every if route.name == name)
    if not chosen:
        raise fail(f"there is no route {name!r}; there are: {', '.join(route.name for route in every)}")
    return chosen


@contextmanager
def state(settings: Configuration) -> Iterator[Store]:
    """What is remembered, for commands that ask no system. A state that cannot be used ends the command in words."""
    settings.state_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        opened = open_state(state_at(settings))
        try:
            yield opened
        finally:
            opened.close()
    except (StateNewer, StateUnusable) as error:
        raise fail(str(error)) from None


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the routes that a command about what is kept goes through. target: the system that it writes.

    gives: it is not the route itself, but the one by which people give pictures in the portal, into its source.
    """

    name: str
    target: str
    settings: RouteSettings
    gives: bool = False


def with_what_is_given(settings: Configuration, name: str | None) -> list[Chosen]:
    """The named route, or all, and after them the one by which people give pictures in the portal."""
    source = next((one for one in settings.settings.routes if one.source == "exchange_online"), None)
    gives = [Chosen(giving_name(source.source), source.source, source, gives=True)] if source is not None else []
    if gives and name == gives[0].name:
        return gives
    chosen = [Chosen(one.name, one.target, one) for one in routes(settings, name)]
    return chosen if name is not None else chosen + gives


def run_chosen(settings: Configuration, chosen: Chosen, work: Callable[[Assembly], Awaitable[T]]) -> T:
    """As `run`, of a route that people give pictures by too."""
    if not chosen.gives:
        return run(settings, chosen.settings, work)

    async def whole() -> T:
        async with giving(settings, chosen.settings) as assembly:
            return await work(assembly)

    return in_words(whole)


def run(settings: Configuration, route: RouteSettings, work: Callable[[Assembly], Awaitable[T]]) -> T:
    """Build the route's systems and engine, do the work, take all down; faults end the command in words."""

    async def whole() -> T:
        async with assembled(settings, route) as assembly:
            return await work(assembly)

    return in_words(whole)


def in_words(work: Callable[[], Awaitable[T]]) -> T:
    """Do what a command does; faults end it in words."""

    async def whole() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
        return await work()

    try:
        return asyncio.run(whole())
    except (RouteBusy, StateNewer, StateOfAnother, StateUnusable, VaultUnusable) as error:
        raise fail(str(error)) from None
    except UnknownPerson as error:
        raise fail(f"{error}; give an object id, a UPN or a mail address") from None
    except OSError as error:  # the folders beside the state: locks, and pictures that are kept
        raise fail(str(error)) from None
    except AccessDenied as error:
        raise fail("\n".join([str(error), *granting(error)])) from None
    except (SystemFault, UnusableCertificate) as error:
        raise fail(str(error)) from None
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def tell_each(
    settings: Configuration,
    route: str | None,
    ask: Callable[[Assembly], Awaitable[T]],
    show: Callable[[T, RouteSettings], None],
    as_json: Callable[[T], Any] | None,
) -> None:
    """Ask for each of the routes, and tell: a line of JSON each where a program wants that, else as `show` does."""
    for chosen in routes(settings, route):
        answer = run(settings, chosen, ask)
        if as_json is not None:
            print_json(as_json(answer))
        else:
            show(answer, chosen)


def granting(error: AccessDenied) -> list[str]:
    """A line for each thing that an administrator has to grant."""
    return [f"  needs {grant.permission}: {grant.why}" for grant in error.missing]
