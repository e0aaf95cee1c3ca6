"""From a cookie to who it is, before every route."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.middleware.authentication import AbstractAuthenticationMiddleware, AuthenticationResult

from samepic.portal.cookies import SESSION, named
from samepic.portal.site import Site


class BySession(AbstractAuthenticationMiddleware):
    """`request.user` is the Visitor, `request.auth` the Session; both None before sign-in."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        """Nobody is turned away here: the guard does that, by what the route says of itself."""
        site: Site = connection.app.state.site
        session = site.sessions.of(connection.cookies.get(named(SESSION, site.secure), ""))
        return AuthenticationResult(user=session and session.visitor, auth=session)
