"""Each API's check of the access token that a request carries: signature, issuer, audience, time."""

from __future__ import annotations

import hashlib

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from starlette.requests import Request

from localtenant.authority.principal import Checked, Principal, TokenRefused
from localtenant.authority.resources import SHAREPOINT_APP_ID, audience_fits, issuers
from localtenant.tenant import Tenant

LEEWAY_SECONDS = 300
"""Clock skew that the vendor's APIs forgive."""

REMEMBERED = 512

_WORDS = {
    "graph": {
        "missing": "Access token is empty.",
        "malformed": "IDX14100: JWT is not well formed, there are no dots (.).",
        "signature": "Access token validation failure. Signature is invalid.",
        "issuer": "Access token validation failure. Invalid issuer.",
        "audience": "Access token validation failure. Invalid audience.",
        "expired": "Lifetime validation failed, the token is expired.",
    },
    "sharepoint": {
        "missing": "Access denied. Before opening files in this location, you must first browse to the web site and "
        "select the option to login automatically.",
        "malformed": "Unsupported security token.",
        "signature": "Invalid issuer or signature.",
        "issuer": "Invalid issuer or signature.",
        "audience": "Invalid audience Uri.",
        "expired": "Token lifetime is invalid or the token has expired.",
        "secret": "Unsupported app only token.",
    },
    "ews": {
        "missing": "The request carries no token.",
        "malformed": "The token is malformed.",
        "signature": "The token has an invalid signature.",
        "issuer": "The issuer of the token is unknown.",
        "audience": "The audience claim value is invalid.",
        "expired": "The token has expired.",
    },
}
_DIAGNOSTICS = {
    "missing": "3000001",
    "malformed": "3000001",
    "signature": "3000006",
    "issuer": "3000003",
    "audience": "3000003",
    "expired": "3000008",
    "secret": "3001000",
}


def authenticate(tenant: Tenant, request: Request, audience: str) -> Principal:
    """Who calls, by the request's bearer token; TokenRefused says why a token must not be accepted.

    audience: `graph`, `sharepoint` or `ews`. SharePoint also refuses an app's token that a client secret got, unless
    the behaviour `sharepoint_secrets` accepts it.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not token.strip():
        raise refusal(tenant, audience, "missing")
    checked = _checked(tenant, request, token.strip(), audience)
    if not checked.not_before - LEEWAY_SECONDS <= tenant.clock.now().timestamp() < checked.expires:
        raise refusal(tenant, audience, "expired")
    principal = checked.principal
    if (
        audience == "sharepoint"
        and principal.is_app
        and not principal.by_certificate
        and tenant.behaviours["sharepoint_secrets"] == "refused"
    ):
        raise refusal(tenant, audience, "secret")
    return principal


def refusal(tenant: Tenant, audience: str, code: str) -> TokenRefused:
    """The vendor's words for a refusal and, as `headers`, what its 401 carries beside the body."""
    words = _WORDS[audience][code]
    return TokenRefused(code, words, _headers(tenant, audience, code, words))


def _headers(tenant: Tenant, audience: str, code: str, words: str) -> dict[str, str]:
    if audience == "graph":
        challenge = f'Bearer realm="", authorization_uri="{tenant.url}/common/oauth2/authorize"'
        return {"WWW-Authenticate": f'{challenge}, client_id="00000003-0000-0000-c000-000000000000"'}
    if audience == "sharepoint":
        # Clients learn the realm from here with an empty `Authorization: Bearer` (sp-dev-docs).
        realm = f'Bearer realm="{tenant.tenant_id}",client_id="{SHAREPOINT_APP_ID}"'
        trusted = f'trusted_issuers="00000001-0000-0000-c000-000000000000@*",authorization_uri="{tenant.url}/common'
        return {
            "WWW-Authenticate": f'{realm},{trusted}/oauth2/authorize"',
            "x-ms-diagnostics": f'{_DIAGNOSTICS[code]};reason="{words}";category="invalid_client"',
        }
    challenge = 'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", token_types="app_asserted_user_v1", '
    error = "" if code == "missing" else ', error="invalid_token"'
    return {
        "WWW-Authenticate": f'{challenge}authorization_uri="{tenant.url}/common/oauth2/authorize"{error}',
        "x-ms-diagnostics": f'2000003;reason="{words}";error_category="invalid_token"',
    }


def _checked(tenant: Tenant, request: Request, token: str, audience: str) -> Checked:
    """Signature, issuer and audience; remembered, because a client sends one thousands of times. Raises TokenRefused.

    Whether it has expired is for whoever asks: that changes.
    """
    key = (hashlib.sha256(token.encode()).digest(), audience, request.headers.get("host", ""))
    remembered = tenant.authority.checked
    found = remembered.get(key)
    if found is None:
        claims = _claims(tenant, token, audience)
        if claims.get("iss") not in issuers(tenant) or claims.get("tid") != tenant.tenant_id:
            raise refusal(tenant, audience, "issuer")
        if not audience_fits(tenant, request, str(claims.get("aud", "")), audience):
            raise refusal(tenant, audience, "audience")
        if len(remembered) >= REMEMBERED:
            remembered.clear()
        found = remembered[key] = Checked(_principal(claims), _number(claims, "nbf"), _number(claims, "exp"))
    return found


def _claims(tenant: Tenant, token: str, audience: str) -> dict[str, object]:
    """The claims of a token that this authority signed."""
    try:
        return jwt.decode(token, tenant.authority.secrets.signing_key, algorithms=["RS256"]).claims
    except BadSignatureError:
        raise refusal(tenant, audience, "signature") from None
    except (JoseError, ValueError):
        raise refusal(tenant, audience, "malformed") from None


def _principal(claims: dict[str, object]) -> Principal:
    is_app = claims.get("idtyp") == "app"
    roles = claims.get("roles")
    return Principal(
        app_id=str(claims.get("appid", "")),
        user_id=None if is_app else str(claims.get("oid", "")),
        scopes=frozenset(str(claims.get("scp", "")).split()),
        roles=frozenset(map(str, roles)) if isinstance(roles, list) else frozenset(),
        by_certificate=claims.get("appidacr") == "2",
    )


def _number(claims: dict[str, object], name: str) -> float:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
