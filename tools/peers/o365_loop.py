"""python-o365 as shipped: everybody's file goes to Exchange by Graph, with its wait of 200 ms between calls."""

from __future__ import annotations

import sys
from typing import Any

from O365 import Account
from O365.connection import MSGraphProtocol
from O365.utils.token import MemoryTokenBackend

sys.path.insert(0, "tools")
from peers.sign_in import graph_token, order


def main() -> None:
    """Everybody on the list, one after the other."""
    told = order()
    account = signed_in(told.said)
    directory = account.directory()
    for person in told.people:
        user = directory.get_user(person["id"])
        user.update_profile_photo((told.pictures / person["picture"]).read_bytes())


def signed_in(said: dict[str, Any]) -> Account:
    """An account whose token is there already."""
    protocol = MSGraphProtocol()
    protocol.service_url = f"{said['url']}/v1.0/"
    account = Account(
        (said["client_id"], said["client_secret"]),
        protocol=protocol,
        auth_flow_type="credentials",
        tenant_id=said["tenant_id"],
        token_backend=MemoryTokenBackend(),
    )
    session = account.con.get_session(load_token=False)
    session.headers["Authorization"] = "Bearer " + graph_token(said)["access_token"]
    account.con.session = session
    return account


if __name__ == "__main__":
    main()
