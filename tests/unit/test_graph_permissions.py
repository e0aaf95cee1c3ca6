"""Who may call which route of Graph: a table that every route must be in.

For each operation and method: the app roles, the delegated scopes, the scopes that reach one's own only, and whether
somebody else's thing asks for an administrator. Written from the vendor's permission tables (facts §3.6 and the page
of each operation), not from the code.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from starlette.routing import Route
from tests.graph_client import ADMIN, KARI, SALES, TENANT_ID, World, picture_bytes

from localtenant.store.records import User

DIRECTORY = {"Directory.Read.All", "Directory.ReadWrite.All"}
READ_USERS = {"User.Read.All", "User.ReadWrite.All", *DIRECTORY}
READ_GROUPS = {"GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All", *DIRECTORY}
READ_PHOTO = {"ProfilePhoto.Read.All", "ProfilePhoto.ReadWrite.All", "User.Read.All", "User.ReadWrite.All"}
WRITE_PHOTO = {"ProfilePhoto.ReadWrite.All", "User.ReadWrite.All"}
READ_GROUP_PHOTO = {"ProfilePhoto.Read.All", "ProfilePhoto.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All"}
WRITE_GROUP_PHOTO = {"ProfilePhoto.ReadWrite.All", "Group.ReadWrite.All"}
SETTINGS = {"PeopleSettings.Read.All", "PeopleSettings.ReadWrite.All"}
ORGANISATION = {"Organization.Read.All", "Organization.ReadWrite.All", *DIRECTORY}

EVERY = frozenset(
    {"User.Read", "User.ReadWrite", "User.ReadBasic.All"}
    | READ_USERS
    | READ_GROUPS
    | READ_PHOTO
    | SETTINGS
    | ORGANISATION
    | {"full_access_as_app", "Sites.FullControl.All"}
)


@dataclass(frozen=True)
class Row:
    roles: set[str]
    scopes: set[str]
    own: set[str] = field(default_factory=set)
    admin: bool = False
    also: set[str] = field(default_factory=set)  # one of these besides


def same(names: set[str], **more: object) -> Row:
    return Row(names, names, **more)  # type: ignore[arg-type]  # `own` and `admin`, as the table has them


LIST = Row(READ_USERS, READ_USERS | {"User.ReadBasic.All"})
PERSON = Row(READ_USERS, READ_USERS | {"User.ReadBasic.All"}, {"User.Read", "User.ReadWrite"})
PHOTO = Row(READ_PHOTO, READ_PHOTO | {"User.ReadBasic.All"}, {"User.Read", "User.ReadWrite"})
NEW_PHOTO = Row(WRITE_PHOTO, WRITE_PHOTO, {"User.ReadWrite"}, admin=True)
GROUP_PHOTO = same(READ_GROUP_PHOTO)
NEW_GROUP_PHOTO = same(WRITE_GROUP_PHOTO)
ORGANISATION_ROW = Row(ORGANISATION, ORGANISATION | {"User.Read"})

TABLE: dict[tuple[str, str], Row | None] = {
    ("GET", "/users"): LIST,
    ("GET", "/users/$count"): LIST,
    ("GET", "/users/delta"): LIST,
    ("GET", "/users/delta()"): LIST,
    ("GET", "/users/microsoft.graph.delta"): LIST,
    ("GET", "/users/microsoft.graph.delta()"): LIST,
    ("GET", "/users/{user}"): PERSON,
    ("GET", "/me"): PERSON,
    ("GET", "/groups"): same(READ_GROUPS),
    ("GET", "/groups/{group}"): same(READ_GROUPS),
    ("GET", "/groups/{group}/members"): same(READ_GROUPS),
    ("GET", "/groups/{group}/members/{cast}"): same(READ_GROUPS),
    ("GET", "/groups/{group}/transitiveMembers"): same(READ_GROUPS),
    ("GET", "/groups/{group}/transitiveMembers/{cast}"): same(READ_GROUPS),
    ("POST", "/users/{user}/checkMemberGroups"): replace(PERSON, also=READ_GROUPS),
    ("POST", "/me/checkMemberGroups"): replace(PERSON, also=READ_GROUPS),
    ("GET", "/organization"): ORGANISATION_ROW,
    ("GET", "/organization/{organization}"): ORGANISATION_ROW,
    ("GET", "/admin/people/photoUpdateSettings"): same(SETTINGS, admin=True),
    ("PATCH", "/admin/people/photoUpdateSettings"): same({"PeopleSettings.ReadWrite.All"}, admin=True),
    ("DELETE", "/admin/people/photoUpdateSettings"): same({"PeopleSettings.ReadWrite.All"}, admin=True),
    ("POST", "/$batch"): None,
    **{("GET", f"{who}/{what}"): PHOTO for who in ("/users/{user}", "/me") for what in
       ("photo", "photo/$value", "photos", "photos/{size}", "photos/{size}/$value")},
    **{(method, f"{who}/photo/$value"): NEW_PHOTO for who in ("/users/{user}", "/me") for method in
       ("PUT", "PATCH", "DELETE")},
    **{("DELETE", f"{who}/photo"): NEW_PHOTO for who in ("/users/{user}", "/me")},
    **{("GET", f"/groups/{{group}}/{what}"): GROUP_PHOTO for what in
       ("photo", "photo/$value", "photos", "photos/{size}", "photos/{size}/$value")},
    **{(method, "/groups/{group}/photo/$value"): NEW_GROUP_PHOTO for method in ("PUT", "PATCH", "DELETE")},
    ("DELETE", "/groups/{group}/photo"): NEW_GROUP_PHOTO,
}  # fmt: skip

WORLD = World()


def plain(path: str) -> str:
    """The path without its version and OData's other way of naming keys."""
    path = path.removeprefix("/v1.0").removeprefix("/beta")
    for key in ("user", "group", "organization", "size"):
        path = path.replace(f"('{{{key}}}')", f"/{{{key}}}")
    return path


