"""`samepic run`: the service."""

from __future__ import annotations

from samepic.cli.at_work import at_work
from samepic.cli.options import Config, Log, LogFormat


def run(config: Config = None, log_format: Log = LogFormat.TEXT) -> None:
    """Be at work until told to end: sweep each route on its schedule.

    Stays in the foreground and logs to standard error, as systemd likes it. Ends with 0 at SIGTERM or Ctrl-C; a sweep
    that is under way then, or that was missed while no service was at work, is made up for once when it starts again.
    Only one service may be at work on a state.
    """
    at_work(config, log_format, "run", portal=False)
