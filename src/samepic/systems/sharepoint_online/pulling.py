"""SharePoint's own way to a person's picture: it fetches it from Exchange when they ask for their large one.

Source: Set-UserPhoto (office-docs-powershell) and "Information about profile picture synchronization": only the person
does that, once a day at most, and no answer tells whether it did.
"""

from __future__ import annotations

from urllib.parse import quote

from samepic.systems.sharepoint_online.settings import SharePointOnlineSettings
from samepic.transport.client import Meter
from samepic.transport.connection import TenantConnection
from samepic.transport.tokens import Tokens

_MOST_BYTES = 4_000_000
_DOING = "userphoto.aspx"


async def pull(connection: TenantConnection, settings: SharePointOnlineSettings, tokens: Tokens, account: str) -> None:
    """Ask for a person's own large picture, as that person. account: their mail, else their UPN.

    Raises Busy, AccessDenied, OutOfContract. That nothing is raised does not mean that the picture was fetched.
    """
    origin = connection.cloud.my_site(settings.tenant_name)
    api = connection.sharepoint(Meter(settings.name), origin, grants=(), at_once=1, tokens=tokens)
    try:
        path = f"/_layouts/15/userphoto.aspx?size=L&accountname={quote(account, safe='')}"
        answer = await api.send("GET", path, doing=_DOING, headers={"Accept": "image/*"}, max_bytes=_MOST_BYTES)
        if answer.status >= 400:
            raise api.fault(answer, _DOING)
    finally:
        await api.aclose()
