"""What commands ask of the service that is at work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from samepic.cli import session
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.config.load import Configuration
from samepic.config.settings import RouteSettings


def order(settings: Configuration, **wanted: Any) -> dict[str, Any] | None:
    """Give the service of this state an order; None where none is at work."""
    from samepic.service.address import address
    from samepic.service.control import tell

    path = address(settings.state_folder)
    return asyncio.run(tell(path, wanted)) if path.exists() else None


def begin(settings: Configuration, routes: Sequence[RouteSettings], *, full: bool, as_json: bool) -> None:
    """Have a sweep of each route begun; ends the command where no service is at work."""
    answer = order(settings, do="sweep", routes=[route.name for route in routes], full=full)
    if answer is None:
        raise session.fail("no service is at work on this state: `samepic run` is one, `samepic sync` needs none")
    if "error" in answer:
        raise session.fail(f"the service is at work with another configuration: {answer['error']}")
    if as_json:
        print_json({"begun": answer["done"]})
        return
    for route, begun in answer["done"].items():
        words = "a sweep begins" if begun else "a sweep is at work already"
        reader().print(f"{route}: {words}; `samepic status` shows how it stands", highlight=False, markup=False)
