"""Office home's own sign-in: the authorization code flow against the authority, then a session of the pages.

The page on SharePoint's host names signs in the same way under its own name.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localtenant.authority.asked import query
from localtenant.authority.refusals import Refusal
from localtenant.authority.registered import HOME_HOSTS, SIGNED_IN_PATH, home_app
from localtenant.authority.resources import sharepoint_hosts
from localtenant.authority.sessions import HOME, Session, begin, cookie_name, session_of, set_cookie
from localtenant.authority.token import redeemed_code
from localtenant.pages.render import page
from localtenant.store.records import User
from localtenant.tenant import Tenant

MOST_WAITING = 1000
FLOW = "flow"


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in person looking at a page."""

    request: Request
    user: User
    session: Session


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in under way: what must come back, and where the person wanted to go."""

    to: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))


Page = Callable[[Visit], Awaitable[Response]]


class SigningIn:
    """The flows under way of one tenant's pages, by the cookie of the browser that started them."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._waiting: dict[str, Flow] = {}

    def for_people(self, show: Page) -> Callable[[Request], Awaitable[Response]]:
        """A page for signed-in people; a stranger is sent to sign in and comes back to it."""

        async def shown(request: Request) -> Response:
            visit = visit_of(self._tenant, request)
            if visit is not None:
                return await show(visit)
            path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            to = path if request.method == "GET" else "/"
            return RedirectResponse(f"/signin?{urlencode({'to': to})}", 302, headers={"Cache-Control": "no-store"})

        return shown

    async def start(self, request: Request) -> Response:
        """`GET /signin`: off to the authority."""
        tenant, at = self._tenant, here(self._tenant, request)
        to = own_path(request.query_params.get("to", "/"))
        if request.headers.get("host", "") != urlsplit(at).netloc:
            # Cookies belong to a host: a browser that came by another name of this machine starts over at the first.
            return RedirectResponse(f"{at}/signin?{urlencode({'to': to})}", 302)
        flow = Flow(to)
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.pop(next(iter(self._waiting)))
        key = secrets.token_urlsafe(24)
        self._waiting[key] = flow
        challenge = base64.urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "client_id": home_app(tenant).app_id,
            "response_type": "code",
            "redirect_uri": at + SIGNED_IN_PATH,
            "scope": "openid profile",
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        authority = authority_for(tenant, at)
        response = RedirectResponse(
            f"{authority}/{tenant.tenant_id}/oauth2/v2.0/authorize?{urlencode(asked)}",
            302,
            headers={"Cache-Control": "no-store"},
        )
        set_cookie(tenant, response, FLOW, key)
        return response

    async def finish(self, request: Request) -> Response:
        """`GET /signin-oidc`: back with a code; a flow that this browser did not start, or used before, starts over."""
        tenant, at = self._tenant, here(self._tenant, request)
        flow = self._waiting.pop(request.cookies.get(cookie_name(tenant, FLOW), ""), None)
        try:
            fields = query(request)
            if flow is None or not secrets.compare_digest(fields.get("state", "").encode(), flow.state.encode()):
                return RedirectResponse("/", 302)
            if "code" not in fields:
                message = fields.get("error_description", "")
                return page(tenant, request, "error.html", status=400, number=0, message=message)
            claims = self._claims_of(fields["code"], flow, at)
        except Refusal as why:
            return page(tenant, request, "error.html", status=400, number=why.number, message=why.sentence)
        response = RedirectResponse(at + flow.to, 302, headers={"Cache-Control": "no-store"})
        begin(tenant, request, response, HOME, claims["oid"], claims.get("sid"))
        response.delete_cookie(cookie_name(tenant, FLOW), path="/", secure=tenant.tls, httponly=True, samesite="lax")
        return response

    def _claims_of(self, code: str, flow: Flow, at: str) -> dict[str, Any]:
        """What the ID token says, once it is ours, meant for us and for this sign-in."""
        tenant, app = self._tenant, home_app(self._tenant)
        answer = redeemed_code(
            tenant,
            app,
            {"code": code, "redirect_uri": at + SIGNED_IN_PATH, "code_verifier": flow.verifier},
            authority_for(tenant, at),
        )
        try:
            key = tenant.authority.secrets.signing_key
            claims = jwt.decode(str(answer["id_token"]), key, algorithms=["RS256"]).claims
        except JoseError:
            raise Refusal(9002313) from None
        if claims.get("aud") != app.app_id or claims.get("nonce") != flow.nonce:
            raise Refusal(9002313)
        return claims


def visit_of(tenant: Tenant, request: Request) -> Visit | None:
    """The signed-in person who asks, None for a stranger."""
    session = session_of(tenant, request, HOME)
    user = tenant.store.users.get(session.user_id) if session else None
    return Visit(request, user, session) if session is not None and user is not None else None


def here(tenant: Tenant, request: Request) -> str:
    """The origin that the browser sees: a real host name if it came by one, else the tenant's."""
    host = request.headers.get("host", "").casefold()
    return f"https://{host}" if host in (*HOME_HOSTS, *sharepoint_hosts(tenant)) else tenant.url


def authority_for(tenant: Tenant, at: str) -> str:
    """The authority that belongs to an origin."""
    return tenant.url if at == tenant.url else "https://login.microsoftonline.com"


def own_path(to: str) -> str:
    """A path of these pages, whatever was given: anything that could lead elsewhere becomes the home page."""
    plain = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable() and to.isascii()
    return to if plain and " " not in to else "/"
