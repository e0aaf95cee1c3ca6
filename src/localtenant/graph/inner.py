"""A batch's inner requests: found among the application's own routes and run without a socket."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Message, Scope

from localtenant.graph.door import Call
from localtenant.graph.errors import GraphError, answer, method_not_allowed, no_such_segment
from localtenant.traffic import BATCHED

Index = dict[int, list[Route]]
_indexes: WeakKeyDictionary[Starlette, Index] = WeakKeyDictionary()
_KEPT = ("type", "asgi", "http_version", "scheme", "client", "server", "app")
_LEFT_OUT = {b"content-length", b"connection", b"transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One inner answer."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def succeeded(self) -> bool:
        """Whether what depends on it may run."""
        return self.status < 400

    def as_json(self, id: str) -> bytes:
        """As an entry of `responses`; a JSON body is put in as it is."""
        headers = {
            name.decode("latin-1").title(): value.decode("latin-1")
            for name, value in self.headers
            if name.lower() not in _LEFT_OUT
        }
        top = json.dumps({"id": id, "status": self.status, "headers": headers}, separators=(",", ":")).encode()
        return top[:-1] + b',"body":' + self._printed(headers.get("Content-Type", "")) + b"}" if self.body else top

    def _printed(self, content_type: str) -> bytes:
        if "json" in content_type:
            return self.body
        if content_type.startswith("text/"):
            return json.dumps(self.body.decode(errors="replace")).encode()
        return b'"' + base64.b64encode(self.body) + b'"'


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Runs inner requests with the outer one's caller, host and application."""

    call: Call
    routes: Index

    @classmethod
    def of(cls, call: Call) -> Dispatch:
        """For the batch that this call is."""
        app: Starlette = call.request.app
        if app not in _indexes:
            _indexes[app] = _index(app.routes)
        return cls(call, _indexes[app])

    def refused(self, error: GraphError) -> Answer:
        """An answer that no route gave."""
        return _from_response(answer(self.call.request, error, self.call.tenant.clock.now()))

    async def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the route for this request answers."""
        scope = self._scope(method, path, query, headers, body)
        known = False
        for route in self.routes.get(path.count("/"), ()):
            match, child = route.matches(scope)
            if match is Match.FULL:
                scope.update(child)
                return await _run(route, scope, body)
            known = known or match is Match.PARTIAL
        return self.refused(method_not_allowed() if known else no_such_segment(path))

    def _scope(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        outer = self.call.request
        passed_on = {"host": outer.headers.get("host", ""), "authorization": outer.headers["authorization"]}
        if "client-request-id" in outer.headers:
            passed_on["client-request-id"] = outer.headers["client-request-id"]
        every = {**passed_on, **headers, "authorization": passed_on["authorization"], "content-length": str(len(body))}
        return {
            **{key: outer.scope[key] for key in _KEPT if key in outer.scope},
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in every.items()],
            BATCHED: True,
        }


def _index(routes: Iterable[BaseRoute]) -> Index:
    """Graph's routes by how deep their paths go: no value in a path holds a slash."""
    index: Index = {}
    for route in routes:
        if isinstance(route, Route) and route.path.startswith(("/v1.0/", "/beta/")) and "$batch" not in route.path:
            index.setdefault(route.path.count("/"), []).append(route)
    return index


async def _run(route: Route, scope: Scope, body: bytes) -> Answer:
    status, headers, parts = 500, (), bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], tuple(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            parts.extend(message.get("body", b""))

    await route.app(scope, receive, send)
    return Answer(status, headers, bytes(parts))


def _from_response(response: Response) -> Answer:
    return Answer(response.status_code, tuple(response.raw_headers), bytes(response.body))
