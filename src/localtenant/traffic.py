"""One request and its answer on their way, counted."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from enum import Enum
from urllib.parse import unquote_to_bytes

from starlette.types import Message, Receive, Scope, Send

from localtenant.budgets.answers import headers_of, is_of_mailbox
from localtenant.budgets.ask import Ask
from localtenant.budgets.enforcing import Verdict
from localtenant.faults.fault import Fault
from localtenant.ledger import CHANGED, LONGEST_PATH, Change, LedgerKey, method_name
from localtenant.tenant import Tenant

COUNTED = "localtenant.counted"
"""Scope key of a request that an endpoint has put into the ledger."""

MOST_BYTES_READ = 32_000_000
THROTTLED = frozenset({429, 503})
BATCHED = "localtenant.batched"
"""Scope key that marks a request inside a `$batch`: an entry of its own in the ledger, not one on the wire."""


class Ended(Enum):
    """How a wait ended."""

    RELEASED = "released"
    GONE = "gone"
    OVER = "over"


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
        """What a client is told to wait, by a budget or by a fault: the greater of the two where both headers say it.

        Source: sp-dev-docs, “RateLimit headers”, “honor the greater of the two values”.
        """
        told = {name.lower(): float(value) for name, value in headers if value.isdigit()}
        seconds = told.get(b"retry-after")
        if seconds is not None:
            seconds = max(seconds, told.get(b"ratelimit-reset", 0))
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

    async def hold(self, fault: Fault, seconds: float | None = None) -> Ended:
        """Wait until the fault is released, the client goes, or so many seconds are over.

        The going of a client is not seen from within a batch.
        """
        if not self.scope.get(BATCHED) and self._waiting is None:
            await self._take_the_rest()
            self._waiting = asyncio.ensure_future(self._gone())
        fault.holding += 1
        released = asyncio.ensure_future(fault.released.wait())
        waiting = {released, *([self._waiting] if self._waiting else [])}
        try:
            done, _ = await asyncio.wait(waiting, timeout=seconds, return_when="FIRST_COMPLETED")
            return Ended.RELEASED if released in done else Ended.GONE if done else Ended.OVER
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
