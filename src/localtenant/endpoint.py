"""How an API's handler becomes a route: named for the ledger, open to faults.

Each API's `routes.py` has `routes(tenant) -> list[Route]` and makes every route with `endpoint(...)`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, request_response
from starlette.types import ASGIApp, Receive, Scope, Send

from localtenant.budgets.answers import refusal_of
from localtenant.budgets.asking import ask_of
from localtenant.budgets.enforcing import Verdict
from localtenant.faults.fault import Call, Fault, folded_text
from localtenant.faults.suffering import suffer
from localtenant.tenant import Tenant
from localtenant.traffic import BATCHED, Exchange

Handler = Callable[[Request], Awaitable[Response]]
Operation = str | Callable[[Request], str]


def endpoint(
    tenant: Tenant,
    path: str,
    handler: Handler,
    *,
    api: str,
    operation: Operation,
    methods: Sequence[str] = ("GET",),
) -> Route:
    """A route whose requests are counted under the vendor's name of the operation.

    operation: the name, or what gives it for a request (SharePoint's paths hold several) before its body is read.
    """
    return Route(path, Endpoint(tenant, request_response(handler), api, operation), methods=list(methods))


class Endpoint:
    """A handler as a web application of its own: counts what goes in and out, and lets faults happen.

    A request is in the ledger from the moment its answer begins, so that whoever has an answer finds it counted; one
    that was held and never carried out is not in it. What a request changed is kept before its answer begins.
    """

    def __init__(self, tenant: Tenant, app: ASGIApp, api: str, operation: Operation) -> None:
        self._tenant = tenant
        self._app = app
        self._api = api
        self._operation = operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = self._operation if isinstance(self._operation, str) else self._operation(Request(scope))
        tenant = self._tenant
        ask = ask_of(tenant, scope, self._api, operation, batched=bool(scope.get(BATCHED)))
        tenant.judge.arrived(ask)
        verdict = tenant.budgets.admit(ask, each_mailbox=tenant.behaviours["picture_concurrency"] == "per_mailbox")
        exchange = Exchange(tenant, scope, receive, send, ask, verdict)
        try:
            if tenant.latency_seconds and not ask.batched:
                await asyncio.sleep(tenant.latency_seconds)
            await self._answer(exchange, verdict, operation)
        except Exception:
            exchange.count(500)
            raise
        finally:
            exchange.close()
            tenant.budgets.leave(verdict)
            tenant.judge.left(ask)

    async def _answer(self, exchange: Exchange, verdict: Verdict, operation: str) -> None:
        scope = exchange.scope
        if verdict.refusal is not None:
            answer = refusal_of(self._tenant, exchange.ask, Request(scope), verdict.refusal)
            await answer(scope, exchange.receive, exchange.send)
            return
        fault = await self._met(exchange, operation) if self._tenant.faults else None
        if fault is None:
            await self._app(scope, exchange.receive, exchange.send)
        else:
            await suffer(self._tenant, fault, exchange, self._app)

    async def _met(self, exchange: Exchange, operation: str) -> Fault | None:
        inside = operation != "$batch" and self._tenant.faults.look_at_bodies()  # a batch's requests come by themselves
        body = await exchange.whole_body() if inside else b""
        scope = exchange.scope
        text = folded_text(scope["path"], scope.get("query_string", b""), body)
        call = Call(self._api, operation, scope["method"], text, bool(scope.get(BATCHED)))
        ask = exchange.ask
        return self._tenant.faults.meet(call, (ask.app, ask.person, operation))
