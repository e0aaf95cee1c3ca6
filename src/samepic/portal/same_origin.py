"""Only our own pages change anything: no other site's form, link or script (CSRF).

Three locks, each enough alone: the session's cookie is SameSite=Lax; what browsers say of where a request comes from
must be us (Sec-Fetch-Site, else Origin); and each form carries the session's own word.
"""

from __future__ import annotations

import hmac
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
    if not isinstance(given, str) or not same_word(given, session.form_word):
        raise PermissionDeniedException("the form is not of this session")
