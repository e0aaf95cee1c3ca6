"""Three pages over HTTP: /metrics, /healthz and /readyz. Numbers and routes' names, no person's."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping

from aiohttp import web

from samepic.service.figures import Figures

_PATIENCE_S = 10.0

Checks = Callable[[], Mapping[str, str | None]]
"""What is looked at by name, with what is wrong with it, None where nothing is. May ask the state."""


class Pages:
    """Served until closed. healthy: of the process alone, at once. ready: called in a thread.

    token: whoever has none is told no figures, and of the others yes or no; None where nobody needs any.
    """

    def __init__(
        self, address: tuple[str, int], figures: Figures, healthy: Checks, ready: Checks, token: str | None = None
    ) -> None:
        self._address = address
        self._token = token
        self._figures = figures
        self._healthy = healthy
        self._ready = ready
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Listen; the address that came of it. Raises OSError."""
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._readiness)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, *self._address).start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    async def aclose(self) -> None:
        """Listen no more; safe to call twice."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _metrics(self, request: web.Request) -> web.Response:
        if not self._may(request):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"}, text="[service] token is needed\n")
        accept = request.headers.get("Accept", "")
        try:
            text, kind = await asyncio.wait_for(asyncio.to_thread(self._figures.exposition, accept), _PATIENCE_S)
        except TimeoutError:
            return web.Response(status=503, text="the state does not answer\n")
        return web.Response(body=text, headers={"Content-Type": kind})

    async def _health(self, request: web.Request) -> web.Response:
        return _answer(self._healthy(), whole=self._may(request))

    async def _readiness(self, request: web.Request) -> web.Response:
        try:
            found = await asyncio.wait_for(asyncio.to_thread(self._ready), _PATIENCE_S)
        except TimeoutError:
            found = {"state": f"no answer within {_PATIENCE_S:g} s"}
        return _answer(found, whole=self._may(request))

    def _may(self, request: web.Request) -> bool:
        """By the header as RFC 6750 has it, in a time that does not tell how much of the token was right."""
        if self._token is None:
            return True
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode(errors="replace"), self._token.encode())
        return same and scheme.casefold() == "bearer"


def _answer(found: Mapping[str, str | None], *, whole: bool) -> web.Response:
    """whole: also what was looked at, and what is wrong with it."""
    wrong = {name: words for name, words in found.items() if words is not None}
    told = {"looked_at": sorted(found), **wrong} if whole else {}
    return web.json_response({"well": not wrong, **told}, status=503 if wrong else 200)
