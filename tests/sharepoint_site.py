"""SharePoint of a small tenant without a socket: callers of every kind, people of every case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

from localtenant.authority.claims import BY_CERTIFICATE, BY_SECRET, app_token, user_token
from localtenant.authority.registered import client_app, public_app
from localtenant.authority.sessions import HOME, cookie_name
from localtenant.founding import Options, found
from localtenant.server import build_app
from localtenant.sharepoint.names import account_name
from localtenant.store.records import Case, Profile, User
from localtenant.tenant import Tenant

URL = "http://testserver"
ALL_ROLES = ("Sites.FullControl.All", "User.ReadWrite.All")
LIGHT = "application/json;odata=nometadata"
MINIMAL = "application/json;odata=minimalmetadata"
VERBOSE = "application/json;odata=verbose"
ITEMS = "/_api/web/lists/getbytitle('User Photos')/items"
FOLDER = "/_api/web/GetFolderByServerRelativeUrl('/User Photos/Profile Pictures')"
PEOPLE = "/_api/SP.UserProfiles.PeopleManager"


@dataclass
class Site:
    """A tenant and an HTTP client of it; requests carry what `headers` gives for a caller."""

    tenant: Tenant
    http: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.tenant.url = URL
        self.http = TestClient(build_app(self.tenant), base_url=URL, follow_redirects=False)

    def app(self, *roles: str, by: str = BY_CERTIFICATE) -> dict[str, str]:
        """Headers of an app with these roles, all that samepic needs where none is named."""
        token = app_token(
            self.tenant, client_app(self.tenant), at=URL, audience=URL, roles=roles or ALL_ROLES, proof=by
        )
        return {"Authorization": f"Bearer {token}", "Accept": LIGHT}

    def secret_app(self) -> dict[str, str]:
        return self.app(by=BY_SECRET)

    def delegated(self, user: User, *scopes: str) -> dict[str, str]:
        """Headers of an app that acts for a person."""
        token = user_token(
            self.tenant,
            public_app(self.tenant),
            user,
            at=URL,
            audience=URL,
            scopes=scopes or ("AllSites.FullControl", "User.ReadWrite.All"),
            proof=BY_CERTIFICATE,
        )
        return {"Authorization": f"Bearer {token}", "Accept": LIGHT}

    def session(self, user: User) -> dict[str, str]:
        """Headers of a person's browser, signed in at Office home."""
        value, _ = self.tenant.authority.sessions.start(HOME, user.id, self.tenant.clock.now())
        return {"Cookie": f"{cookie_name(self.tenant, HOME)}={value}", "Accept": LIGHT}

    def digest(self, headers: dict[str, str]) -> dict[str, str]:
        """The same headers with a fresh form digest."""
        value = self.http.post("/_api/contextinfo", headers=headers).json()["FormDigestValue"]
        return {**headers, "X-RequestDigest": value}

    def person(self, case: Case = Case.NEVER_VISITED) -> User:
        return next(u for u in self.tenant.store.users if u.case is case and u.account_enabled)

    def shown(self) -> User:
        """Somebody plain whose picture SharePoint shows."""
        return next(
            u
            for u in self.tenant.store.users
            if u.case is Case.PLAIN and not u.roles and self.profile(u).placeholder_state == "0"
        )

    def administrator(self) -> User:
        return next(u for u in self.tenant.store.users if "Global Administrator" in u.roles)

    def profile(self, user: User) -> Profile:
        found = self.tenant.store.profiles.get(user.id)
        return found or Profile(user.id)

    def properties(self, user: User) -> dict[str, str]:
        """A profile's properties over the wire, by name."""
        body: dict[str, Any] = self.http.get(
            f"{PEOPLE}/GetPropertiesFor(accountName=@v)",
            params={"@v": quoted(account_name(user))},
            headers=self.app(),
        ).json()
        return {row["Key"]: row["Value"] for row in body["UserProfileProperties"]}


def quoted(text: str) -> str:
    """An OData string literal."""
    return "'" + text.replace("'", "''") + "'"


def site(people: int = 60, **behaviours: str) -> Site:
    """A fresh tenant's SharePoint."""
    return Site(found(Options(people=people, behaviours=behaviours, budgets={"all": "off"})))
