"""Every operation of SharePoint against every kind of caller. A new operation fails here until it has its row."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from tests.sharepoint_site import FOLDER, ITEMS, LIGHT, PEOPLE, Site, quoted, site

from localtenant.sharepoint.names import account_name
from localtenant.sharepoint.operations import OPERATIONS
from localtenant.sharepoint.routes import routes
from localtenant.store.records import User

CSOM = "/_vti_bin/client.svc/ProcessQuery"
FILE = "/_api/web/GetFileByServerRelativeUrl('/User Photos/Profile Pictures/{name}')"
EMPTY_QUERY = (
    '<Request xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009"><Actions/><ObjectPaths/></Request>'
)
BATCH = (
    "--b\r\nContent-Type: application/http\r\n\r\nGET http://testserver/_api/web HTTP/1.1\r\n"
    "Accept: application/json\r\n\r\n--b--\r\n"
)

CALLERS = ("nobody", "full_app", "read_app", "users_app", "roleless_app", "secret_app", "own", "another", "admin",
           "read_scope", "scopeless", "session")  # fmt: skip

# Which callers an operation lets in; everybody else is refused with the status beside.
ANYBODY = {"full_app", "read_app", "users_app", "roleless_app", "own", "another", "admin", "read_scope", "scopeless", "session"}  # fmt: skip  # noqa: E501
PROFILE_READERS = {"full_app", "users_app", "own", "another", "admin", "read_scope", "session"}
PROFILE_WRITERS = {"full_app", "own", "admin", "session"}
FILE_READERS = {"full_app", "read_app", "own", "another", "admin", "read_scope", "session"}
FILE_WRITERS = {"full_app", "admin"}
PERSONS = {"own", "another", "admin", "session"}


@dataclass(frozen=True)
class Row:
    """One operation: how it is asked, and who may."""

    path: str
    allowed: set[str]
    method: str = "GET"
    body: bytes = b""
    kind: str = "application/json"


def picture() -> bytes:
    from localtenant.sharepoint import placeholder

    return placeholder.image(120)


MADE = "/User Photos/Made"
ADD_FOLDER = f"/_api/web/folders/add('{MADE}')"
WRITE = {"propertyName": "AboutMe", "propertyValue": "x"}
ROWS: dict[tuple[str, str], Row] = {
    ("contextinfo", "POST"): Row("/_api/contextinfo", ANYBODY, "POST"),
    ("web", "GET"): Row("/_api/web", ANYBODY),
    ("lists", "GET"): Row("/_api/web/lists", FILE_READERS),
    ("list", "GET"): Row("/_api/web/lists/getbytitle('User Photos')", FILE_READERS),
    ("items", "GET"): Row(ITEMS, FILE_READERS),
    ("item", "GET"): Row(ITEMS + "(2)", FILE_READERS),
    ("item", "DELETE"): Row(ITEMS + "(2)", FILE_WRITERS, "DELETE"),
    ("folder", "GET"): Row(FOLDER, FILE_READERS),
    ("folder", "DELETE"): Row(f"/_api/web/GetFolderByServerRelativeUrl('{MADE}')", FILE_WRITERS, "DELETE"),
    ("folders", "GET"): Row(FOLDER + "/Folders", FILE_READERS),
    ("folders", "POST"): Row(
        "/_api/web/folders", FILE_WRITERS, "POST", json.dumps({"ServerRelativeUrl": MADE}).encode()
    ),
    ("folders_add", "POST"): Row(ADD_FOLDER, FILE_WRITERS, "POST"),
    ("files", "GET"): Row(FOLDER + "/Files?$select=Name", FILE_READERS),
    ("files_add", "POST"): Row(FOLDER + "/Files/add(url='a.jpg',overwrite=true)", FILE_WRITERS, "POST", b"x"),
    ("file", "GET"): Row(FILE, FILE_READERS),
    ("file", "DELETE"): Row(FILE, FILE_WRITERS, "DELETE"),
    ("file_delete", "POST"): Row(FILE + "/deleteObject()", FILE_WRITERS, "POST"),
    ("value", "GET"): Row(FILE + "/$value", FILE_READERS),
    ("value", "PUT"): Row(FILE + "/$value", FILE_WRITERS, "PUT", b"x"),
    **{
        (name, method): Row(f"{PEOPLE}/{name}{arguments}", PROFILE_READERS, method)
        for name, arguments in (
            ("GetMyProperties", ""),
            ("GetPropertiesFor", "(accountName={account})"),
            ("GetUserProfilePropertyFor", "(accountName={account},propertyName='PictureURL')"),
            ("GetUserProfileProperties", "(accountName={account})"),
        )
        for method in ("GET", "POST")
    },
    ("SetSingleValueProfileProperty", "POST"): Row(
        f"{PEOPLE}/SetSingleValueProfileProperty", PROFILE_WRITERS, "POST", b"write"
    ),
    ("SetMultiValuedProfileProperty", "POST"): Row(
        f"{PEOPLE}/SetMultiValuedProfileProperty", PROFILE_WRITERS, "POST", b"write"
    ),
    ("SetMyProfilePicture", "POST"): Row(
        f"{PEOPLE}/SetMyProfilePicture", PERSONS, "POST", b"picture", "application/octet-stream"
    ),
}
PAGES: dict[str, Row] = {
    "/_layouts/15/userphoto.aspx": Row("/_layouts/15/userphoto.aspx", ANYBODY),
    "/_layouts/15/images/PersonPlaceholder.96x96x32.png": Row(
        "/_layouts/15/images/PersonPlaceholder.96x96x32.png", {*ANYBODY, "nobody", "secret_app"}
    ),
    "/User Photos/{path:path}": Row("/User Photos/Profile Pictures/{name}", ANYBODY),
    "/_vti_bin/client.svc/ProcessQuery": Row(CSOM, ANYBODY, "POST", EMPTY_QUERY.encode(), "text/xml"),
    "/_api/$batch": Row("/_api/$batch", ANYBODY, "POST", BATCH.encode(), "multipart/mixed; boundary=b"),
    "/_api/{address:path}": Row("/_api/web", ANYBODY),
}


@pytest.fixture(scope="module")
def at() -> Site:
    return site()


def test_every_operation_and_every_route_has_its_row(at: Site) -> None:
    assert set(ROWS) == set(OPERATIONS)
    assert set(PAGES) == {route.path for route in routes(at.tenant)}


def headers_of(at: Site, caller: str, own: User) -> dict[str, str]:
    others = [u for u in at.tenant.store.users if u.user_type == "Member" and u.account_enabled and not u.roles]
    another = next(u for u in others if u.id != own.id)
    return {
        "nobody": lambda: {"Accept": LIGHT},
        "full_app": at.app,
        "read_app": lambda: at.app("Sites.Read.All"),
        "users_app": lambda: at.app("User.ReadWrite.All"),
        "roleless_app": lambda: at.app("TermStore.ReadWrite.All"),
        "secret_app": at.secret_app,
        "own": lambda: at.delegated(own),
        "another": lambda: at.delegated(another),
        "admin": lambda: at.delegated(at.administrator()),
        "read_scope": lambda: at.delegated(own, "AllSites.Read"),
        "scopeless": lambda: at.delegated(own, "TermStore.ReadWrite.All"),
        "session": lambda: at.digest(at.session(own)),
    }[caller]()


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("row", [*ROWS.values(), *PAGES.values()], ids=[*map("-".join, ROWS), *PAGES])
def test_who_is_let_in(at: Site, row: Row, caller: str) -> None:
    own = at.shown()
    name = at.profile(own).picture_url.rpartition("/")[2]
    path = row.path.replace("{name}", name).replace("{account}", quoted(account_name(own)).replace("#", "%23"))
    body = {
        b"write": json.dumps({"accountName": account_name(own), **WRITE}).encode(),
        b"picture": picture(),
    }.get(row.body, row.body)
    files = {file.item_id: file for file in at.tenant.store.files}
    if MADE in path and row.method == "DELETE":
        assert at.http.post(ADD_FOLDER, headers=at.app()).status_code == 200
    answer = at.http.request(
        row.method, path, content=body, headers={**headers_of(at, caller, own), "Content-Type": row.kind}
    )
    if row.method == "DELETE" or "deleteObject" in path:  # put back what the next caller shall find
        at.tenant.store.files.load({f"{f.folder}/{f.name}".casefold(): f for f in files.values()})
    if caller in row.allowed:
        assert answer.status_code in (200, 201, 204), answer.text
    elif caller in ("nobody", "secret_app"):
        assert answer.status_code == 401, answer.text
        assert "error_description" in answer.json() and "www-authenticate" in answer.headers
    else:
        assert answer.status_code == 403, answer.text
        assert answer.json()["odata.error"]["code"] == "-2147024891, System.UnauthorizedAccessException"


def test_a_persons_session_needs_a_fresh_digest_of_their_own() -> None:
    from datetime import timedelta

    at = site()
    user = at.shown()
    body = {"accountName": account_name(user), **WRITE}
    path = f"{PEOPLE}/SetSingleValueProfileProperty"
    fresh = at.digest(at.session(user))
    anothers = at.digest(at.session(at.administrator()))["X-RequestDigest"]
    assert at.http.post(path, json=body, headers=fresh).status_code == 200
    for digest in ("", "0x00,22 Nov 2026 00:00:00 -0000", anothers, fresh["X-RequestDigest"][:-1], "rubbish"):
        refused = at.http.post(path, json=body, headers={**fresh, "X-RequestDigest": digest})
        assert refused.status_code == 403 and "-2130575251" in refused.text, digest
    at.tenant.clock.move(timedelta(minutes=29))
    assert at.http.post(path, json=body, headers=fresh).status_code == 200
    at.tenant.clock.move(timedelta(minutes=2))
    stale = at.http.post(path, json=body, headers=fresh)
    assert stale.status_code == 403 and "-2130575252" in stale.text
    assert at.http.post(CSOM, content=EMPTY_QUERY, headers=fresh).status_code == 403


def test_a_bearer_tokens_digest_is_not_looked_at() -> None:
    at = site()
    user = at.shown()
    headers = {**at.app(), "X-RequestDigest": "whatever"}
    body = {"accountName": account_name(user), **WRITE}
    assert at.http.post(f"{PEOPLE}/SetSingleValueProfileProperty", json=body, headers=headers).status_code == 200


def test_app_only_profile_writes_can_be_denied() -> None:
    at = site(app_only_profile_writes="denied")
    user = at.shown()
    path, body = f"{PEOPLE}/SetSingleValueProfileProperty", {"accountName": account_name(user), **WRITE}
    assert at.http.post(path, json=body, headers=at.app()).status_code == 403
    assert at.http.post(path, json=body, headers=at.delegated(at.administrator())).status_code == 200


def test_a_secret_is_accepted_where_the_behaviour_says_so() -> None:
    at = site(sharepoint_secrets="accepted")
    assert at.http.get("/_api/web", headers=at.secret_app()).status_code == 200


def test_errors_are_shaped_as_accept_asks() -> None:
    at = site()
    missing = "/_api/web/GetFileByServerRelativeUrl('/User Photos/Profile Pictures/no.jpg')"
    for level, key in (("verbose", "error"), ("minimalmetadata", "odata.error"), ("nometadata", "odata.error")):
        answer = at.http.get(missing, headers={**at.app(), "Accept": f"application/json;odata={level}"})
        assert answer.status_code == 404
        assert answer.json()[key]["code"] == "-2130575338, Microsoft.SharePoint.SPException"
        assert answer.json()[key]["message"]["lang"] == "en-US"
