"""The vendor's host names that a tenant answers under."""

from __future__ import annotations

from urllib.parse import urlsplit

from localtenant.authority.registered import HOME_HOSTS
from localtenant.authority.resources import AUTHORITY_HOSTS, resources
from localtenant.tenant import Tenant


def vendor_hosts(tenant: Tenant) -> frozenset[str]:
    """Authority, Graph, Exchange, the Office home page and the tenant's SharePoint, in every cloud that is known."""
    audiences = (urlsplit(audience).hostname for one in resources(tenant) for audience in one.audiences)
    named = {host for host in audiences if host and "." in host and not host[0].isdigit()}
    return frozenset(named | AUTHORITY_HOSTS | set(HOME_HOSTS))
