"""Only our own pages change anything: no other site's form, link or script (CSRF).

Three locks, each enough alone: the session's cookie is SameSite=Lax; what browsers say of where a request comes from
must be us (Sec-Fetch-Site, else Origin); and each form carries the session's own word.

Answers are compressed, and their length would tell the word, letter by letter, to whoever can have a page show a guess
beside it (BREACH, 2013): so each answer has the word under a mask of its own.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from samepic.portal.sessions import Session

FIELD = "form_word"
HEADER = "x-form-word"
_CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")


def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Stands before every route. Raises PermissionDeniedException. The word is read by `form`, or is a header's."""
    if connection.scope.get("method") in _CHANGES_NOTHING:
        return
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    if site is not None and site != "same-origin":
        raise PermissionDeniedException("another site sent this")
    if origin is not None and origin != connection.app.state.site.url:
        raise PermissionDeniedException("another origin sent this")


def same_word(given: str, known: str) -> bool:
    """Whether two words are the same, in a time that does not tell how near they are. given: anything at all."""
    return hmac.compare_digest(given.encode(errors="replace"), known.encode())


async def checked(request: Request[Any, Any, Any]) -> None:
    """Before the body of a request is used: its word is the session's. Raises PermissionDeniedException."""
    session: Session | None = request.auth
    if request.method in _CHANGES_NOTHING or session is None:
        return
    given = request.headers.get(HEADER)
    if given is None and request.headers.get("content-type", "").split(";")[0] in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        given = (await request.form()).get(FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(_unmasked(given), session.form_word.encode()):
        raise PermissionDeniedException("the form is not of this session")


def masked(word: str) -> str:
    """A session's word for one answer."""
    mask = secrets.token_bytes(len(word))
    return base64.urlsafe_b64encode(mask + _crossed(mask, word.encode())).decode()


def _unmasked(given: str) -> bytes:
    """What was masked; nothing where that is no such word."""
    try:
        told = base64.b64decode(given, b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    half = len(told) // 2
    return _crossed(told[:half], told[half : 2 * half])


def _crossed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
