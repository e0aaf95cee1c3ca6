"""`POST /_api/$batch`: requests of one site in one, `multipart/mixed`, OData v3's way.

Source: sp-dev-docs `make-batch-requests-with-the-rest-apis.md`: GETs and changesets, at most 100 requests in one
changeset and 1,000 in all; changesets are no transactions; the answers come flat and in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope

from localtenant.faults.cutting import Collected
from localtenant.sharepoint.errors import bad_query
from localtenant.traffic import BATCHED

MAX_REQUESTS = 1000
MAX_IN_CHANGESET = 100
_FROM_OUTER = frozenset({b"authorization", b"cookie", b"host", b"x-requestdigest", b"user-agent", b"accept"})


@dataclass(frozen=True, slots=True)
class Part:
    """One request inside: method, absolute URL, header lines by folded name, body."""

    method: str
    url: str
    headers: dict[bytes, bytes]
    body: bytes


def parts(content_type: str, body: bytes) -> list[Part]:
    """The requests of a batch in order, those of changesets among them; 400 for what is not such a batch."""
    found = list(_parts(content_type, body, in_changeset=False))
    if not found or len(found) > MAX_REQUESTS:
        raise bad_query(f"A batch holds 1 to {MAX_REQUESTS} requests.")
    return found


def _parts(content_type: str, body: bytes, *, in_changeset: bool) -> Iterator[Part]:
    pieces = list(_pieces(content_type, body))
    if in_changeset and len(pieces) > MAX_IN_CHANGESET:
        raise bad_query(f"A changeset holds at most {MAX_IN_CHANGESET} requests.")
    for piece in pieces:
        headers, inner = _headers_and_body(piece)
        kind = headers.get(b"content-type", b"").decode("latin-1")
        if kind.casefold().startswith("multipart/mixed") and not in_changeset:
            yield from _parts(kind, inner, in_changeset=True)
        elif kind.casefold().startswith("application/http"):
            yield _request(inner)
        else:
            raise bad_query(f"The batch has a part of the type {kind!r}.")


def _pieces(content_type: str, body: bytes) -> Iterator[bytes]:
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if not content_type.casefold().startswith("multipart/mixed") or boundary is None:
        raise bad_query("The batch is not multipart/mixed with a boundary.")
    mark = b"--" + boundary[1].strip().encode("latin-1")
    for piece in re.split(rb"(?:^|\r?\n)" + re.escape(mark), body)[1:]:
        if piece.startswith(b"--"):
            return
        yield piece.lstrip(b" \t").removeprefix(b"\r\n").removeprefix(b"\n")


def _headers_and_body(piece: bytes) -> tuple[dict[bytes, bytes], bytes]:
    head, _, body = re.sub(rb"\A(\r?\n)+", b"", piece).replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
    headers: dict[bytes, bytes] = {}
    for line in head.splitlines():
        name, colon, value = line.partition(b":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers, body


def _request(text: bytes) -> Part:
    line, _, rest = re.sub(rb"\A(\r?\n)+", b"", text).partition(b"\n")
    words = line.decode("latin-1").strip().rsplit(" ", 1)
    method, _, url = words[0].partition(" ")
    if len(words) != 2 or not words[1].startswith("HTTP/") or not url:
        raise bad_query("A part of the batch is not a request.")
    headers, body = _headers_and_body(rest)
    return Part(method.upper(), url.strip(), headers, body.strip(b"\r\n"))


async def answer_batch(request: Request, app: ASGIApp) -> Response:
    """Each request in order through `app`, what answers under `/_api`; the outer caller is everybody's."""
    boundary = f"batchresponse_{uuid4()}"
    printed = []
    for part in parts(request.headers.get("content-type", ""), await request.body()):
        answer = Collected()
        await app(_scope(request, part), _body(part.body), answer.send)
        printed.append(f"--{boundary}\r\n".encode() + _printed(answer))
    body = b"".join(printed) + f"--{boundary}--\r\n".encode()
    return Response(body, media_type=f"multipart/mixed; boundary={boundary}")


def _body(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _scope(outer: Request, part: Part) -> Scope:
    split = urlsplit(part.url)
    path = re.sub("/{2,}", "/", unquote(split.path))
    api = re.match("/_api/", path, re.IGNORECASE)
    if api is None or path[api.end() :].casefold().startswith("$batch"):
        raise bad_query("A batch reaches what is under /_api, and no other batch.")
    headers = {name: value for name, value in outer.headers.raw if name in _FROM_OUTER}
    headers |= {name: value for name, value in part.headers.items() if name not in (b"authorization", b"cookie")}
    headers[b"content-length"] = str(len(part.body)).encode()
    return {
        **outer.scope,
        "method": part.method,
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": quote(split.query, safe="%&=+$@',()!*:/?;~").encode(),
        "headers": list(headers.items()),
        "path_params": {"address": path[api.end() :]},
        BATCHED: True,
    }


def _printed(answer: Collected) -> bytes:
    status = answer.start["status"]
    headers = Headers(raw=answer.start.get("headers", []))
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name.upper()}: {headers[name]}" for name in ("etag", "content-type", "retry-after") if name in headers]
    head = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n" + "\r\n".join(lines)
    return head.encode() + b"\r\n\r\n" + answer.body + b"\r\n"
