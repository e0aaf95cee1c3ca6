"""The way in and the way out."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Redirect, Response

from samepic.model.audit import Deed
from samepic.portal.admin.entering import enter
from samepic.portal.asked import Asked, QueryText, TheSite
from samepic.portal.cookies import SESSION, SIGNING_IN, dropped, held, named
from samepic.portal.pages.render import page
from samepic.portal.roles import Role, open_to
from samepic.portal.sessions import Visitor
from samepic.portal.sign_in.pending import LASTS
from samepic.portal.sign_in.provider import SignInRefused, Tokens
from samepic.portal.sign_in.roles_of import role_of
from samepic.portal.site import Site
from samepic.ports.errors import SystemFault

_log = logging.getLogger("samepic.portal")

DONE = "/sign-in/done"
"""The redirect URI's path, as it is registered with the provider."""


@get("/sign-in", opt=open_to(Role.ANYBODY))
async def sign_in(site: TheSite, request: Asked, to: QueryText = "/") -> Response[Any]:
    """Send somebody to the provider."""
    begun = site.pending.begin(to)
    try:
        at = await site.provider.address(
            redirect_uri=site.url + DONE, state=begun.state, nonce=begun.nonce, verifier=begun.verifier
        )
    except SystemFault as fault:
        _log.error("the sign-in does not answer", extra={"facts": {"saw": str(fault)}})
        return page(request, "sign_in/failed.html", status=503, why="unreachable")
    seconds = int(LASTS.total_seconds())
    return Redirect(at, cookies=[held(SIGNING_IN, begun.browser, secure=site.secure, seconds=seconds)])


@get(DONE, opt=open_to(Role.ANYBODY))
async def done(
    site: TheSite,
    request: Asked,
    code: QueryText = "",
    answered: Annotated[str, QueryParameter(name="state", max_length=200)] = "",
    error: QueryText = "",
) -> Response[Any]:
    """Where the provider sends people back to."""
    browser = request.cookies.get(named(SIGNING_IN, site.secure), "")
    begun = site.pending.take(answered, browser)
    if begun is None:
        return page(request, "sign_in/failed.html", status=400, why="stale")
    if error or not code:
        return page(
            request, "sign_in/failed.html", status=403, why="declined" if error == "access_denied" else "refused"
        )
    try:
        tokens = await site.provider.redeem(
            code, redirect_uri=site.url + DONE, nonce=begun.nonce, verifier=begun.verifier
        )
        visitor = await _visitor(site, tokens)
    except (SignInRefused, SystemFault) as fault:
        _log.warning("a sign-in came to nothing", extra={"facts": {"saw": str(fault)}})
        unreachable = isinstance(fault, SystemFault)
        why = "unreachable" if unreachable else "refused"
        return page(request, "sign_in/failed.html", status=503 if unreachable else 403, why=why)
    if visitor is None:
        return page(request, "sign_in/failed.html", status=403, why="unknown")
    if visitor.role >= Role.HELPDESK:
        await enter(site, request, Deed.SIGNED_IN, who=visitor)
    site.sessions.end(request.cookies.get(named(SESSION, site.secure), ""))
    word, _ = site.sessions.begin(visitor, tokens.id_token, tokens.refresh_token)
    _log.info("somebody signed in", extra={"facts": {"person": visitor.object_id, "role": visitor.role.name.lower()}})
    cookies = [held(SESSION, word, secure=site.secure), dropped(SIGNING_IN, secure=site.secure)]
    return Redirect(begun.to, cookies=cookies)


@post("/sign-out", opt=open_to(Role.PERSON))
async def sign_out(site: TheSite, request: Asked) -> Response[Any]:
    """End the session here, then at the provider."""
    id_token = request.auth.id_token  # the session lets go of it
    site.sessions.end(request.cookies.get(named(SESSION, site.secure), ""))
    try:
        farewell = await site.provider.farewell(id_token, f"{site.url}/signed-out")
    except SystemFault:
        farewell = None
    return Redirect(farewell or "/signed-out", status_code=303, cookies=[dropped(SESSION, secure=site.secure)])


@get("/signed-out", opt=open_to(Role.ANYBODY))
async def signed_out(request: Asked) -> Response[Any]:
    """The last page."""
    return page(request, "sign_in/signed_out.html")


async def _visitor(site: Site, tokens: Tokens) -> Visitor | None:
    """Who it is in the census; None where it knows nobody so."""
    key = tokens.claims.get(site.person_claim)
    if not isinstance(key, str) or not key:
        raise SignInRefused(f"the ID token has no {site.person_claim}")
    listed = await site.census.find(key)
    keys = listed.keys if listed is not None else None
    if listed is None or keys is None or keys.object_id is None:
        return None
    role = await role_of(tokens.claims, keys.object_id, site.groups, site.is_member)
    name = listed.census.display_name if listed.census else ""
    upn = keys.upn or key
    return Visitor(keys.object_id.casefold(), name or upn, upn, role, keys.mail)
