"""How what people send comes in: in time, and few large ones at once.

A body is read before its form's word is looked at, so that whoever is signed in could have many large ones in memory or
on the disk, and a slow one for ever. What is sent byte by byte, or by too many, ends here.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

from samepic.portal.person.errands import TooMany

PIECE_S = 30.0
"""Between two pieces of a body, which has one at least."""

WHOLE_S = 600.0
"""For all of it: 50 MB at less than a megabit a second."""

MOST_LARGE = 8
"""Large bodies that come at a time; whoever comes beyond is asked to come again."""

MOST_LARGE_OF_ONE = 3
"""Of one person: a picture, a double click, and the one that is sent in its stead."""

_coming: Counter[str] = Counter()


class TooSlow(HTTPException):
    """Nothing more has come for too long."""

    status_code = 408


def in_time(app: ASGIApp) -> ASGIApp:
    """Stands before every route. Raises TooSlow where the route reads a body that does not come."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await app(scope, receive, send)
            return
        until, whole = asyncio.get_running_loop().time() + WHOLE_S, False

        async def piece() -> ReceiveMessage:
            nonlocal whole
            if whole:
                return await receive()  # whether they are still there, for as long as it takes
            try:
                async with asyncio.timeout_at(min(until, asyncio.get_running_loop().time() + PIECE_S)):
                    message = await receive()
            except TimeoutError:
                raise TooSlow("the body does not come") from None
            whole = message["type"] != "http.request" or not message["more_body"]
            return message

        await app(scope, piece, send)

    return answer


def few_at_once(app: ASGIApp) -> ASGIApp:
    """Stands before a route that takes large bodies; after the sign-in is known. Raises TooMany."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        visitor = scope.get("user")
        if scope["type"] != ScopeType.HTTP or scope["method"] != "POST" or visitor is None:
            await app(scope, receive, send)
            return
        whose = visitor.object_id
        if _coming.total() >= MOST_LARGE or _coming[whose] >= MOST_LARGE_OF_ONE:
            raise TooMany
        _coming[whose] += 1
        comes = True

        def came() -> None:
            nonlocal comes
            if comes:
                comes = False
                _coming[whose] -= 1
                if not _coming[whose]:
                    del _coming[whose]

        async def piece() -> ReceiveMessage:
            message = await receive()
            if message["type"] != "http.request" or not message["more_body"]:
                came()
            return message

        try:
            await app(scope, piece, send)
        finally:
            came()

    return answer
