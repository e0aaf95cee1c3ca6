"""Office home and its neighbours over the running tenant: who may see what, and what happens to what they send."""

from __future__ import annotations

import io
import urllib.parse
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image
from starlette.requests import Request
from tests.conftest import RunningTenant, StartTenant, tenant_of
from tests.visitor import Seen, Visitor

from localtenant.authority.passwords import password_of
from localtenant.authority.sessions import signed_in
from localtenant.home.routes import routes
from localtenant.home.signing_in import own_path
from localtenant.store.records import Case, User

PUBLIC = {"/help/add-your-picture", "/help/picture-sync", "/signin", "/signin-oidc", "/signed-out", "/_home/{name}"}


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    """One for the tests that leave it as it was; the others take `fresh`."""
    with tenant_of() as running:
        yield running


@pytest.fixture
def fresh(start_tenant: StartTenant) -> RunningTenant:
    """One of one's own."""
    return start_tenant()


@pytest.fixture
def visitor(tenant: RunningTenant) -> Visitor:
    visitor = Visitor(tenant.url)
    visitor.sign_in(**tenant.said.sign_in)
    return visitor


def person(running: RunningTenant, case: Case | None = None) -> User:
    user = (
        running.tenant.store.user(running.said.sign_in["name"])
        if case is None
        else next(u for u in running.tenant.store.users if u.case is case)
    )
    assert user is not None
    return user


def a_picture(size: tuple[int, int] = (400, 400), kind: str = "PNG", colour: str = "#c05030") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def upload(visitor: Visitor, data: bytes | None, csrf: str | None = None) -> Seen:
    token = visitor.ask("/account/picture").fields()["csrf"] if csrf is None else csrf
    edge = uuid.uuid4().hex
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'.encode()]
    if data is not None:
        head = 'Content-Disposition: form-data; name="picture"; filename="me.png"\r\nContent-Type: image/png'
        parts.append(f"--{edge}\r\n{head}\r\n\r\n".encode() + data + b"\r\n")
    body = b"".join(parts) + f"--{edge}--\r\n".encode()
    return visitor.ask("/account/picture", body=body, Content_Type=f"multipart/form-data; boundary={edge}")


def test_a_stranger_sees_help_and_the_door_only(shared_tenant: RunningTenant) -> None:
    paths = {(route.path, method) for route in routes(shared_tenant.tenant) for method in (route.methods or ())}
    assert {path for path, _ in paths} >= PUBLIC
    for path, method in paths:
        body = b"" if method == "POST" else None
        seen = Visitor(shared_tenant.url).ask(path.format(name="pages.css"), body=body)
        if path in PUBLIC:
            assert seen.status == 200 or path in ("/signin", "/signin-oidc"), path
        else:
            assert (seen.status, (seen.location or "").split("?")[0]) == (302, "/signin"), path


def test_after_sign_in_one_is_where_one_wanted_to_be(tenant: RunningTenant) -> None:
    visitor = Visitor(tenant.url)
    seen = visitor.sign_in(**tenant.said.sign_in, to="/account/picture?saved=1")
    assert (seen.status, seen.url) == (200, f"{tenant.url}/account/picture?saved=1")


@pytest.mark.parametrize(
    "hostile",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "evil.example",
        "/\r\nSet-Cookie:x=1",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
        "/ü",
    ],
)
def test_the_way_back_leads_nowhere_else(hostile: str) -> None:
    assert own_path(hostile) == "/"


@pytest.mark.parametrize("to", ["/@evil.example", "/.evil.example", "/%2f%2fevil.example", "/%0d%0aLocation:%20//evil"])
def test_a_path_with_tricks_stays_on_this_host(tenant: RunningTenant, to: str) -> None:
    visitor = Visitor(tenant.url)
    door = visitor.follow(visitor.ask(f"/signin?{urllib.parse.urlencode({'to': to})}"))
    seen = visitor.follow(visitor.submit(door, **tenant.said.sign_in))
    assert seen.url == tenant.url + to


