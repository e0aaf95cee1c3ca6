"""Making tokens: which claims the vendor puts into access and ID tokens, signed RS256.

Claims: Microsoft identity platform, "Access token claims reference" and "ID token claims reference".
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta

from joserfc import jwt

from localtenant.authority.apps import App
from localtenant.authority.resources import issuer
from localtenant.store.records import User
from localtenant.tenant import Tenant

LIFETIME = timedelta(seconds=3599)
NO_PROOF, BY_SECRET, BY_CERTIFICATE = "0", "1", "2"
"""`appidacr`: how the client proved itself."""


def app_token(tenant: Tenant, app: App, *, at: str, audience: str, roles: Collection[str], proof: str) -> str:
    """An access token of an application for itself. `proof` is BY_SECRET or BY_CERTIFICATE."""
    return _signed(
        tenant,
        {
            **_common(tenant, at, audience),
            **_client(app, proof),
            "idtyp": "app",
            "oid": app.app_id,
            "sub": app.app_id,
            "roles": sorted(roles),
        },
    )


def user_token(
    tenant: Tenant, app: App, user: User, *, at: str, audience: str, scopes: Collection[str], proof: str
) -> str:
    """An access token of a person through an application."""
    return _signed(
        tenant,
        {
            **_common(tenant, at, audience),
            **_client(app, proof),
            **_person(user),
            "idtyp": "user",
            "scp": " ".join(sorted(scopes)),
            "upn": user.upn,
            "unique_name": user.upn,
        },
    )


def id_token(
    tenant: Tenant, app: App, user: User, *, at: str, nonce: str | None = None, session: str | None = None
) -> str:
    """An ID token: who signed in, for the application alone; `sid` names the session that it rests on."""
    extra = {name: value for name, value in (("nonce", nonce), ("sid", session)) if value}
    return _signed(tenant, {**_common(tenant, at, app.app_id), **_person(user), **extra, "upn": user.upn})


def _common(tenant: Tenant, at: str, audience: str) -> dict[str, object]:
    now = int(tenant.clock.now().timestamp())
    return {
        "aud": audience,
        "iss": issuer(tenant, at),
        "iat": now,
        "nbf": now,
        "exp": now + int(LIFETIME.total_seconds()),
        "tid": tenant.tenant_id,
        "uti": secrets.token_urlsafe(16),
        "ver": "2.0",
    }


def _client(app: App, proof: str) -> dict[str, object]:
    return {"appid": app.app_id, "azp": app.app_id, "app_displayname": app.name, "appidacr": proof, "azpacr": proof}


def _person(user: User) -> dict[str, object]:
    claims: dict[str, object] = {
        "oid": user.id,
        "sub": user.id,
        "name": user.display_name,
        "given_name": user.given_name,
        "family_name": user.surname,
        "preferred_username": user.upn,
    }
    return claims | ({"email": user.mail} if user.mail else {})


def _signed(tenant: Tenant, claims: dict[str, object]) -> str:
    key = tenant.authority.secrets.signing_key
    return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": key.kid}, claims, key, algorithms=["RS256"])
