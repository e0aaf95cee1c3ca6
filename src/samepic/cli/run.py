"""`samepic run`: the service."""

from __future__ import annotations

import asyncio
import signal
from contextlib import ExitStack

from samepic.cli import logging, session
from samepic.cli.options import Config, Log, LogFormat
from samepic.config.secrets import MissingSecret
from samepic.ports.state import RouteBusy, StateNewer, StateUnusable
from samepic.serving import serving


def run(config: Config = None, log_format: Log = LogFormat.TEXT) -> None:
    """Be at work until told to end: sweep each route on its schedule.

    Stays in the foreground and logs to standard error, as systemd likes it. Ends with 0 at SIGTERM or Ctrl-C; a sweep
    that is under way then, or that was missed while no service was at work, is made up for once when it starts again.
    Only one service may be at work on a state.
    """
    settings = session.configuration(config, log_format)
    if not any(route.schedule for route in settings.settings.routes):
        logging.say("no route has a schedule: it waits for `samepic sync --now` and sweeps nothing of its own accord")

    async def work() -> None:
        until, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, until.set)
        with ExitStack() as stack:
            service = stack.enter_context(serving(settings))
            await service.run(until)

    try:
        asyncio.run(work())
    except RouteBusy as error:
        since = f" since {error.since:%Y-%m-%d %H:%M:%S} UTC" if error.since else ""
        words = f"samepic run is at work already: {error.who}{since}; `samepic status` shows what it does"
        raise session.fail(words) from None
    except (MissingSecret, StateNewer, StateUnusable, OSError) as error:
        raise session.fail(str(error)) from None
