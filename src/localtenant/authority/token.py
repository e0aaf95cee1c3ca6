"""The token endpoint: four grants, each answered with tokens or refused in the vendor's words.

Source: the flow pages of the Microsoft identity platform: `v2-oauth2-client-creds-grant-flow`,
`v2-oauth2-auth-code-flow`, `v2-oauth2-device-code`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localtenant.authority.apps import App
from localtenant.authority.asked import NEVER_KEPT, check_tenant, form, needed
from localtenant.authority.assertions import DEVICE_CODE, REFRESH_TOKEN, proven
from localtenant.authority.claims import LIFETIME, NO_PROOF, app_token, id_token, user_token
from localtenant.authority.grants import Consent
from localtenant.authority.refusals import refuse
from localtenant.authority.registered import find_app
from localtenant.authority.resources import origin
from localtenant.authority.scopes import for_a_person, for_the_app
from localtenant.store.records import User
from localtenant.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Asking:
    """A token request whose client is known. `at` is the origin under which the authority was reached."""

    fields: Mapping[str, str]
    app: App
    proof: str
    at: str


async def token(tenant: Tenant, request: Request) -> Response:
    """`POST /{tenant}/oauth2/v2.0/token`."""
    fields = await form(request)
    grant = needed(fields, "grant_type")
    if grant not in GRANTS:
        raise refuse(70003, grant=grant)
    check_tenant(tenant, request, any_tenant=grant != "client_credentials")
    app, proof = proven(tenant, request, fields, grant)
    answer = GRANTS[grant](tenant, Asking(fields, app, proof, origin(tenant, request)))
    return JSONResponse(answer, headers=NEVER_KEPT)


def redeemed_code(tenant: Tenant, app: App, fields: Mapping[str, str], at: str) -> dict[str, object]:
    """What the endpoint answers a public client's code; for the tenant's own pages, which live in the same process."""
    return _authorization_code(tenant, Asking(fields, app, NO_PROOF, at))


def _client_credentials(tenant: Tenant, asking: Asking) -> dict[str, object]:
    wanted, roles = for_the_app(tenant, asking.app, needed(asking.fields, "scope"))
    access = app_token(tenant, asking.app, at=asking.at, audience=wanted.audience, roles=roles, proof=asking.proof)
    return _bearer(access)


def _authorization_code(tenant: Tenant, asking: Asking) -> dict[str, object]:
    now = tenant.clock.now()
    code = tenant.authority.grants.redeem_code(needed(asking.fields, "code"))
    if code is None or code.consent.app_id != asking.app.app_id:
        raise refuse(70000, name="code")
    if code.redeemed:
        tenant.authority.grants.revoke_family(code.consent.family)
        raise refuse(54005)
    if code.expires_at <= now:
        raise refuse(70008)
    if needed(asking.fields, "redirect_uri") != code.redirect_uri:
        raise refuse(50011, uri=asking.fields["redirect_uri"], app=asking.app.app_id)
    _check_verifier(asking, code.challenge)
    return _tokens_of_a_person(tenant, asking, code.consent, code.consent.scope)


def _check_verifier(asking: Asking, challenge: str | None) -> None:
    """PKCE, S256 only (RFC 7636 §4.6)."""
    verifier = asking.fields.get("code_verifier", "")
    if challenge is None:
        if verifier:
            raise refuse(501481)
        return
    digest = hashlib.sha256(verifier.encode()).digest()
    if not hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"="), challenge.encode()):
        raise refuse(501481)


def _refresh_token(tenant: Tenant, asking: Asking) -> dict[str, object]:
    given, grants = needed(asking.fields, "refresh_token"), tenant.authority.grants
    kept = grants.refresh(given)
    if kept is None or kept.consent.app_id != asking.app.app_id:
        raise refuse(70000, name="refresh_token")
    if asking.proof == NO_PROOF and not (asking.app.public or kept.consent.unproven):
        raise refuse(7000218)
    grants.use_refresh(given)
    if kept.used:
        grants.revoke_family(kept.consent.family)
        raise refuse(50173)
    if kept.expires_at <= tenant.clock.now():
        raise refuse(70008)
    # Another API may be asked for with the same refresh token, so far as the application is granted it.
    return _tokens_of_a_person(tenant, asking, kept.consent, asking.fields.get("scope") or kept.consent.scope)


def _device_code(tenant: Tenant, asking: Asking) -> dict[str, object]:
    code = needed(asking.fields, "device_code")
    device = tenant.authority.grants.device(code)
    if device is None or device.app_id != asking.app.app_id:
        raise refuse(70019)
    if device.expires_at <= tenant.clock.now():
        raise refuse(70020)
    if device.decided is None:
        raise refuse(70016)
    tenant.authority.grants.forget_device(code)
    if device.decided != "allowed" or device.user_id is None:
        raise refuse(70017)
    consent = Consent(asking.app.app_id, device.user_id, device.scope, unproven=asking.proof == NO_PROOF)
    return _tokens_of_a_person(tenant, asking, consent, device.scope)


GRANTS: Mapping[str, Callable[[Tenant, Asking], dict[str, object]]] = {
    "client_credentials": _client_credentials,
    "authorization_code": _authorization_code,
    REFRESH_TOKEN: _refresh_token,
    DEVICE_CODE: _device_code,
}


def _tokens_of_a_person(tenant: Tenant, asking: Asking, consent: Consent, scope: str) -> dict[str, object]:
    user = _able_user(tenant, consent.user_id)
    app = find_app(tenant, asking.app.app_id) or asking.app
    wanted = for_a_person(tenant, app, scope)
    access = user_token(
        tenant, app, user, at=asking.at, audience=wanted.audience, scopes=wanted.scp, proof=asking.proof
    )
    answer = _bearer(access) | {"scope": wanted.spelled}
    if "offline_access" in wanted.openid or "refresh_token" in asking.fields:
        answer["refresh_token"] = tenant.authority.grants.give_refresh(consent, tenant.clock.now())
    if "openid" in wanted.openid:
        answer["id_token"] = id_token(tenant, app, user, at=asking.at, nonce=consent.nonce, session=consent.session)
    if asking.fields.get("client_info") == "1":  # MSAL tells accounts apart by it
        info = json.dumps({"uid": user.id, "utid": tenant.tenant_id}).encode()
        answer["client_info"] = base64.urlsafe_b64encode(info).decode().rstrip("=")
    return answer


def _able_user(tenant: Tenant, user_id: str) -> User:
    user = tenant.store.users.get(user_id)
    if user is None:
        raise refuse(50034, tenant=tenant.domain)
    if not user.account_enabled:
        raise refuse(50057)
    return user


def _bearer(access_token: str) -> dict[str, object]:
    seconds = int(LIFETIME.total_seconds())
    return {
        "token_type": "Bearer",
        "expires_in": seconds,
        "ext_expires_in": seconds,
        "access_token": access_token,
    }
