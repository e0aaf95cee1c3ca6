"""From a cookie, or a program's token, to who it is, before every route."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar.connection import ASGIConnection
from litestar.middleware.authentication import AbstractAuthenticationMiddleware, AuthenticationResult

from samepic.portal.cookies import SESSION, named
from samepic.portal.roles import Role
from samepic.portal.sessions import Visitor
from samepic.portal.sign_in.roles_anew import role_holds
from samepic.portal.site import Site

API = "/api/"
_BEARER = "bearer "


class ByCookieOrToken(AbstractAuthenticationMiddleware):
    """`request.user` is the Visitor, `request.auth` the Session; both None before sign-in.

    Pages know cookies only and the API tokens only: no other site's script can use a sign-in on the API, and no token
    that leaks opens a page.
    """

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        """Nobody is turned away here: the guard does that, by what the route says of itself."""
        site: Site = connection.app.state.site
        if str(connection.scope["path"]).startswith(API):
            return AuthenticationResult(
                user=await _by_token(site, connection.headers.get("authorization", "")), auth=None
            )
        word = connection.cookies.get(named(SESSION, site.secure), "")
        session = site.sessions.of(word)
        if session is not None and not await role_holds(site, session):
            site.sessions.end(word)
            session = None
        return AuthenticationResult(user=session and session.visitor, auth=session)


async def _by_token(site: Site, header: str) -> Visitor | None:
    if not header.casefold().startswith(_BEARER):
        return None
    token = await asyncio.to_thread(site.state.api_tokens.spelled, header[len(_BEARER) :].strip(), site.clock.now())
    return None if token is None else Visitor(f"token {token.id}", token.name, "", Role[token.role.name])
