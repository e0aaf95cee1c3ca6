"""A request's path finds its route among those that begin as it does, instead of among two hundred."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class ByFirstSegment(Router):
    """Starlette's router, which tries one route after the other, for each first segment of a path on its own.

    The order among the routes that a path could match is as given. A first segment that is a parameter is among all.
    """

    def __init__(self, routes: Sequence[Route], default: ASGIApp) -> None:
        super().__init__(routes=list(routes), redirect_slashes=False, default=default)
        firsts = {_first(route.path) for route in routes}
        self._of = {
            first: _router([one for one in routes if _first(one.path) in (first, None)], default)
            for first in firsts
            if first is not None
        }
        self._others = _router([one for one in routes if _first(one.path) is None], default)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
        else:
            first = scope["path"].removeprefix("/").partition("/")[0].casefold()
            await self._of.get(first, self._others)(scope, receive, send)


def _first(path: str) -> str | None:
    """The first segment of a route's path, None where it is a parameter."""
    first = path.removeprefix("/").partition("/")[0]
    return None if "{" in first else first.casefold()


def _router(routes: Sequence[Route], default: ASGIApp) -> Router:
    return Router(routes=list(routes), redirect_slashes=False, default=default)
