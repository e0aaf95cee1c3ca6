"""The applications that every tenant starts with: one confidential, one public, and Office home."""

from __future__ import annotations

from collections.abc import Callable

from localtenant.authority.apps import (
    GRAPH_ROLES,
    GRAPH_SCOPES,
    SHAREPOINT_ROLES,
    SHAREPOINT_SCOPES,
    App,
    app_id_of,
    grants,
    hash_of_secret,
)
from localtenant.authority.keys import certificate_of
from localtenant.authority.resources import sharepoint_hosts
from localtenant.tenant import Tenant

HOME_HOSTS = ("www.office.com", "www.microsoft365.com", "m365.cloud.microsoft")
SIGNED_IN_PATH = "/signin-oidc"
SIGNED_OUT_PATH = "/signed-out"
LOCAL = "http://localhost"
PORTAL_SIGNED_IN = "/sign-in/done"
PORTAL_SIGNED_OUT = "/signed-out"
"""Where docs/how-to/run-the-portal.md has the portal's sign-in end, on one's own machine."""
ALL_ROLES = grants(graph=GRAPH_ROLES, sharepoint=SHAREPOINT_ROLES, ews=["full_access_as_app"])
ALL_SCOPES = grants(graph=GRAPH_SCOPES, sharepoint=SHAREPOINT_SCOPES, ews=["EWS.AccessAsUser.All"])


def client_app(tenant: Tenant) -> App:
    """The confidential application whose secret and certificate `tenant serve` announces.

    Registered as docs/how-to/connect-microsoft-365.md asks for, public client flows allowed among it.
    """
    return _once(
        tenant,
        "client",
        lambda app_id: App(
            app_id=app_id,
            name="Samepic",
            roles=ALL_ROLES,
            scopes=ALL_SCOPES,
            secret_hashes=(hash_of_secret(tenant.authority.secrets.client_secret),),
            certificates=(certificate_of(tenant.authority.secrets.client_pem),),
            redirect_uris=("http://localhost", "http://127.0.0.1", LOCAL + PORTAL_SIGNED_IN),
            logout_uris=("http://localhost", "http://127.0.0.1", LOCAL + PORTAL_SIGNED_OUT),
            allows_public_flows=True,
            tells_groups=True,
        ),
    )


def public_app(tenant: Tenant) -> App:
    """The public client: device code, and the browser with PKCE."""
    return _once(
        tenant,
        "public",
        lambda app_id: App(
            app_id=app_id,
            name="Samepic on this machine",
            scopes=ALL_SCOPES,
            redirect_uris=("http://localhost", "http://127.0.0.1"),
            logout_uris=("http://localhost", "http://127.0.0.1"),
            public=True,
        ),
    )


def home_app(tenant: Tenant) -> App:
    """Office home, the vendor's own application; SharePoint's pages sign people in through it too."""
    hosts = (*HOME_HOSTS, *sharepoint_hosts(tenant))
    return _once(
        tenant,
        "home",
        lambda app_id: App(
            app_id=app_id,
            name="Office",
            scopes=grants(graph=["User.Read"]),
            redirect_uris=("{url}" + SIGNED_IN_PATH, *(f"https://{host}{SIGNED_IN_PATH}" for host in hosts)),
            logout_uris=("{url}" + SIGNED_OUT_PATH, *(f"https://{host}{SIGNED_OUT_PATH}" for host in hosts)),
            public=True,
        ),
    )


def find_app(tenant: Tenant, app_id: str) -> App | None:
    """An application by its id, those that every tenant starts with among them."""
    for name, built_in in (("client", client_app), ("public", public_app), ("home", home_app)):
        if app_id.casefold() == app_id_of(tenant.tenant_id, name):
            return built_in(tenant)
    return tenant.authority.apps.get(app_id)


def all_apps(tenant: Tenant) -> list[App]:
    """Every registered application."""
    for built_in in (client_app, public_app, home_app):
        built_in(tenant)
    return list(tenant.authority.apps)


def _once(tenant: Tenant, name: str, make: Callable[[str], App]) -> App:
    """Made when first asked for, because the first application's certificate takes a moment."""
    app_id = app_id_of(tenant.tenant_id, name)
    return tenant.authority.apps.get(app_id) or tenant.authority.apps.build_in(make(app_id))
