"""Requests to a running tenant as an app or as a person, without a client library between."""

from __future__ import annotations

import http.client
import io
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from PIL import Image
from tests.conftest import RunningTenant
from tests.pictures import encoded, mosaic

from localtenant.authority.apps import GRAPH_ROLES, SHAREPOINT_ROLES, SHAREPOINT_SCOPES
from localtenant.authority.claims import BY_CERTIFICATE, BY_SECRET, NO_PROOF, app_token, user_token
from localtenant.authority.registered import client_app, public_app

AUDIENCES = {"graph": "https://graph.microsoft.com", "ews": "https://outlook.office365.com"}
ROLES = {"graph": (*GRAPH_ROLES, "Group.Read.All"), "sharepoint": SHAREPOINT_ROLES, "ews": ("full_access_as_app",)}


@dataclass(frozen=True)
class Answer:
    """Header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def width_px(self) -> int:
        return Image.open(io.BytesIO(self.body)).width


@dataclass
class Asker:
    """Asks one tenant; `person(case)` picks people."""

    running: RunningTenant
    _tokens: dict[tuple[str, str, str | None], str] = field(default_factory=dict)

    def person(self, case: str, number: int = 0) -> str:
        """The id of somebody of a case."""
        return str(self.running.control.people(case)[number]["id"])

    def token(self, api: str, proof: str = BY_CERTIFICATE, person: str | None = None) -> str:
        """An access token for an API: an app's, or a person's."""
        tenant = self.running.tenant
        if person is not None:
            user = tenant.store.users.get(person)
            assert user is not None
            app, scopes = public_app(tenant), SHAREPOINT_SCOPES
            where = AUDIENCES.get(api, tenant.url)
            return user_token(tenant, app, user, at=tenant.url, audience=where, scopes=scopes, proof=NO_PROOF)
        where = AUDIENCES.get(api, tenant.url)
        return app_token(tenant, client_app(tenant), at=tenant.url, audience=where, roles=ROLES[api], proof=proof)

    def ask(self, method: str, path: str, token: str, body: bytes | None = None, kind: str = "image/jpeg") -> Answer:
        """One request on a connection of its own; redirects are not followed."""
        at = urlsplit(self.running.url)
        connection = http.client.HTTPConnection(str(at.hostname), at.port, timeout=30)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        headers["Accept"] = "application/json;odata=nometadata"
        connection.request(method, path, body, headers)
        got = connection.getresponse()
        answer = Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        connection.close()
        return answer

    def graph(self, path: str, method: str = "GET", body: bytes | None = None) -> Answer:
        return self.ask(method, f"/v1.0{path}", self.token("graph"), body)

    def ews(self, email: str, size: str = "HR96x96") -> Answer:
        path = f"/ews/Exchange.asmx/s/GetUserPhoto?email={quote(email)}&size={size}"
        return self.ask("GET", path, self.token("ews"))

    def sharepoint(self, path: str, method: str = "GET", body: object = None, proof: str = BY_CERTIFICATE) -> Answer:
        sent = None if body is None else json.dumps(body).encode()
        return self.ask(method, path, self.token("sharepoint", proof), sent, "application/json")

    def userphoto(self, of: str, size: str = "L", by: str | None = None) -> Answer:
        """As the person herself, or as somebody else."""
        path = f"/_layouts/15/userphoto.aspx?size={size}&accountname={quote(self.upn(of))}"
        return self.ask("GET", path, self.token("sharepoint", person=by or of))

    def upn(self, person: str) -> str:
        user = self.running.tenant.store.users.get(person)
        assert user is not None
        return user.upn

    def account(self, person: str) -> str:
        return f"i:0#.f|membership|{self.upn(person)}"

    def profile_property(self, person: str, name: str) -> str:
        account = quote(f"'{self.account(person)}'")
        path = f"/_api/SP.UserProfiles.PeopleManager/GetUserProfilePropertyFor(accountName=@v,propertyName='{name}')"
        return str(self.sharepoint(f"{path}?@v={account}").json["value"])


def portrait(edge_px: int, seed: int = 1) -> bytes:
    """A square JPEG."""
    return encoded(mosaic(seed, edge_px, edge_px))


__all__ = ["BY_SECRET", "Answer", "Asker", "portrait"]
