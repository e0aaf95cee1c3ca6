"""The applications registered in the tenant: who may ask for tokens, how they prove themselves, what they were granted.

Permissions by the vendor's names: Graph's and SharePoint's permissions references; Exchange's `full_access_as_app`.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from localtenant.authority.keeping import Keeping

FILE_NAME = "applications"

Grants = tuple[tuple[str, str], ...]
"""Pairs of an API (graph, sharepoint, ews) and a permission there."""

GRAPH_ROLES = (
    "User.Read.All",
    "ProfilePhoto.Read.All",
    "ProfilePhoto.ReadWrite.All",
    "GroupMember.Read.All",
    "PeopleSettings.Read.All",
    "User.ReadWrite.All",
)
SHAREPOINT_ROLES = ("Sites.FullControl.All", "User.ReadWrite.All", "TermStore.ReadWrite.All")
GRAPH_SCOPES = (
    "User.Read",
    "User.Read.All",
    "ProfilePhoto.ReadWrite.All",
    "GroupMember.Read.All",
    "User.ReadWrite.All",
)
SHAREPOINT_SCOPES = ("AllSites.FullControl", "User.ReadWrite.All", "TermStore.ReadWrite.All")


@dataclass(frozen=True, slots=True)
class App:
    """A registered application. Secrets are kept as their SHA-256 only.

    certificates: DER of each registered certificate. A redirect URI may begin with `{url}`, the tenant's own address;
    `http://localhost` stands for any port of it, as RFC 8252 and the vendor's documents have it.
    public: it has no secret and proves nothing (device code, or code with PKCE).
    allows_public_flows: "Allow public client flows" (the manifest's isFallbackPublicClient): it proves itself as ever,
    but for the device code flow, where its person signs in instead.
    tells_groups: its ID tokens name the groups that a person is in (the manifest's groupMembershipClaims).
    """

    app_id: str
    name: str
    roles: Grants = ()
    scopes: Grants = ()
    secret_hashes: tuple[str, ...] = ()
    certificates: tuple[bytes, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    logout_uris: tuple[str, ...] = ()
    public: bool = False
    allows_public_flows: bool = False
    tells_groups: bool = False

    def has_secret(self, secret: str) -> bool:
        """Whether a client secret is one of the registered."""
        given = hash_of_secret(secret)
        return any(hmac.compare_digest(given, kept) for kept in self.secret_hashes)

    def granted(self, grants: Grants, api: str) -> frozenset[str]:
        """The names that belong to one API."""
        return frozenset(name for where, name in grants if where == api)


def hash_of_secret(secret: str) -> str:
    """Hex SHA-256; secrets are long and random, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def grants(**by_api: Iterable[str]) -> Grants:
    """`grants(graph=[...], sharepoint=[...])` as pairs."""
    return tuple((api, name) for api, names in by_api.items() for name in names)


def app_id_of(tenant_id: str, name: str) -> str:
    """The id of a built-in registration: the same tenant always has the same."""
    return str(uuid.uuid5(uuid.UUID(tenant_id), name))


class Apps:
    """The registry. What is registered by `add` outlives a restart; built-in applications are made anew."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._by_id: dict[str, App] = {}
        self._added: dict[str, App] = {}
        for row in keeping.load(FILE_NAME) or []:
            app = _app_of(row)
            self._by_id[app.app_id] = self._added[app.app_id] = app

    def add(self, app: App) -> App:
        """Register an application, or put it in the stead of the one with its id."""
        self._added[app.app_id] = app
        self._keep()
        return self.build_in(app)

    def build_in(self, app: App) -> App:
        """Register an application that every tenant has."""
        self._by_id[app.app_id] = app
        return app

    def remove(self, app_id: str) -> None:
        """Take an application out; its tokens stay valid until they expire, as the vendor's do."""
        self._by_id.pop(app_id.casefold(), None)
        if self._added.pop(app_id.casefold(), None) is not None:
            self._keep()

    def get(self, app_id: str) -> App | None:
        """The application with an id."""
        return self._by_id.get(app_id.casefold())

    def clear(self) -> None:
        """Only the built-in applications remain."""
        for app_id in list(self._added):
            self.remove(app_id)

    def __iter__(self) -> Iterator[App]:
        return iter(list(self._by_id.values()))

    def _keep(self) -> None:
        self._keeping.save(FILE_NAME, [_row_of(app) for app in self._added.values()])


def _row_of(app: App) -> dict[str, object]:
    row: dict[str, object] = dataclasses.asdict(app)
    return row | {"certificates": [base64.b64encode(der).decode() for der in app.certificates]}


def _app_of(row: dict[str, Any]) -> App:
    return App(
        app_id=row["app_id"],
        name=row["name"],
        roles=tuple((where, name) for where, name in row["roles"]),
        scopes=tuple((where, name) for where, name in row["scopes"]),
        secret_hashes=tuple(row["secret_hashes"]),
        certificates=tuple(base64.b64decode(der) for der in row["certificates"]),
        redirect_uris=tuple(row["redirect_uris"]),
        logout_uris=tuple(row["logout_uris"]),
        public=row["public"],
        allows_public_flows=row.get("allows_public_flows", False),
        tells_groups=row.get("tells_groups", False),
    )
