"""Every address of the tenant and what happens there to whoever should not be let in; a new one fails until it is here.

Which permission lets somebody in is the matter of `test_graph_permissions` and `test_who_may_what_at_sharepoint`.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from PIL import Image
from starlette.routing import Route
from starlette.testclient import TestClient

from localtenant.authority.claims import BY_CERTIFICATE, NO_PROOF, app_token, user_token
from localtenant.authority.registered import client_app, public_app
from localtenant.authority.sessions import HOME, cookie_name
from localtenant.founding import Options, found
from localtenant.server import build_app
from localtenant.store.records import Case, User
from localtenant.tenant import Tenant

URL = "http://127.0.0.1"
GRAPH, EWS = "https://graph.microsoft.com", "https://outlook.office365.com"


@dataclass(frozen=True)
class Kind:
    """How an address answers: without a token, to one for another API, to one without the right, and to one of
    somebody else that reaches their own things only."""

    nobody: int
    wrong_audience: int
    no_right: int
    somebody_else: int
    audience: str = ""


SWITCHBOARD = Kind(401, 401, 401, 401)
GRAPH_DATA = Kind(401, 401, 403, 403, GRAPH)
OWN = Kind(401, 401, 403, 403, GRAPH)  # whoever asks is asked about; a token that only reads writes nothing
OWN_READ = Kind(401, 401, 403, 200, GRAPH)
BATCH = Kind(401, 401, 400, 400, GRAPH)  # let in, and each request within is asked for its own right
TENANT_READ = Kind(401, 401, 403, 200, GRAPH)  # User.Read tells a person what their organisation is called
EWS_DATA = Kind(401, 401, 403, 403, EWS)
SHAREPOINT_SIGNED_IN = Kind(401, 401, 200, 200, URL)
SHAREPOINT_BATCH = Kind(401, 401, 400, 400, URL)
PAGE = Kind(302, 302, 302, 302)  # to the sign-in; a token is no session
OPEN = Kind(200, 200, 200, 200)

PHOTO = ("photo", "photo/$value", "photos", "photos/{size}", "photos/{size}/$value")
TABLE: dict[tuple[str, str], Kind] = {
    **{tuple(line.split(" ")): SWITCHBOARD for line in (  # type: ignore[misc]  # two words each
        "GET /_tenant/healthz", "GET /_tenant/ledger", "DELETE /_tenant/ledger", "GET /_tenant/changes",
        "GET /_tenant/people", "GET /_tenant/apps", "POST /_tenant/apps", "DELETE /_tenant/apps/{app_id}",
        "GET /_tenant/people/{person}/sign-in", "GET /_tenant/faults", "POST /_tenant/faults", "DELETE /_tenant/faults",
        "GET /_tenant/faults/{fault_id}", "DELETE /_tenant/faults/{fault_id}",
        "POST /_tenant/faults/{fault_id}/release", "GET /_tenant/pictures/{person}/{store}",
        "PUT /_tenant/pictures/{person}/{store}", "DELETE /_tenant/pictures/{person}/{store}",
        "GET /_tenant/portraits/{recipe}", "GET /_tenant/clock", "POST /_tenant/clock", "GET /_tenant/behaviours",
        "PUT /_tenant/behaviours", "PATCH /_tenant/behaviours", "POST /_tenant/reset",
        "GET /_tenant/budgets", "PATCH /_tenant/budgets", "PUT /_tenant/budgets", "GET /_tenant/pace",
        "PATCH /_tenant/pace", "GET /_tenant/judgement",
    )},
    **{tuple(line.split(" ")): GRAPH_DATA for line in (  # type: ignore[misc]  # two words each
        "GET /users", "GET /users/$count", "GET /users/delta", "GET /users/delta()",
        "GET /users/microsoft.graph.delta", "GET /users/microsoft.graph.delta()", "GET /users/{user}", "GET /groups",
        "GET /groups/{group}", "GET /groups/{group}/members", "GET /groups/{group}/members/{cast}",
        "GET /groups/{group}/transitiveMembers", "GET /groups/{group}/transitiveMembers/{cast}",
        "GET /admin/people/photoUpdateSettings", "PATCH /admin/people/photoUpdateSettings",
        "DELETE /admin/people/photoUpdateSettings", "POST /users/{user}/checkMemberGroups",
    )},
    **{("GET", f"/{of}/{what}"): GRAPH_DATA for of in ("users/{user}", "groups/{group}") for what in PHOTO},
    **{(method, f"/{of}/photo/$value"): GRAPH_DATA
       for of in ("users/{user}", "groups/{group}") for method in ("PUT", "PATCH", "DELETE")},
    **{("DELETE", f"/{of}/photo"): GRAPH_DATA for of in ("users/{user}", "groups/{group}")},
    ("GET", "/me"): OWN_READ,
    ("POST", "/me/checkMemberGroups"): OWN,  # a person's own right does not reach the groups
    **{("GET", f"/me/{what}"): OWN_READ for what in PHOTO},
    **{(method, "/me/photo/$value"): OWN for method in ("PUT", "PATCH", "DELETE")},
    ("DELETE", "/me/photo"): OWN,
    ("GET", "/organization"): TENANT_READ,
    ("GET", "/organization/{organization}"): TENANT_READ,
    ("POST", "/$batch"): BATCH,
    ("GET", "/ews/Exchange.asmx/s/GetUserPhoto"): EWS_DATA,
    ("GET", "/_layouts/15/userphoto.aspx"): SHAREPOINT_SIGNED_IN,
    ("GET", "/User Photos/{path:path}"): Kind(401, 401, 404, 404, URL),
    ("POST", "/_vti_bin/client.svc/ProcessQuery"): SHAREPOINT_SIGNED_IN,
    ("POST", "/_api/$batch"): SHAREPOINT_BATCH,
    ("GET", "/_api/{address:path}"): Kind(401, 401, 403, 404, URL),  # reads files, and there is none
    ("DELETE", "/_api/{address:path}"): Kind(401, 401, 403, 403, URL),
    # A file has no such operation. Which have, and who may use each, is in test_who_may_what_at_sharepoint.
    **{(method, "/_api/{address:path}"): Kind(401, 401, 404, 404, URL) for method in ("POST", "PUT", "PATCH", "MERGE")},
    ("GET", "/_layouts/15/images/PersonPlaceholder.96x96x32.png"): OPEN,
    **{tuple(line.split(" ")): PAGE for line in (  # type: ignore[misc]  # two words each
        "GET /", "GET /_layouts/15/sharepoint.aspx", "GET /_layouts/15/onedrive.aspx", "GET /account/picture",
        "POST /account/picture", "GET /account/picture/image", "POST /account/sign-out", "GET /signin",
        "GET /signin-oidc",
    )},
    **{tuple(line.split(" ")): OPEN for line in (  # type: ignore[misc]  # two words each
        "GET /help/add-your-picture", "GET /help/picture-sync", "GET /signed-out", "GET /_home/{name}",
        "GET /common/discovery/instance", "GET /{tenant}/v2.0/.well-known/openid-configuration",
        "GET /{tenant}/discovery/v2.0/keys", "GET /{tenant}/oauth2/v2.0/logout", "POST /{tenant}/oauth2/v2.0/logout",
        "GET /devicelogin",
    )},
    # The authority's own doors look at what is posted, not at a token; nothing was posted here.
    ("POST", "/{tenant}/oauth2/v2.0/token"): Kind(400, 400, 400, 400),
    ("POST", "/{tenant}/oauth2/v2.0/devicecode"): Kind(400, 400, 400, 400),
    ("GET", "/{tenant}/oauth2/v2.0/authorize"): Kind(400, 400, 400, 400),
    ("POST", "/{tenant}/oauth2/v2.0/authorize"): Kind(400, 400, 400, 400),
    ("POST", "/devicelogin"): Kind(400, 400, 400, 400),
}  # fmt: skip


class World:
    """A tenant without a socket, and callers of it that come from this machine."""

    def __init__(self) -> None:
        self.tenant: Tenant = found(Options(people=60, budgets={"all": "off"}))
        self.tenant.url = URL
        self.app = build_app(self.tenant)
        self.http = self.client()
        plain = [u for u in self.tenant.store.users if u.case is Case.PLAIN and not u.roles and u.account_enabled]
        self.whose, self.another = plain[:2]
        self.group = next(iter(self.tenant.store.groups))

    def client(self, address: str = "127.0.0.1") -> TestClient:
        return TestClient(self.app, base_url=URL, client=(address, 50000), follow_redirects=False)

    def person(self, user: User, audience: str, *scopes: str) -> dict[str, str]:
        token = user_token(
            self.tenant, public_app(self.tenant), user, at=URL, audience=audience, scopes=scopes, proof=NO_PROOF
        )
        return {"Authorization": f"Bearer {token}"}

    def program(self, audience: str, *roles: str) -> dict[str, str]:
        token = app_token(
            self.tenant, client_app(self.tenant), at=URL, audience=audience, roles=roles, proof=BY_CERTIFICATE
        )
        return {"Authorization": f"Bearer {token}"}

    def headers(self, caller: str, audience: str) -> dict[str, str]:
        if caller == "nobody":
            return {}
        if caller == "wrong_audience":
            return self.person(self.another, EWS if audience in (GRAPH, URL) else GRAPH, "User.ReadWrite.All")
        if caller == "no_right":
            return self.person(self.another, audience or GRAPH, "TermStore.Read.All")
        return self.person(self.another, audience or GRAPH, "User.Read", "AllSites.Read", "EWS.Other")

    def filled(self, path: str) -> str:
        for name, value in {
            "user": self.whose.id, "person": self.whose.upn, "group": self.group.id, "store": "exchange",
            "organization": self.tenant.tenant_id, "tenant": self.tenant.tenant_id, "cast": "microsoft.graph.user",
            "size": "48x48", "name": "pages.css", "path:path": "Profile Pictures/nobody_MThumb.jpg",
            "address:path": "web/GetFileByServerRelativePath(decodedurl='/User Photos/x.jpg')", "app_id": "none",
            "fault_id": "none", "recipe": "none",
        }.items():  # fmt: skip
            path = path.replace("{" + name + "}", value)
        assert "{" not in path, path
        return path


@cache
def world() -> World:
    return World()


def routes() -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for route in world().app.routes
        if isinstance(route, Route)
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]


def plain(path: str) -> str:
    """The path without Graph's version and OData's other way of naming keys."""
    path = re.sub(r"^/(v1\.0|beta)/", "/", path)
    return re.sub(r"\('(\{\w+\})'\)", r"/\1", path)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "#c05030").save(out, "JPEG")
    return out.getvalue()


def ask(method: str, path: str, headers: dict[str, str], http: TestClient | None = None) -> Any:
    kind = "text/xml" if "ProcessQuery" in path else "application/json"
    body = b"<Request/>" if "ProcessQuery" in path else picture() if "$value" in path else b"{}"
    content = body if method in ("POST", "PUT", "PATCH", "MERGE") else None
    more = {"Content-Type": kind, "ConsistencyLevel": "eventual"}
    return (http or world().http).request(method, path, content=content, headers=headers | more)


def test_every_route_is_in_the_table_and_the_table_has_no_others() -> None:
    assert {(method, plain(path)) for method, path in routes()} == set(TABLE)


@pytest.mark.parametrize("caller", ["nobody", "wrong_audience", "no_right", "somebody_else"])
def test_whoever_should_not_be_let_in_is_not(caller: str) -> None:
    there = world()
    pictures = {user.id: (user.picture, there.tenant.store.mailboxes.get(user.id)) for user in there.tenant.store.users}
    wrong = {}
    for method, path in routes():
        kind = TABLE[method, plain(path)]
        answer = ask(method, there.filled(path), there.headers(caller, kind.audience))
        expected = getattr(kind, caller)
        # Who may look may still find that there is nothing, or be sent on to the picture itself.
        found = {200: (200, 302, 304, 404), 403: (403,)}.get(expected, (expected,))
        if answer.status_code not in found:
            wrong[f"{method} {path}"] = (answer.status_code, expected)
        if answer.status_code == 401 and kind is not SWITCHBOARD:
            assert "www-authenticate" in answer.headers, path
    assert not wrong
    assert pictures == {
        user.id: (user.picture, there.tenant.store.mailboxes.get(user.id)) for user in there.tenant.store.users
    }, "nobody's picture has changed"


def test_a_program_without_a_role_is_let_in_nowhere() -> None:
    there = world()
    for method, path in routes():
        kind = TABLE[method, plain(path)]
        if kind.audience in (GRAPH, EWS) and "/me" not in path and kind is not BATCH:
            answer = ask(method, there.filled(path), there.program(kind.audience, "TermStore.Read.All"))
            assert answer.status_code == 403, (method, path)


def test_the_switchboard_answers_this_machine_under_its_own_names_only() -> None:
    there = world()
    token = {"Authorization": f"Bearer {there.tenant.control_token}"}
    for method, path in routes():
        if TABLE[method, plain(path)] is not SWITCHBOARD:
            continue
        filled = there.filled(path)
        for host in (
            "rebound.example",
            "127.0.0.1.rebound.example",
            "login.microsoftonline.com",
            "graph.microsoft.com",
        ):
            assert ask(method, filled, token | {"Host": host}).status_code == 403, (method, path, host)
        for address in ("192.0.2.7", "::ffff:192.0.2.7", "testclient"):
            assert ask(method, filled, token, there.client(address)).status_code == 403, (method, path, address)
        for host in ("127.0.0.1", "localhost:80"):
            if method == "GET":
                assert ask(method, filled, token | {"Host": host}).status_code in (200, 404), (method, path, host)


def test_methods_that_a_route_does_not_have_are_refused() -> None:
    there = world()
    allowed: dict[str, set[str]] = {}
    for method, path in routes():
        if path.startswith("/beta"):
            continue  # the same handlers as at v1.0
        allowed.setdefault(there.filled(path), set()).add(method)
    for path, methods in allowed.items():
        for method in {"GET", "POST", "PUT", "DELETE", "TRACE", "OPTIONS"} - methods:
            answer = ask(method, path, {"X-HTTP-Method": "DELETE", "X-HTTP-Method-Override": "DELETE"})
            refused = (401, 404, 405) if path.startswith("/_api/") else (404, 405)  # /_api asks first who it is
            assert answer.status_code in refused, (method, path, answer.status_code)


PER_ROUTE = 5
TRAVERSALS = (
    "..", "../..", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e", "..\\..\\x", "%5c..%5c", "%252e%252e%252f",
    "a%00b", "%0d%0aX-Injected:%201", "%0aX-Injected:%201", "x%27%20or%201%20eq%201", "%3Cscript%3E", "x" * 500,
    "%E2%80%AE", "%F0%9F%98%80", "%ff%fe", "*", "~", "%25n%25s",
)  # fmt: skip


def everything(path: str) -> dict[str, str]:
    """Headers of whoever may do all that there is at a path."""
    there = world()
    if path.startswith("/_tenant"):
        return {"Authorization": f"Bearer {there.tenant.control_token}"}
    if path.startswith(("/v1.0", "/beta")):
        return there.program(
            GRAPH, "User.ReadWrite.All", "ProfilePhoto.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"
        )
    if path.startswith("/ews"):
        return there.program(EWS, "full_access_as_app")
    if path.casefold().startswith(("/_api", "/_vti", "/user photos", "/_layouts/15/u")):
        return there.program(URL, "Sites.FullControl.All", "User.ReadWrite.All")
    value, _ = there.tenant.authority.sessions.start(HOME, there.whose.id, there.tenant.clock.now())
    return {"Cookie": f"{cookie_name(there.tenant, HOME)}={value}"}


def test_no_name_in_an_address_climbs_breaks_or_writes_a_header() -> None:
    """As whoever may do everything, so that nothing but the name is in the way."""
    asked = 0
    for method, path in routes():
        parameters = re.findall(r"\{[\w:]+\}", path)
        if not parameters or path.startswith("/beta"):
            continue
        headers = everything(path)
        for number in range(asked, asked + PER_ROUTE):  # in turn: every route has some, every trick has many
            trick = TRAVERSALS[number % len(TRAVERSALS)]
            hostile = path.replace(parameters[number % len(parameters)], trick)
            answer = ask(method, world().filled(hostile), headers)
            asked += 1
            assert answer.status_code in range(200, 500), (method, hostile, answer.status_code)
            assert_clean(answer, hostile)
            if method != "GET" and answer.status_code < 300:
                assert "/photo" not in path, f"{method} {hostile} changed something"
    assert asked > 5 * len(TRAVERSALS)


def assert_clean(answer: Any, what: str) -> None:
    assert b"root:" not in answer.content, what
    assert "Traceback" not in answer.text, what
    assert world().tenant.control_token not in answer.text, what
    for name, value in answer.headers.raw:
        assert not re.search(rb"[\r\n\x00]", name + value), (what, name, value)
        assert name.lower() != b"x-injected", what


ELSEWHERE = (
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example",
    "http://127.0.0.1@evil.example", "http://127.0.0.1:80@evil.example/", "/%0d%0aLocation:%20https://evil.example",
    "/\r\nX-Injected: 1", "/\tevil.example", "javascript:alert(1)", "http://127.0.0.1.evil.example", "/.//evil.example",
)  # fmt: skip
NAMES = (
    "to", "wreply", "returnUrl", "ReturnUrl", "next", "redirect_uri", "post_logout_redirect_uri", "Source", "state",
    "client-request-id", "lang", "login_hint", "accountname", "size", "$skiptoken", "$select",
)  # fmt: skip


def test_no_query_leads_elsewhere_or_writes_a_header() -> None:
    asked = 0
    for method, path in routes():
        if method != "GET" or path.startswith("/beta"):
            continue
        headers = everything(path)
        for number in range(asked, asked + PER_ROUTE):
            trick = ELSEWHERE[number % len(ELSEWHERE)]
            asked += 1
            query = dict.fromkeys(NAMES[number % 2 :: 2], trick) | {NAMES[number % len(NAMES)]: trick}
            echoed = {"client-request-id": "x\ty", "return-client-request-id": "true", "Accept-Language": trick.strip()}
            sent = {name: value for name, value in echoed.items() if value.isprintable() or name == "x"}
            answer = world().http.get(world().filled(path), params=query, headers=headers | sent)
            assert answer.status_code < 500, (path, query)
            assert_clean(answer, f"{path} {trick!r}")
            location = answer.headers.get("location", "")
            assert re.match(rf"$|/(?![/\\])|{re.escape(URL)}(/|$)", location), (path, trick, location)


@pytest.mark.parametrize(
    "name", ["X\r\nX-Injected: 1", "x\x00y", "\u202eevil", "\U0001f600" * 60, "\x1b[2J", "a\u2028b"]
)
def test_no_persons_name_writes_a_header(name: str) -> None:
    from dataclasses import replace

    there = World()
    user = replace(there.whose, display_name=name, given_name=name, job_title=name, mail=f"{name}@x", upn=f"{name}@x")
    there.tenant.store.users.put(user.id, user)
    value, _ = there.tenant.authority.sessions.start(HOME, user.id, there.tenant.clock.now())
    session = {"Cookie": f"{cookie_name(there.tenant, HOME)}={value}"}
    reader = there.program(GRAPH, "User.ReadWrite.All")
    for path, headers in (
        ("/", session), ("/account/picture", session), ("/_layouts/15/sharepoint.aspx", session),
        ("/_layouts/15/userphoto.aspx?size=L", session), (f"/v1.0/users/{user.id}", reader),
        (f"/v1.0/users/{user.id}/photo/$value", reader), ("/v1.0/users?$top=5", reader),
        (f"/_layouts/15/userphoto.aspx?size=L&accountname={user.id}", session),
    ):  # fmt: skip
        answer = there.http.get(path, headers=headers)
        assert answer.status_code < 500, path
        assert_clean(answer, path)


def test_a_session_is_one_that_we_began_and_its_cookie_is_kept_from_scripts_and_other_sites() -> None:
    there = world()
    name = cookie_name(there.tenant, HOME)
    for planted in ("attackers-own-value", "", "x" * 5000, "../../x", "null"):
        answer = there.http.get("/", headers={"Cookie": f"{name}={planted}"})
        assert answer.status_code == 302
        assert not planted or planted not in answer.headers.get("set-cookie", "")
    begun = there.http.get("/signin", params={"to": "/"})
    cookies = begun.headers.get_list("set-cookie")
    assert cookies and all(
        "httponly" in cookie.lower() and "samesite=lax" in cookie.lower() and "domain=" not in cookie.lower()
        for cookie in cookies
    )
    there.tenant.tls = True
    try:
        cookies = there.http.get("/signin", params={"to": "/"}).headers.get_list("set-cookie")
        assert all(cookie.startswith("__Host-") and "secure" in cookie.lower() for cookie in cookies), cookies
    finally:
        there.tenant.tls = False


def test_a_form_of_another_session_changes_nobodys_picture() -> None:
    there = world()
    at = there.tenant
    victim, session = at.authority.sessions.start(HOME, there.whose.id, at.clock.now())
    _, attackers = at.authority.sessions.start(HOME, there.another.id, at.clock.now())
    before = at.store.mailboxes.get(there.whose.id)
    cookie = {"Cookie": f"{cookie_name(at, HOME)}={victim}"}

    def posted(csrf: str | None) -> int:
        data = {} if csrf is None else {"csrf": csrf}
        files = {"picture": ("x\r\nX-Injected: 1.jpg", picture(), "image/jpeg")}
        answer = there.http.post("/account/picture", headers=cookie, data=data, files=files)
        assert_clean(answer, "/account/picture")
        return answer.status_code

    for forged in (None, "", "guessed", attackers.csrf, session.csrf[:-1], session.csrf + "x"):
        assert posted(forged) == 403, forged
    assert at.store.mailboxes.get(there.whose.id) == before
    assert posted(session.csrf) == 303
