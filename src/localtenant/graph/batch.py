"""`POST /$batch`: up to twenty requests in one, each through the tenant's own routes.

Page: concepts/json-batching (graph/json-batching). A binary body is a base64url string going in, base64 coming out.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.responses import Response

from localtenant.graph.door import MEDIA_TYPE, Call
from localtenant.graph.errors import GraphError, bad_request
from localtenant.graph.inner import Answer, Dispatch

MAX_REQUESTS = 20
AT_ONCE = 4
"""How many of a batch Outlook's part of Graph answers at a time (graph/throttling-limits)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a batch, read and understood. `error`: what is wrong with it alone."""

    id: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    after: tuple[str, ...]
    error: GraphError | None = None


async def batch(call: Call) -> Response:
    """The answers in the order of the requests; 400 only where the batch itself cannot be understood."""
    steps = read_steps(await call.request.body(), call.version)
    dispatch = Dispatch.of(call)
    slots = asyncio.Semaphore(AT_ONCE)
    running: dict[str, asyncio.Task[Answer]] = {}

    async def run(step: Step) -> Answer:
        for name in step.after:
            if not (await running[name]).succeeded:
                return dispatch.refused(
                    GraphError(424, "FailedDependency", "A request that this one depends on failed.")
                )
        if step.error is not None:
            return dispatch.refused(step.error)
        async with slots:
            return await dispatch.answer(step.method, step.path, step.query, step.headers, step.body)

    async with asyncio.TaskGroup() as group:
        for step in steps:
            running[step.id.casefold()] = group.create_task(run(step))
    parts = b",".join(running[step.id.casefold()].result().as_json(step.id) for step in steps)
    return Response(b'{"responses":[' + parts + b"]}", headers={"OData-Version": "4.0"}, media_type=MEDIA_TYPE)


def read_steps(body: bytes, version: str) -> list[Step]:
    """The requests of a batch; GraphError where it is malformed: too many, an id twice, dependencies in a ring."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise _malformed("it is not JSON") from None
    requests = given.get("requests") if isinstance(given, dict) else None
    if not isinstance(requests, list) or not requests:
        raise _malformed("there is no list 'requests'")
    if len(requests) > MAX_REQUESTS:
        words = f"Number of batch request steps exceeds the maximum value of {MAX_REQUESTS}."
        raise bad_request(words, "MaximumValueExceeded")
    steps = [_step(entry, version) for entry in requests]
    by_id = {step.id.casefold(): step for step in steps}
    if len(by_id) != len(steps):
        raise _malformed("an 'id' occurs twice")
    _refuse_rings(by_id)
    return steps


def _malformed(why: str) -> GraphError:
    return bad_request(f"Invalid batch payload format: {why}.")


def _step(entry: object, version: str) -> Step:
    entry = entry if isinstance(entry, dict) else {}
    id, method, url = entry.get("id"), entry.get("method"), entry.get("url")
    headers, after = entry.get("headers") or {}, entry.get("dependsOn") or []
    if not isinstance(id, str | int) or not isinstance(method, str) or not isinstance(url, str):
        raise _malformed("a request lacks 'id', 'method' or 'url'")
    if not isinstance(headers, dict) or not isinstance(after, list):
        raise _malformed(f"'headers' or 'dependsOn' of request {id!r} has another shape")
    if "://" in url.partition("?")[0]:
        raise _malformed(f"the 'url' of request {id!r} is not relative")
    folded = {str(name).lower(): str(value) for name, value in headers.items()}
    if re.search("[\ud800-\udfff]", url) or not "".join(folded).isascii():
        raise _malformed(f"the 'url' or a header's name of request {id!r} cannot be sent")
    path, _, query = url.partition("?")
    path = re.sub("/{2,}", "/", f"/{version}/{unquote(path)}")
    error: GraphError | None = None
    body = b""
    try:
        body = _body(entry.get("body"), folded)
    except GraphError as wrong:
        error = wrong
    names = tuple(str(name).casefold() for name in after)
    return Step(str(id), method.upper(), path, query, folded, body, names, error)


def _body(body: object, headers: Mapping[str, str]) -> bytes:
    if body is None:
        return b""
    if "content-type" not in headers:
        raise bad_request("A request with a body must have a Content-Type header.")
    if not isinstance(body, str):
        return json.dumps(body).encode()
    try:
        text = body.replace("+", "-").replace("/", "_").rstrip("=")
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise bad_request("The body is neither a JSON object nor a base64url string.") from None


def _refuse_rings(by_id: Mapping[str, Step]) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path or name not in by_id:
            raise _malformed("'dependsOn' names an unknown request, or goes in a ring")
        if name not in done:
            for before in by_id[name].after:
                visit(before, (*path, name))
            done.add(name)

    for name in by_id:
        visit(name, ())
