"""Answers with something missing: a listing that ends in the middle, a body cut short."""

from __future__ import annotations

import json
from typing import Any

from starlette.types import Message, Send

NEXT_PAGE = ("@odata.nextLink", "odata.nextLink", "__next")


class Collected:
    """An answer held back until it is whole."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = b""

    async def send(self, message: Message) -> None:
        """In the place of the server's own."""
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def declare(self, length: int) -> None:
        """Set Content-Length."""
        others = [(name, value) for name, value in self.start.get("headers", []) if name.lower() != b"content-length"]
        self.start["headers"] = [*others, (b"content-length", str(length).encode())]


async def send_cut_body(answer: Collected, share: float, send: Send) -> None:
    """Declare the whole length, send a part, end: the server closes the connection on such an answer."""
    answer.declare(len(answer.body))
    await send(answer.start)
    await send({"type": "http.response.body", "body": answer.body[: int(len(answer.body) * share)], "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def send_cut_listing(answer: Collected, share: float, send: Send) -> bool:
    """Send only the first part of a page's items, and no link to a next page. False where there was nothing to cut."""
    shortened = cut_listing(answer.body, share) if answer.start.get("status") == 200 else None
    await send_changed(answer, shortened, send)
    return shortened is not None


async def send_changed(answer: Collected, body: bytes | None, send: Send) -> None:
    """Send an answer with another body, or as it is where there is none."""
    if body is not None:
        answer.body = body
        answer.declare(len(body))
    await send(answer.start)
    await send({"type": "http.response.body", "body": answer.body})


def cut_listing(body: bytes, share: float) -> bytes | None:
    """A page of an OData listing, v4 or v3, made the last one with items missing; None for anything else."""
    try:
        page = json.loads(body)
    except ValueError:
        return None
    holder: Any = page.get("d", page) if isinstance(page, dict) else None
    if not isinstance(holder, dict):
        return None
    items = "results" if isinstance(holder.get("results"), list) else "value"
    if not isinstance(holder.get(items), list):
        return None
    linked = [name for name in NEXT_PAGE if name in holder]
    if not holder[items] and not linked:
        return None
    for name in linked:
        del holder[name]
    holder[items] = holder[items][: int(len(holder[items]) * share)]
    return json.dumps(page, ensure_ascii=False).encode()