def test_an_answer_that_this_browser_did_not_ask_for_signs_nobody_in(tenant: RunningTenant, visitor: Visitor) -> None:
    thief = Visitor(tenant.url)
    door = thief.follow(thief.ask("/"))
    callback = thief.submit(door, **tenant.said.sign_in).location
    assert callback is not None
    victim = Visitor(tenant.url)
    assert victim.ask(callback).location == "/"
    assert victim.cookie("home") is None
    started = Visitor(tenant.url)
    started.follow(started.ask("/"))
    assert started.ask(callback).location == "/", "a flow of its own, but another state"
    assert started.cookie("home") is None


def test_another_name_of_this_machine_leads_to_the_one_that_cookies_know(tenant: RunningTenant) -> None:
    seen = Visitor(tenant.url).ask(
        "/signin?to=/account/picture", Host=tenant.url.split("//")[1].replace("127.0.0.1", "localhost")
    )
    assert seen.location == f"{tenant.url}/signin?to=%2Faccount%2Fpicture"


def test_sharepoint_can_ask_who_is_signed_in(fresh: RunningTenant) -> None:
    tenant, visitor = fresh, Visitor(fresh.url)
    visitor.sign_in(**tenant.said.sign_in)
    cookie = visitor.cookie("home")
    assert cookie is not None

    def whose(value: str) -> str | None:
        headers = [(b"cookie", f"{cookie.name}={value}".encode())]
        return signed_in(tenant.tenant, Request({"type": "http", "method": "GET", "path": "/", "headers": headers}))

    assert whose(str(cookie.value)) == person(tenant).id
    assert whose("guessed") is None
    signing = visitor.cookie("signin")
    assert signing is not None
    assert whose(str(signing.value)) is None, "the authority's session is no session of the pages"
    tenant.control.advance(hours=24 * 7 + 1)
    assert whose(str(cookie.value)) is None


def test_signing_out_ends_every_session(tenant: RunningTenant, visitor: Visitor) -> None:
    home = visitor.cookie("home")
    assert home is not None
    form = visitor.ask("/").soup.select_one(".menu form input[name=csrf]")
    assert form is not None
    assert visitor.ask("/account/sign-out", {"csrf": "guessed"}).location == "/"
    assert visitor.ask("/").status == 200, "another site's post signs nobody out"
    out = visitor.ask("/account/sign-out", {"csrf": str(form["value"])})
    thief = Visitor(tenant.url)
    assert thief.ask("/", Cookie=f"{home.name}={home.value}").status == 302, "at once, wherever the browser goes next"
    bye = visitor.follow(out)
    assert bye.url == f"{tenant.url}/signed-out"
    assert 'name="password"' in visitor.follow(visitor.ask("/")).text, "the authority asks again"


def test_a_new_picture_goes_into_the_mailbox(fresh: RunningTenant) -> None:
    tenant, visitor = fresh, Visitor(fresh.url)
    visitor.sign_in(**tenant.said.sign_in)
    data = a_picture()
    saved = upload(visitor, data)
    assert (saved.status, saved.location) == (303, "/account/picture?saved=1")
    assert tenant.control.picture(person(tenant).id, "exchange") == data
    assert tenant.control.picture(person(tenant).id, "directory") != data
    corner = visitor.ask("/account/picture/image?size=96")
    assert corner.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(corner.body)).size == (96, 96)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "Choose a file first"),
        (b"", "Choose a file first"),
        (b"GIF89a rubbish", "cannot be read as a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be read as a picture"),
        (a_picture()[:300], "cannot be read as a picture"),
        (a_picture((30, 30)), "too small"),
        (a_picture() + b"\0" * 4 * 1024 * 1024, "larger than 4 MB"),
        (b"\0" * 5 * 1024 * 1024, "larger than 4 MB"),
    ],
)
def test_what_is_no_picture_is_refused_kindly(
    tenant: RunningTenant, visitor: Visitor, data: bytes | None, words: str
) -> None:
    before = tenant.control.picture(person(tenant).id, "exchange")
    seen = upload(visitor, data)
    alert = seen.soup.select_one("[role=alert]")
    assert seen.status in (400, 413)
    assert alert is not None
    assert words in alert.text
    assert tenant.control.picture(person(tenant).id, "exchange") == before


