"""`samepic serve`: the service with the portal."""

from __future__ import annotations

from samepic.cli.at_work import at_work
from samepic.cli.options import Config, Log, LogFormat


def serve(config: Config = None, log_format: Log = LogFormat.TEXT) -> None:
    """Serve the portal, and be at work as `samepic run` is.

    People sign in with their work or school account, see their picture in each system, and bring it there with a
    click. [portal] in samepic.toml says where it answers, how people reach it, and who administers. Before anybody but
    you uses it, put a proxy with TLS before it: docs/how-to/run-the-portal.md.
    """
    at_work(config, log_format, "serve", portal=True)
