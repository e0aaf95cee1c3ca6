"""What `samepic run` and `samepic serve` have in common: be at work until told to end."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack, suppress
from logging import getLogger
from pathlib import Path

from samepic.cli import logging, session
from samepic.cli.options import LogFormat
from samepic.config.load import Configuration
from samepic.config.secrets import MissingSecret
from samepic.ports.errors import SystemFault
from samepic.ports.outage import Outage
from samepic.ports.state import RouteBusy, StateAway, StateNewer, StateUnusable
from samepic.service.service import Service
from samepic.serving import serving
from samepic.transport.credentials import UnusableCertificate

_PAUSE_S = 1.0


def at_work(config: Path | None, log_format: LogFormat, command: str, *, portal: bool) -> None:
    """Until SIGTERM or Ctrl-C. portal: whether people are served their pages too. Ends the process where it cannot."""
    settings = session.configuration(config, log_format)
    if not any(route.schedule for route in settings.settings.routes):
        logging.say("no route has a schedule: it waits for `samepic sync --now` and sweeps nothing of its own accord")

    async def work() -> None:
        until, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, until.set)
        async with AsyncExitStack() as stack:
            service = await _begun(stack, settings, until)
            if service is None:
                return
            if portal:
                from samepic.portal.opening import served  # `samepic run` need not wait for what only pages need

                logging.say(f"the portal answers at {await stack.enter_async_context(served(settings))}")
            await service.run(until)

    try:
        asyncio.run(work())
    except RouteBusy as error:
        since = f" since {error.since:%Y-%m-%d %H:%M:%S} UTC" if error.since else ""
        words = f"samepic {command} is at work already: {error.who}{since}; `samepic status` shows what it does"
        raise session.fail(words) from None
    except (MissingSecret, StateNewer, StateUnusable, SystemFault, UnusableCertificate, OSError) as error:
        raise session.fail(str(error)) from None


async def _begun(stack: AsyncExitStack, settings: Configuration, until: asyncio.Event) -> Service | None:
    """The service, once the state answers; None where it is told to end before."""
    outage = Outage(getLogger("samepic.service"))
    while not until.is_set():
        try:
            service = stack.enter_context(serving(settings))
        except StateAway as fault:
            outage.met(fault)
            with suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), _PAUSE_S)
        else:
            outage.over()
            return service
    return None
