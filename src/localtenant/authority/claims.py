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
MOST_GROUPS = 200
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
    extra: dict[str, object] = {name: value for name, value in (("nonce", nonce), ("sid", session)) if value}
    if app.tells_groups:
        extra |= _groups(tenant, user)
    return _signed(tenant, {**_common(tenant, at, app.app_id), **_person(user), **extra, "upn": user.upn})


def groups_of(tenant: Tenant, member: str) -> set[str]:
    """The ids of every group that a person is in, directly or by another group."""
    every = {group.id: group.members for group in tenant.store.groups.in_order("")}
    found: set[str] = set()
    fresh = {member}
    while fresh:
        fresh = {group for group, members in every.items() if group not in found and not fresh.isdisjoint(members)}
        found |= fresh
    return found


def _groups(tenant: Tenant, user: User) -> dict[str, object]:
    """Ids, nested groups included; of somebody in more than the vendor puts into a token, where to ask instead.

    Source: "Configure group claims for applications", "Groups overage claim" of the ID token's reference.
    """
    found = sorted(groups_of(tenant, user.id))
    if len(found) <= MOST_GROUPS:
        return {"groups": found}
    endpoint = f"{tenant.url}/v1.0/users/{user.id}/getMemberObjects"
    return {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": endpoint}}}


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
