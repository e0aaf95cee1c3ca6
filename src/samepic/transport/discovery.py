"""Finds out what nobody should have to type: a tenant's id, and the name of its SharePoint.

Source: learn.microsoft.com/entra/identity-platform/v2-protocols-oidc (the issuer of a tenant's metadata holds its id).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

from samepic.model.sayings import saying
from samepic.model.system import Grant
from samepic.ports.errors import OutOfContract
from samepic.transport.client import HttpClient, HttpOptions, Meter, Patience
from samepic.transport.clouds import Cloud
from samepic.transport.connection import TenantConnection

_QUICK = Patience(attempts=2, altogether=timedelta(seconds=10))
_ORGANIZATION = Grant("User.Read.All (Microsoft Graph, application)", saying("grant_host"))


async def tenant_id_of(cloud: Cloud, tenant: str, ca_file: Path | None = None) -> str | None:
    """The id behind a domain (or an id, which comes back); None where the authority knows no such tenant.

    Raises Busy where the authority cannot be reached, OutOfContract where it answers something else.
    """
    http = HttpClient(HttpOptions(answer_timeout=timedelta(seconds=10), ca_file=ca_file, patience=_QUICK))
    try:
        answer = await http.exchange(
            "GET",
            f"{cloud.authority}/{quote(tenant, safe='')}/v2.0/.well-known/openid-configuration",
            meter=Meter("authority"),
            doing="openid-configuration",
            max_bytes=100_000,
            repeat=True,
            parse_json=True,
        )
    finally:
        await http.aclose()
    if answer.status in (400, 404):
        return None
    issuer = answer.told.get("issuer") if answer.ok else None
    parts = urlsplit(issuer).path.strip("/").split("/") if isinstance(issuer, str) else []
    if not parts or not parts[0]:
        raise OutOfContract("authority", "openid-configuration", saying("other_shape"))
    return parts[0]


async def sharepoint_name_of(connection: TenantConnection) -> str:
    """`contoso` of contoso.sharepoint.com: the first label of the domain that the tenant was founded with.

    Source: learn.microsoft.com/graph/api/resources/verifieddomain (isInitial). Raises what Graph's refusals raise.
    """
    meter = Meter("entra_id")
    api = connection.graph(meter, grants=(_ORGANIZATION,), at_once=1)
    try:
        told = await api.get_json("/v1.0/organization?$select=verifiedDomains", doing="organization")
    finally:
        await api.aclose()
    try:
        for organization in told["value"]:
            for domain in organization.get("verifiedDomains", ()):
                if domain.get("isInitial"):
                    return str(domain["name"]).split(".")[0]
    except (KeyError, TypeError, AttributeError):
        raise OutOfContract("entra_id", "organization", saying("other_shape")) from None
    raise OutOfContract("entra_id", "organization", "no initial domain; set tenant_name in [sharepoint_online]")
