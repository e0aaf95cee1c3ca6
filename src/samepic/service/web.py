"""Three pages over HTTP: /metrics, /healthz and /readyz. Numbers and routes' names, no person's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from aiohttp import web

from samepic.service.figures import Figures

_PATIENCE_S = 10.0

Checks = Callable[[], Mapping[str, str | None]]
"""What is looked at by name, with what is wrong with it, None where nothing is. May ask the state."""


class Pages:
    """Served until closed. healthy: of the process alone, at once. ready: called in a thread."""

    def __init__(self, address: tuple[str, int], figures: Figures, healthy: Checks, ready: Checks) -> None:
        self._address = address
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
        accept = request.headers.get("Accept", "")
        try:
            text, kind = await asyncio.wait_for(asyncio.to_thread(self._figures.exposition, accept), _PATIENCE_S)
        except TimeoutError:
            return web.Response(status=503, text="the state does not answer\n")
        return web.Response(body=text, headers={"Content-Type": kind})

    async def _health(self, request: web.Request) -> web.Response:
        return _answer(self._healthy())

    async def _readiness(self, request: web.Request) -> web.Response:
        try:
            found = await asyncio.wait_for(asyncio.to_thread(self._ready), _PATIENCE_S)
        except TimeoutError:
            found = {"state": f"no answer within {_PATIENCE_S:g} s"}
        return _answer(found)


def _answer(found: Mapping[str, str | None]) -> web.Response:
    wrong = {name: words for name, words in found.items() if words is not None}
    return web.json_response({"well": not wrong, "looked_at": sorted(found), **wrong}, status=503 if wrong else 200)
