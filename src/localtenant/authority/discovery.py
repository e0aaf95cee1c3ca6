"""Where things are: OpenID configuration, keys, instance discovery.

Source: "OpenID Connect on the Microsoft identity platform" and MSAL's instance discovery (`api-version=1.1`).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localtenant.authority.asked import check_tenant
from localtenant.authority.resources import AUTHORITY_HOSTS, origin
from localtenant.tenant import Tenant

DAY = {"Cache-Control": "max-age=86400, private"}


def configuration(tenant: Tenant, request: Request) -> Response:
    """`/{tenant}/v2.0/.well-known/openid-configuration`; under `common` the issuer keeps the vendor's placeholder."""
    check_tenant(tenant, request)
    at, named = origin(tenant, request), str(request.path_params["tenant"])
    whose = tenant.tenant_id if named.casefold() in (tenant.tenant_id, tenant.domain) else "{tenantid}"
    oauth = f"{at}/{named}/oauth2/v2.0"
    return JSONResponse(
        {
            "token_endpoint": f"{oauth}/token",
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "private_key_jwt",
                "client_secret_basic",
            ],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256"],
            "jwks_uri": f"{at}/{named}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "grant_types_supported": [
                "authorization_code",
                "refresh_token",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code",
            ],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "code_challenge_methods_supported": ["S256"],
            "issuer": f"{at}/{whose}/v2.0",
            "request_uri_parameter_supported": False,
            "authorization_endpoint": f"{oauth}/authorize",
            "device_authorization_endpoint": f"{oauth}/devicecode",
            "http_logout_supported": True,
            "frontchannel_logout_supported": False,
            "end_session_endpoint": f"{oauth}/logout",
            "claims_supported": [
                *("sub", "iss", "aud", "exp", "iat", "nbf", "nonce", "tid", "oid", "ver"),
                *("name", "preferred_username", "given_name", "family_name", "email", "upn"),
            ],
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
        },
        headers=DAY,
    )


def keys(tenant: Tenant, request: Request) -> Response:
    """`/{tenant}/discovery/v2.0/keys`: the public half of the signing key (RFC 7517)."""
    check_tenant(tenant, request)
    key = tenant.authority.secrets.signing_key
    shown = {**key.as_dict(private=False), "use": "sig", "alg": "RS256"}
    return JSONResponse({"keys": [shown]}, headers=DAY)


def instances(tenant: Tenant, request: Request) -> Response:
    """`/common/discovery/instance`: which authority hosts are the same, and where the asked one describes itself."""
    at = origin(tenant, request)
    host = at.split("://", maxsplit=1)[1]
    asked = request.query_params.get("authorization_endpoint", "")
    parts = asked.split("/")
    named = parts[3] if len(parts) > 3 and parts[3] else "common"
    aliases = sorted({host} | (AUTHORITY_HOSTS if host in AUTHORITY_HOSTS else frozenset()))
    return JSONResponse(
        {
            "tenant_discovery_endpoint": f"{at}/{named}/v2.0/.well-known/openid-configuration",
            "api-version": request.query_params.get("api-version", "1.1"),
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": aliases}],
        },
        headers=DAY,
    )
