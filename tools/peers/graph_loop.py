"""The loop that people write over Microsoft's own SDK: get the picture, hash it, put the file where they differ.

It brings files to Exchange, which is as far as Graph reaches: one write a person, where SharePoint takes four.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time
from typing import Any

from azure.core.credentials import AccessToken
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError

sys.path.insert(0, "tools")
from peers.sign_in import graph_token, order


class Given:
    """A credential whose token is there already."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._token = AccessToken(told["access_token"], int(time.time()) + int(told["expires_in"]))

    def get_token(self, *scopes: str, **others: Any) -> AccessToken:
        """As azure-identity's credentials do."""
        return self._token

    def close(self) -> None:
        """Nothing is open."""


async def main() -> None:
    """Everybody on the list, one after the other."""
    told = order()
    scopes = ["https://graph.microsoft.com/.default"]
    by = AzureIdentityAuthenticationProvider(Given(graph_token(told.said)), scopes=scopes, allowed_hosts=["127.0.0.1"])
    adapter = GraphRequestAdapter(by)
    adapter.base_url = f"{told.url}/v1.0"
    graph = GraphServiceClient(request_adapter=adapter)
    for person in told.people:
        content = graph.users.by_user_id(person["id"]).photo.content
        try:
            there = await content.get()
        except ODataError as error:
            if error.response_status_code != 404:
                raise
            there = None
        wanted = (told.pictures / person["picture"]).read_bytes()
        if there is None or hashlib.sha256(there).digest() != hashlib.sha256(wanted).digest():
            await content.put(wanted)


if __name__ == "__main__":
    asyncio.run(main())
