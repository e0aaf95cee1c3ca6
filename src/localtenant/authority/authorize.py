"""The authorization endpoint: a person signs in, an application gets a code at its registered address.

Source: `v2-oauth2-auth-code-flow`: parameters, `prompt`, `login_hint`, `response_mode` query and form_post, PKCE.
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localtenant.authority.apps import App
from localtenant.authority.asked import NEVER_KEPT, check_tenant, correlation_id, form, needed, query
from localtenant.authority.grants import Consent
from localtenant.authority.login import WORDS, check_form_token, form_token, keep_form_token, prove
from localtenant.authority.redirects import is_registered, origin_of, with_answer
from localtenant.authority.refusals import Refusal, refuse
from localtenant.authority.registered import find_app
from localtenant.authority.scopes import for_a_person
from localtenant.authority.sessions import SIGN_IN, Session, begin, session_of
from localtenant.pages.render import page
from localtenant.tenant import Tenant

PROMPTS = frozenset({"", "login", "none", "consent", "select_account"})
S256 = re.compile(r"[A-Za-z0-9_-]{43}")
SUBMIT = "document.forms[0].submit()"
SUBMIT_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(SUBMIT.encode()).digest()).decode()}'"


@dataclass(frozen=True, slots=True)
class Wish:
    """An authorization request whose application and redirect URI are known to belong together."""

    app: App
    redirect_uri: str
    fields: dict[str, str]

    @property
    def prompt(self) -> str:
        """What the application wants shown."""
        return self.fields.get("prompt", "")


async def authorize(tenant: Tenant, request: Request) -> Response:
    """`GET|POST /{tenant}/oauth2/v2.0/authorize`; the sign-in page posts to the address that it was asked by."""
    try:
        check_tenant(tenant, request)
        wish = _wish(tenant, query(request))
    except Refusal as why:  # nobody to send the person to, so the page says it
        return page(tenant, request, "error.html", status=400, number=why.number, message=why.sentence)
    try:
        _check(tenant, wish)
        return await _signed_in_or_asked(tenant, request, wish)
    except Refusal as why:
        described = why.described(
            now=tenant.clock.now(), correlation_id=correlation_id(request), trace_id=str(uuid.uuid4())
        )
        return _answer(tenant, request, wish, {"error": why.error, "error_description": described})


def _wish(tenant: Tenant, fields: dict[str, str]) -> Wish:
    client_id = fields.get("client_id", "")
    if not client_id:
        raise refuse(900144, name="client_id")
    app = find_app(tenant, client_id)
    if app is None:
        raise refuse(700016, app=client_id, tenant=tenant.domain)
    uri = fields.get("redirect_uri", "")
    if not is_registered(tenant, uri, app.redirect_uris):
        raise refuse(50011, uri=uri, app=app.app_id)
    return Wish(app, uri, fields)


def _check(tenant: Tenant, wish: Wish) -> None:
    fields = wish.fields
    if fields.get("response_type") != "code":
        raise refuse(700054, type=fields.get("response_type", ""))
    if fields.get("response_mode", "query") not in ("query", "form_post") or wish.prompt not in PROMPTS:
        raise refuse(9002313)
    challenge, method = fields.get("code_challenge", ""), fields.get("code_challenge_method", "")
    if challenge and (method != "S256" or not S256.fullmatch(challenge)):
        raise refuse(9002325, why="The code_challenge_method is S256.")
    if wish.app.public and not challenge:
        raise refuse(9002325, why="The request has no code_challenge.")
    for_a_person(tenant, wish.app, needed(fields, "scope"))


async def _signed_in_or_asked(tenant: Tenant, request: Request, wish: Wish) -> Response:
    if request.method == "POST":
        return await _sign_in(tenant, request, wish)
    session = session_of(tenant, request, SIGN_IN)
    if session is not None and wish.prompt in ("", "none", "consent"):
        return _answer(tenant, request, wish, _code(tenant, wish, session))
    if wish.prompt == "none":
        raise refuse(50058)
    return sign_in_page(tenant, request, wish)


async def _sign_in(tenant: Tenant, request: Request, wish: Wish) -> Response:
    fields = await form(request)
    name = fields.get("name", "")
    try:
        check_form_token(tenant, request, fields)
        user = await prove(tenant, request, name, fields.get("password", ""))
    except Refusal as why:
        return sign_in_page(tenant, request, wish, name=name, why=why)
    holder = Response()
    session = begin(tenant, request, holder, SIGN_IN, user.id)
    response = _answer(tenant, request, wish, _code(tenant, wish, session))
    response.raw_headers.extend(pair for pair in holder.raw_headers if pair[0] == b"set-cookie")
    return response


def sign_in_page(
    tenant: Tenant, request: Request, wish: Wish, name: str | None = None, why: Refusal | None = None
) -> Response:
    """The form for name and password; after a refused try with its reason."""
    token = form_token(tenant, request)
    response = page(
        tenant,
        request,
        "sign_in.html",
        status=200 if why is None else 429 if why.number == 50053 else 400,
        posts_to=[origin_of(wish.redirect_uri)],
        form_token=token,
        app=wish.app.name,
        name=wish.fields.get("login_hint", "") if name is None else name,
        problem=WORDS.get(why.number, "sign_in.stale") if why else "",
        number=why.number if why else 0,
    )
    keep_form_token(tenant, response, token)
    return response


def _code(tenant: Tenant, wish: Wish, session: Session) -> dict[str, str]:
    fields = wish.fields
    consent = Consent(
        wish.app.app_id, session.user_id, fields.get("scope", ""), nonce=fields.get("nonce"), session=session.key
    )
    challenge = fields.get("code_challenge") or None
    code = tenant.authority.grants.give_code(consent, wish.redirect_uri, challenge, tenant.clock.now())
    return {"code": code}


def _answer(tenant: Tenant, request: Request, wish: Wish, answer: dict[str, str]) -> Response:
    """The way back to the application, by redirect or by a form that posts itself where scripts run."""
    if "state" in wish.fields:
        answer = answer | {"state": wish.fields["state"]}
    if wish.fields.get("response_mode") == "form_post":
        return page(
            tenant,
            request,
            "continue.html",
            posts_to=[origin_of(wish.redirect_uri)],
            script=SUBMIT_SOURCE,
            submit=Markup(SUBMIT),  # noqa: S704 - a constant, whose hash the content policy names
            to=wish.redirect_uri,
            fields=answer,
            app=wish.app.name,
        )
    return RedirectResponse(with_answer(wish.redirect_uri, answer), 302, headers=NEVER_KEPT)