def routes() -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for route in WORLD.client.app.routes  # type: ignore[attr-defined]  # the client holds a Starlette
        if isinstance(route, Route) and route.path.startswith(("/v1.0/", "/beta/"))
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]


def status(method: str, path: str, whose: User, headers: dict[str, str]) -> int:
    filled = (
        path.replace("{user}", whose.id)
        .replace("{group}", SALES.id)
        .replace("{organization}", TENANT_ID)
        .replace("{cast}", "microsoft.graph.user")
        .replace("{size}", "48x48")
    )
    eventual = {"ConsistencyLevel": "eventual"}
    body = picture_bytes(60, 60) if "photo/" in path else b"{}"
    content = body if method in ("PUT", "PATCH", "POST") else None
    return WORLD.client.request(method, filled, content=content, headers=headers | eventual).status_code


def test_every_route_is_in_the_table_and_the_table_has_no_others() -> None:
    assert {(method, plain(path)) for method, path in routes()} == set(TABLE)


@pytest.mark.parametrize(("method", "path"), routes())
def test_a_route_asks_for_its_permission(method: str, path: str) -> None:
    row = TABLE[method, plain(path)]
    me = path.endswith("/me") or "/me/" in path
    personal = me or "{user}" in path
    assert status(method, path, KARI, {}) == 401
    if row is None:
        assert status(method, path, KARI, WORLD.app()) == 400, "let in, and then not understood"
        return

    besides = sorted(row.also - DIRECTORY)[:1]

    def refused(headers: dict[str, str], whose: User = ADMIN) -> bool:
        return status(method, path, whose, headers) == 403

    if not me:
        assert not any(refused(WORLD.app(role, *besides)) for role in row.roles)
        assert refused(WORLD.app(*(EVERY - row.roles)))
        assert not row.also or refused(WORLD.app(*(EVERY - row.also)))
    owner = KARI if personal else ADMIN
    for scope in row.scopes | row.own:
        assert not refused(WORLD.user(owner, scope, *besides), owner)
    assert not row.also or refused(WORLD.user(owner, *(EVERY - row.also)), owner)
    assert refused(WORLD.user(owner, *(EVERY - row.scopes - row.own)), owner)
    if personal and not me:
        assert refused(WORLD.user(KARI, *(EVERY - row.scopes)), ADMIN), "one's own is one's own only"
        assert refused(WORLD.user(KARI, *row.scopes, *besides), ADMIN) is row.admin
        assert not refused(WORLD.user(ADMIN, *row.scopes, *besides), KARI)
    if not personal and row.admin:
        assert refused(WORLD.user(KARI, *row.scopes))
