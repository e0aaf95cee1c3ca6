"""A program that uses the portal's API, and its tokens."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

from tests.portal.running import Guest, Portal
from tests.visitor import Seen

from samepic.model.api_token import TokenRole
from samepic.portal.roles import Role
from samepic.state.store import Store

DUTY = (Role.HELPDESK, Role.ADMINISTRATOR)


def tokens_in(state: Store) -> dict[Role, str | None]:
    """One for each role; nobody's is none."""
    now, day = datetime.now(UTC), timedelta(days=1)
    made = {role: state.api_tokens.make("a test", TokenRole[role.name], now, day)[1] for role in DUTY}
    return {Role.ANYBODY: None, **made}


class Program:
    """Asks with a token, and keeps no cookies."""

    def __init__(self, portal: Portal, token: str | None) -> None:
        self._guest = Guest(portal.url)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, address: str, **headers: str) -> Seen:
        return self._guest.ask(address, **self.headers | headers)

    def post(self, address: str, body: object = None) -> Seen:
        sent = json.dumps({} if body is None else body).encode()
        return self._guest.ask(address, body=sent, Content_Type="application/json", **self.headers)

    def send(self, address: str, data: bytes, **box: int | str) -> Seen:
        """A file as a form has it; box: left, top, width, height."""
        mark = uuid.uuid4().hex
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in box.items()]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="picture"; filename="me.jpg"\r\n\r\n'
        body = "".join([*parts, head]).encode() + data + f"\r\n--{mark}--\r\n".encode()
        return self._guest.ask(address, body=body, Content_Type=f"multipart/form-data; boundary={mark}", **self.headers)
