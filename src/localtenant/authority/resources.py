"""What access tokens are for: Graph, SharePoint and Exchange, by the addresses that name them.

Audiences and scopes: Microsoft identity platform, "Scopes and permissions" (`{resource}/.default`, bare names are
Graph's); SharePoint's host names: sp-dev-docs `security-apponly-azuread.md` (one token per host).
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from localtenant.tenant import Tenant

SHAREPOINT_APP_ID = "00000003-0000-0ff1-ce00-000000000000"
OPENID_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
AUTHORITY_HOSTS = frozenset(
    {
        "login.microsoftonline.com",
        "login.windows.net",
        "login.microsoft.com",
        "sts.windows.net",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "login.chinacloudapi.cn",
    }
)


@dataclass(frozen=True, slots=True)
class Resource:
    """An API that tokens are made for. `audiences[0]` stands in tokens asked for by a bare scope name."""

    name: str  # graph, sharepoint or ews: the word that `authenticate` takes
    title: str
    app_id: str
    audiences: tuple[str, ...]


def sharepoint_hosts(tenant: Tenant) -> tuple[str, str, str]:
    """The real host names: sites, personal sites, administration."""
    name = tenant.domain.split(".", maxsplit=1)[0].casefold()
    return f"{name}.sharepoint.com", f"{name}-my.sharepoint.com", f"{name}-admin.sharepoint.com"


def resources(tenant: Tenant) -> tuple[Resource, ...]:
    """Graph, SharePoint and Exchange of this tenant."""
    return (
        Resource(
            "graph",
            "Microsoft Graph",
            "00000003-0000-0000-c000-000000000000",
            ("https://graph.microsoft.com", "https://graph.microsoft.us", "https://microsoftgraph.chinacloudapi.cn"),
        ),
        Resource(
            "sharepoint",
            "Office 365 SharePoint Online",
            SHAREPOINT_APP_ID,
            (tenant.url, *(f"https://{host}" for host in sharepoint_hosts(tenant))),
        ),
        Resource(
            "ews",
            "Office 365 Exchange Online",
            "00000002-0000-0ff1-ce00-000000000000",
            ("https://outlook.office365.com", "https://outlook.office.com"),
        ),
    )


def resource_of(tenant: Tenant, audience: str) -> Resource | None:
    """The API that an audience names: by address, with or without a slash at its end, or by application id."""
    wanted = audience.rstrip("/").casefold()
    for resource in resources(tenant):
        if wanted == resource.app_id or wanted in (a.casefold() for a in resource.audiences if a):
            return resource
    return None


def audience_fits(tenant: Tenant, request: Request, audience: str, api: str) -> bool:
    """Whether a token for `audience` may be used at `api` under the host that was asked.

    A real SharePoint host takes only tokens for itself, or for SharePoint's application id.
    """
    resource = resource_of(tenant, audience)
    if resource is None or resource.name != api:
        return False
    host = request.headers.get("host", "").split(":", maxsplit=1)[0].casefold()
    if api == "sharepoint" and host in sharepoint_hosts(tenant):
        return audience.rstrip("/").casefold() in (f"https://{host}", SHAREPOINT_APP_ID)
    return True


def origin(tenant: Tenant, request: Request) -> str:
    """Where the authority was reached: the vendor's host name if the request came under it, else the tenant's URL."""
    host = request.headers.get("host", "").casefold()
    return f"https://{host}" if host in AUTHORITY_HOSTS else tenant.url


def issuer(tenant: Tenant, at: str) -> str:
    """The `iss` of tokens given out at an origin."""
    return f"{at}/{tenant.tenant_id}/v2.0"


def issuers(tenant: Tenant) -> frozenset[str]:
    """Every issuer that this tenant's APIs trust: its own URL and the vendor's host names."""
    return frozenset(issuer(tenant, at) for at in (tenant.url, *(f"https://{host}" for host in AUTHORITY_HOSTS)))
