"""A server whose answers a test writes, for what the transport makes of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from samepic.transport.api import Api
from samepic.transport.client import HttpClient, HttpOptions, Meter, Patience
from samepic.transport.clouds import custom
from samepic.transport.connection import App, TenantConnection
from samepic.transport.credentials import ClientSecret

SECRET = "s3cr3t-of-the-app"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Vendor:
    """A server whose answers a test writes; gives numbered tokens and remembers what it was sent."""

    def __init__(self) -> None:
        self.answers: dict[str, Handler] = {}
        self.seen: list[web.Request] = []
        self.forms: list[dict[str, str]] = []
        self.tokens = 0
        self.refused: set[str] = set()
        self.expires_in = 3600
        self.slept: list[float] = []

    def url(self, path: str = "") -> str:
        return str(self.server.make_url("/")).rstrip("/") + path

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        self.server = TestServer(app)
        await self.server.start_server()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/oauth2/v2.0/token"):
            self.forms.append({k: str(v) for k, v in (await request.post()).items()})
            if "token" in self.answers:
                return await self.answers["token"](request)
            self.tokens += 1
            return web.json_response({"access_token": f"tok-{self.tokens}", "expires_in": self.expires_in})
        self.seen.append(request)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") in self.refused:
            return web.json_response({"error": {"code": "InvalidAuthenticationToken", "message": "no"}}, status=401)
        return await self.answers[request.path](request)

    def connection(self, **options: Any) -> TenantConnection:
        patience = options.pop("patience", Patience(attempts=4, altogether=timedelta(minutes=5)))
        http = HttpClient(HttpOptions(patience=patience, **options), sleep=self.sleep)
        return TenantConnection(custom(self.url()), App("tid", "cid", ClientSecret(SECRET)), http=http)

    def api(self, **options: Any) -> Api:
        return self.connection(**options).graph(Meter("graph"), grants=(), at_once=4)


def says(body: object, status: int = 200, **headers: str) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return answer


def in_turn(*handlers: Handler) -> Handler:
    left = list(handlers)

    async def answer(request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    return answer
