"""Where each of Microsoft's clouds answers: data, so that the same code runs against all of them.

Sources: learn.microsoft.com/graph/deployments (Graph and sign-in roots), docs.azure.cn certificate-credentials
(China's sign-in host); SharePoint's domains as in the tenants' own addresses.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud's hosts, as origins without a trailing slash.

    graph_resource: what a token for Graph is asked for. sharepoint_origin: one origin for every SharePoint host,
    for a tenant on one's own machine; None where the hosts are `{name}-my.{sharepoint_domain}` and the like.
    office: the page that people begin at.
    """

    name: str
    authority: str
    graph: str
    graph_resource: str
    sharepoint_domain: str
    sharepoint_origin: str | None = None
    office: str = "https://www.microsoft365.com"

    def my_site(self, tenant_name: str) -> str:
        """The origin that holds the picture library; tenant_name is `contoso` of contoso.sharepoint.com."""
        return self.sharepoint_origin or f"https://{tenant_name}-my.{self.sharepoint_domain}"

    def admin_site(self, tenant_name: str) -> str:
        """The origin where other people's profiles may be changed."""
        return self.sharepoint_origin or f"https://{tenant_name}-admin.{self.sharepoint_domain}"

    def pages(self, tenant_name: str) -> dict[str, str]:
        """Where a person opens each system, by its name in the configuration."""
        opened = f"{self.my_site(tenant_name)}/_layouts/15/onedrive.aspx"
        return {"entra_id": f"{self.office}/", "exchange_online": f"{self.office}/", "sharepoint_online": opened}


GLOBAL = Cloud(
    "global",
    "https://login.microsoftonline.com",
    "https://graph.microsoft.com",
    "https://graph.microsoft.com",
    "sharepoint.com",
)
US_GOVERNMENT = Cloud(
    "us_government",
    "https://login.microsoftonline.us",
    "https://graph.microsoft.us",
    "https://graph.microsoft.us",
    "sharepoint.us",
    office="https://portal.office365.us",
)
US_DOD = Cloud(
    "us_dod",
    "https://login.microsoftonline.us",
    "https://dod-graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "sharepoint-mil.us",
    office="https://portal.apps.mil",
)
CHINA = Cloud(
    "china",
    "https://login.partner.microsoftonline.cn",
    "https://microsoftgraph.chinacloudapi.cn",
    "https://microsoftgraph.chinacloudapi.cn",
    "sharepoint.cn",
    office="https://portal.partner.microsoftonline.cn",
)

CLOUDS = {cloud.name: cloud for cloud in (GLOBAL, US_GOVERNMENT, US_DOD, CHINA)}
"""By the name that a configuration uses; `custom` is made by `custom(url)`."""


def custom(url: str) -> Cloud:
    """A tenant that serves everything from one origin, as the local tenant does."""
    origin = url.rstrip("/")
    return Cloud("custom", origin, origin, GLOBAL.graph_resource, "sharepoint.com", origin, origin)
