"""The device code flow: a device asks for a code, its person types it into a browser and says yes or no.

Source: `v2-oauth2-device-code` (RFC 8628).
"""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localtenant.authority.asked import NEVER_KEPT, check_tenant, form, needed
from localtenant.authority.grants import DEVICE_INTERVAL_SECONDS, DEVICE_LIFETIME, Device
from localtenant.authority.login import WORDS, check_form_token, form_token, keep_form_token, prove
from localtenant.authority.refusals import Refusal, refuse
from localtenant.authority.registered import find_app
from localtenant.authority.resources import origin
from localtenant.authority.scopes import for_a_person
from localtenant.authority.sessions import SIGN_IN, Session, begin, session_of
from localtenant.pages.render import page
from localtenant.tenant import Tenant


async def devicecode(tenant: Tenant, request: Request) -> Response:
    """`POST /{tenant}/oauth2/v2.0/devicecode`."""
    check_tenant(tenant, request)
    fields = await form(request)
    client_id = needed(fields, "client_id")
    app = find_app(tenant, client_id)
    if app is None or not (app.public or app.allows_public_flows):
        raise refuse(700016, app=client_id, tenant=tenant.domain)
    scope = needed(fields, "scope")
    for_a_person(tenant, app, scope)
    code, device = tenant.authority.grants.give_device(app.app_id, scope, tenant.clock.now())
    where = f"{origin(tenant, request)}/devicelogin"
    return JSONResponse(
        {
            "user_code": device.user_code,
            "device_code": code,
            "verification_uri": where,
            "expires_in": int(DEVICE_LIFETIME.total_seconds()),
            "interval": DEVICE_INTERVAL_SECONDS,
            "message": f"To sign in, use a web browser to open the page {where} and enter the code "
            f"{device.user_code} to authenticate.",
        },
        headers=NEVER_KEPT,
    )


async def devicelogin(tenant: Tenant, request: Request) -> Response:
    """`GET|POST /devicelogin`: the code, then sign-in if nobody is, then the question; one form after the other."""
    if request.method == "GET":
        return _ask_code(tenant, request)
    session = session_of(tenant, request, SIGN_IN)
    try:
        fields = await form(request)
        check_form_token(tenant, request, fields)
        device = _device(tenant, request, fields.get("user_code", ""))
    except Refusal as why:
        return _ask_code(tenant, request, WORDS.get(why.number, "device.unknown"))
    if "password" in fields:
        return await _sign_in(tenant, request, device, fields)
    if session is None:
        return _ask_sign_in(tenant, request, device)
    if fields.get("decision") in ("allowed", "declined"):
        # Only a form of this very session decides: `csrf` is in the question's page and nowhere else.
        if secrets.compare_digest(fields.get("csrf", "").encode(), session.csrf.encode()):
            tenant.authority.grants.decide_device(device, fields["decision"], session.user_id)
            return page(tenant, request, "device_done.html", allowed=fields["decision"] == "allowed")
        return _ask_code(tenant, request, "sign_in.stale")
    return _ask_word(tenant, request, device, session)


def _device(tenant: Tenant, request: Request, typed: str) -> Device:
    """The waiting device; wrong codes count against the address, so that codes cannot be tried out."""
    now = tenant.clock.now()
    address = request.client.host if request.client else ""
    if tenant.authority.addresses.locked(address, now):
        raise refuse(50053)
    device = tenant.authority.grants.device_by_user_code(typed, now)
    if device is None:
        tenant.authority.addresses.fail(address, now)
        raise refuse(70019)
    return device


async def _sign_in(tenant: Tenant, request: Request, device: Device, fields: dict[str, str]) -> Response:
    name = fields.get("name", "")
    try:
        user = await prove(tenant, request, name, fields["password"])
    except Refusal as why:
        return _ask_sign_in(tenant, request, device, name, why)
    holder = Response()
    session = begin(tenant, request, holder, SIGN_IN, user.id)
    response = _ask_word(tenant, request, device, session)
    response.raw_headers.extend(pair for pair in holder.raw_headers if pair[0] == b"set-cookie")
    return response


def _ask_code(tenant: Tenant, request: Request, problem: str = "") -> Response:
    token = form_token(tenant, request)
    status = 400 if problem else 200
    response = page(tenant, request, "device.html", status=status, form_token=token, problem=problem)
    keep_form_token(tenant, response, token)
    return response


def _ask_sign_in(
    tenant: Tenant, request: Request, device: Device, name: str = "", why: Refusal | None = None
) -> Response:
    app = find_app(tenant, device.app_id)
    return page(
        tenant,
        request,
        "sign_in.html",
        status=200 if why is None else 429 if why.number == 50053 else 400,
        form_token=form_token(tenant, request),
        app=app.name if app else "",
        name=name,
        user_code=device.user_code,
        problem=WORDS.get(why.number, "sign_in.stale") if why else "",
        number=why.number if why else 0,
    )


def _ask_word(tenant: Tenant, request: Request, device: Device, session: Session) -> Response:
    app = find_app(tenant, device.app_id)
    user = tenant.store.users.get(session.user_id)
    return page(
        tenant,
        request,
        "device_confirm.html",
        form_token=form_token(tenant, request),
        csrf=session.csrf,
        user_code=device.user_code,
        app=app.name if app else "",
        upn=user.upn if user else "",
    )
