"""How an API's handler becomes a route: named for the ledger, open to faults.

Each API's `routes.py` has `routes(tenant) -> list[Route]` and makes every route with `endpoint(...)`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from urllib.parse import unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, request_response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localtenant.budgets.answers import headers_of, is_of_mailbox, refusal_of
from localtenant.budgets.ask import Ask
from localtenant.budgets.asking import ask_of
from localtenant.budgets.enforcing import Verdict
from localtenant.faults.cutting import Collected, send_cut_body, send_cut_listing
from localtenant.faults.fault import Call, Fault, folded_text
from localtenant.faults.shapes import refusal
from localtenant.ledger import CHANGED, LONGEST_PATH, Change, LedgerKey, method_name
from localtenant.tenant import Tenant

Handler = Callable[[Request], Awaitable[Response]]
Operation = str | Callable[[Request], str]

COUNTED = "localtenant.counted"
"""Scope key of a request that an endpoint has put into the ledger."""

MOST_BYTES_READ = 32_000_000
THROTTLED = frozenset({429, 503})

BATCHED = "localtenant.batched"
"""Scope key that marks a request inside a `$batch`: an entry of its own in the ledger, not one on the wire."""


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
            await self._suffer(fault, exchange)

    async def _met(self, exchange: Exchange, operation: str) -> Fault | None:
        inside = operation != "$batch" and self._tenant.faults.look_at_bodies()  # a batch's requests come by themselves
        body = await exchange.whole_body() if inside else b""
        scope = exchange.scope
        text = folded_text(scope["path"], scope.get("query_string", b""), body)
        return self._tenant.faults.meet(Call(self._api, operation, scope["method"], text, bool(scope.get(BATCHED))))

    async def _suffer(self, fault: Fault, exchange: Exchange) -> None:
        scope, receive = exchange.scope, exchange.receive
        if fault.kind == "status":
            answer = refusal(self._tenant, self._api, Request(scope), fault.status, fault.code, fault.message)
            answer.headers.update(fault.headers)
            await answer(scope, receive, exchange.send)
        elif fault.kind == "hold_before":
            await exchange.whole_body()
            if await exchange.hold(fault):
                await self._app(scope, receive, exchange.send)
        else:
            collected = Collected()
            await self._app(scope, receive, collected.send)
            exchange.count(collected.start.get("status", 500))
            if fault.kind == "cut_body":
                await send_cut_body(collected, fault.share, exchange.send)
            elif fault.kind == "cut_listing":
                fault.met += await send_cut_listing(collected, fault.share, exchange.send)
            elif await exchange.hold(fault):
                await exchange.send(collected.start)
                await exchange.send({"type": "http.response.body", "body": collected.body})


class Exchange:
    """One request and its answer on their way, counted."""

    def __init__(self, tenant: Tenant, scope: Scope, receive: Receive, send: Send, ask: Ask, verdict: Verdict) -> None:
        self.scope = scope
        self.ask = ask
        self._tenant = tenant
        self._receive = receive
        self._send = send
        self._verdict = verdict
        self._bytes_in = 0
        self._sha256 = hashlib.sha256()
        self._all_in = bool(scope.get(BATCHED)) or not _announces_body(scope)
        self._key: LedgerKey | None = None
        self._body: bytes | None = None
        self._waiting: asyncio.Task[Message] | None = None

    async def receive(self) -> Message:
        """What comes in next; a body that was read ahead comes first."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        if self._waiting is not None:
            return await self._waiting
        message = await self._receive()
        self._take(message)
        self._all_in = not message.get("more_body")
        return message

    async def whole_body(self) -> bytes:
        """Read the body ahead of the handler, who gets it all the same."""
        if self._body is None:
            body = b""
            while (message := await self.receive())["type"] == "http.request":
                body += message.get("body", b"")
                if not message.get("more_body"):
                    break
            self._body = body
        return self._body

    async def send(self, message: Message) -> None:
        """To the client, by way of the ledger."""
        if message["type"] == "http.response.start":
            await self._take_the_rest()
            self.count(message["status"])
            added = headers_of(self._tenant, self.ask, self._verdict)
            message["headers"] = [
                *message.get("headers", []),
                *((name.lower().encode(), value.encode()) for name, value in added.items()),
            ]
            if message["status"] in THROTTLED:
                self._tell_the_judge(message["headers"])
        elif self._key is not None:
            self._tenant.ledger.sent(self._key, len(message.get("body", b"")))
        await self._send(message)

    def _tell_the_judge(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """What a client is told to wait, by a budget or by a fault."""
        told = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
        seconds = float(told) if told.isdigit() else None
        refused = self._verdict.refusal
        if refused is None:
            self._tenant.judge.refused(self.ask, seconds, self.ask.family)
        else:
            of_mailbox = is_of_mailbox(self._tenant, refused)
            self._tenant.judge.refused(self.ask, seconds, refused.budget.scope, of_mailbox=of_mailbox)

    async def _take_the_rest(self) -> None:
        """Read what an early answer left unread: else the server closes the connection on a client that still sends.

        Bounded: whoever sends more than that is cut off.
        """
        while not self._all_in and self._waiting is None and self._bytes_in < MOST_BYTES_READ:
            await self.receive()

    def count(self, status: int) -> None:
        """Keep what the request changed and put it into the ledger; once."""
        if self._key is None:
            self._tenant.store.commit()
            method, batched = self.scope["method"], bool(self.scope.get(BATCHED))
            self._key = LedgerKey(self.ask.api, self.ask.operation, method_name(method), status, batched)
            self._tenant.ledger.add(self._key, self._bytes_in, 0)
            if method in _CHANGING and self._bytes_in and status < 400 and self._key.operation != "$batch":
                self._tenant.ledger.changed(self._change(self._key))
            self.scope[COUNTED] = True

    def _change(self, key: LedgerKey) -> Change:
        query = self.scope.get("query_string", b"")
        path = self.scope["path"] + ("?" + unquote_to_bytes(query).decode(errors="replace") if query else "")
        changed = tuple(self.scope.get(CHANGED, ()))
        sha256 = self._sha256.hexdigest()
        return Change(
            key.api, key.operation, key.method, path[:LONGEST_PATH], key.status, self._bytes_in, sha256, changed
        )

    async def hold(self, fault: Fault) -> bool:
        """Wait until the fault is released; False if the client went first.

        The going of a client is not seen from within a batch.
        """
        if not self.scope.get(BATCHED):
            await self._take_the_rest()
            self._waiting = asyncio.ensure_future(self._gone())
        fault.holding += 1
        released = asyncio.ensure_future(fault.released.wait())
        try:
            await asyncio.wait({released, *([self._waiting] if self._waiting else [])}, return_when="FIRST_COMPLETED")
            return released.done()
        finally:
            fault.holding -= 1
            released.cancel()

    async def _gone(self) -> Message:
        while (message := await self._receive())["type"] != "http.disconnect":
            self._take(message)
        return message

    def _take(self, message: Message) -> None:
        body = message.get("body", b"")
        self._bytes_in += len(body)
        if self.scope["method"] in _CHANGING:
            self._sha256.update(body)

    def close(self) -> None:
        """Listen no longer."""
        if self._waiting is not None:
            self._waiting.cancel()


_CHANGING = ("POST", "PUT", "PATCH")


def _announces_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") and value != b"0" for name, value in scope["headers"])
