"""How a tenant says how to reach it."""

from __future__ import annotations

from dataclasses import dataclass

from localtenant.authority.passwords import announced, password_of
from localtenant.authority.registered import client_app
from localtenant.store.records import User
from localtenant.tenant import Tenant
from localtenant.worlds.groups import ADMINISTRATORS, HELPDESK, group_of


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a client needs to know of a tenant that answers.

    client_certificate: a PEM file with the app's certificate and key. ca_file, proxy: with TLS only; what to trust,
    and what to set HTTPS_PROXY to for tools that know the vendor's host names only. administrators, helpdesk: the ids
    of the two groups whose members have a duty. administrator, at_helpdesk: one of each, as sign_in.
    """

    url: str
    tenant_id: str
    domain: str
    client_id: str
    client_secret: str
    client_certificate: str
    control_token: str
    sign_in: dict[str, str]
    administrator: dict[str, str]
    administrators: str
    at_helpdesk: dict[str, str]
    helpdesk: str
    ca_file: str | None = None
    proxy: str | None = None

    def as_json(self) -> dict[str, object]:
        """Without what this tenant does not have."""
        fields = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in fields if value is not None}


def announcement(tenant: Tenant, ca_file: str | None, proxy: str | None) -> Announcement:
    """For a tenant whose address is known."""
    secrets = tenant.authority.secrets
    return Announcement(
        url=tenant.url,
        tenant_id=tenant.tenant_id,
        domain=tenant.domain,
        client_id=client_app(tenant).app_id,
        client_secret=secrets.client_secret,
        client_certificate=str(secrets.client_pem_file()),
        control_token=tenant.control_token,
        sign_in=_sign_in(tenant, announced(tenant)),
        administrator=_sign_in(tenant, _first_of(tenant, ADMINISTRATORS)),
        administrators=group_of(tenant.seed, ADMINISTRATORS),
        at_helpdesk=_sign_in(tenant, _first_of(tenant, HELPDESK)),
        helpdesk=group_of(tenant.seed, HELPDESK),
        ca_file=ca_file,
        proxy=proxy,
    )


def _first_of(tenant: Tenant, group: str) -> User | None:
    found = tenant.store.groups.get(group_of(tenant.seed, group))
    return tenant.store.users.get(found.members[0]) if found is not None and found.members else None


def _sign_in(tenant: Tenant, user: User | None) -> dict[str, str]:
    return {"name": user.upn, "password": password_of(tenant, user.id)} if user else {"name": "", "password": ""}