def test_a_picture_from_another_sites_form_is_refused(tenant: RunningTenant, visitor: Visitor) -> None:
    before = tenant.control.picture(person(tenant).id, "exchange")
    assert upload(visitor, a_picture(), csrf="guessed").status == 403
    assert tenant.control.picture(person(tenant).id, "exchange") == before


@pytest.mark.parametrize(
    ("case", "words"),
    [(Case.NO_MAILBOX, "no mailbox in Exchange Online"), (Case.ON_PREMISES_MAILBOX, "own servers")],
)
def test_who_has_no_mailbox_here_is_told(tenant: RunningTenant, case: Case, words: str) -> None:
    user = person(tenant, case)
    visitor = Visitor(tenant.url)
    visitor.sign_in(user.upn, password_of(tenant.tenant, user.id))
    assert words in visitor.ask("/account/picture").text
    before = tenant.control.picture(user.id, "directory")
    refused = upload(visitor, a_picture())
    assert (refused.status, words in refused.text) == (409, True)
    assert tenant.control.picture(user.id, "directory") == before


def test_the_landing_pages_ask_for_ones_own_large_picture(tenant: RunningTenant, visitor: Visitor) -> None:
    for path in ("/_layouts/15/sharepoint.aspx", "/_layouts/15/onedrive.aspx"):
        page = visitor.ask(path)
        own = page.soup.select_one("img.own")
        assert own is not None
        src = str(own["src"])
        assert src.startswith("/_layouts/15/userphoto.aspx?size=L&accountname=")
        assert visitor.ask(src).status in (200, 302)


def test_names_are_text_and_never_markup(fresh: RunningTenant) -> None:
    tenant, visitor = fresh, Visitor(fresh.url)
    visitor.sign_in(**tenant.said.sign_in)
    user = person(tenant)
    nasty = "\"'><img src=x onerror=alert(1)>{{7*7}}"
    tenant.tenant.store.users.put(user.id, replace(user, display_name=nasty))
    mate = next(u for u in tenant.tenant.store.users if u.department == user.department and u.id != user.id)
    tenant.tenant.store.users.put(mate.id, replace(mate, display_name=nasty, job_title=nasty))
    for path in ("/", "/account/picture", "/_layouts/15/sharepoint.aspx", "/_layouts/15/onedrive.aspx"):
        page = visitor.ask(path)
        assert "<img src=x" not in page.text, path
        assert nasty in page.soup.text, path


def test_every_page_is_under_a_strict_policy(tenant: RunningTenant, visitor: Visitor) -> None:
    for path in ("/", "/account/picture", "/_layouts/15/sharepoint.aspx", "/help/picture-sync", "/devicelogin"):
        headers = visitor.ask(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_static_files_are_those_and_no_others(shared_tenant: RunningTenant) -> None:
    visitor = Visitor(shared_tenant.url)
    assert visitor.ask("/_home/pages.css").headers["content-type"] == "text/css; charset=utf-8"
    for name in ("../render.py", "..%2frender.py", "%2e%2e/render.py", "render.py", ""):
        assert visitor.ask(f"/_home/{name}").status == 404, name


def test_the_ledger_knows_the_pages(fresh: RunningTenant) -> None:
    tenant, visitor = fresh, Visitor(fresh.url)
    visitor.sign_in(**tenant.said.sign_in)
    visitor.ask("/_layouts/15/onedrive.aspx")
    assert tenant.control.count(api="home", operation="onedrive.aspx", status=200) == 1
    assert tenant.control.count(api="authority", operation="authorize", method="POST") == 1
