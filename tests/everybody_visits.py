"""Everybody opens SharePoint in a fresh session: what starts SharePoint's own pull."""

from __future__ import annotations

import http.client
from urllib.parse import quote, urlsplit

from tests.conftest import RunningTenant

from localtenant.authority.sessions import HOME, cookie_name
from localtenant.sharepoint.names import account_name
from localtenant.store.records import User


def everybody_visits(tenant: RunningTenant) -> None:
    """Each with their own fresh session: SharePoint's page asks for their own large picture."""
    of = tenant.tenant
    connection = http.client.HTTPConnection(urlsplit(tenant.url).netloc, timeout=60)
    for user in of.store.users:
        if user.account_enabled:
            connection.request(
                "GET",
                f"/_layouts/15/userphoto.aspx?size=L&accountname={quote(account_name(user))}",
                headers=cookie(tenant, user),
            )
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
    connection.close()


def cookie(tenant: RunningTenant, user: User) -> dict[str, str]:
    of = tenant.tenant
    value, _ = of.authority.sessions.start(HOME, user.id, of.clock.now())
    return {"Cookie": f"{cookie_name(of, HOME)}={value}"}
