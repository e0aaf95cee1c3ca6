"""People sign in over the running tenant, and applications get codes and tokens for them, or nothing."""

from __future__ import annotations

import base64
import hashlib
import re
import urllib.parse
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.conftest import RunningTenant, StartTenant, tenant_of
from tests.visitor import Seen, Visitor

from localtenant.authority.passwords import password_of
from localtenant.authority.registered import home_app, public_app

BACK = "http://localhost:8400"
VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
SCOPE = "openid profile offline_access https://graph.microsoft.com/User.Read"


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
    return Visitor(tenant.url)


def authorize(running: RunningTenant, visitor: Visitor, **changed: str) -> Seen:
    fields = {
        "client_id": public_app(running.tenant).app_id,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": SCOPE,
        "state": "state&1",
        "nonce": "nonce-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changed
    query = "&".join(f"{n}={quoted(v)}" for n, v in fields.items() if v)
    return visitor.ask(f"/{running.said.tenant_id}/oauth2/v2.0/authorize?{query}")


def quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def sign_in(running: RunningTenant, visitor: Visitor, **changed: str) -> Seen:
    who = running.said.sign_in
    return visitor.submit(authorize(running, visitor, **changed), name=who["name"], password=who["password"])


def redeem(running: RunningTenant, **changed: str) -> Seen:
    fields = {
        "grant_type": "authorization_code",
        "client_id": public_app(running.tenant).app_id,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    } | changed
    url = f"/{running.said.tenant_id}/oauth2/v2.0/token"
    return Visitor(running.url).ask(url, {name: value for name, value in fields.items() if value})


def claims_of(running: RunningTenant, token: str) -> dict[str, Any]:
    keys = Visitor(running.url).ask(f"/{running.said.tenant_id}/discovery/v2.0/keys").json
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"]).claims


def number(seen: Seen) -> int:
    return int(seen.json["error_codes"][0])


def test_a_code_becomes_tokens_that_name_the_person(tenant: RunningTenant, visitor: Visitor) -> None:
    back = sign_in(tenant, visitor)
    assert back.status == 302
    assert back.location is not None
    assert back.location.startswith(f"{BACK}?code=")
    assert back.answer["state"] == "state&1"
    got = redeem(tenant, code=back.answer["code"], client_info="1").json
    user = tenant.tenant.store.user(tenant.said.sign_in["name"])
    assert user is not None
    who = claims_of(tenant, got["id_token"])
    assert (who["aud"], who["nonce"], who["tid"]) == (
        public_app(tenant.tenant).app_id,
        "nonce-1",
        tenant.said.tenant_id,
    )
    assert (who["oid"], who["upn"], who["preferred_username"], who["name"]) == (
        user.id,
        user.upn,
        user.upn,
        user.display_name,
    )
    access = claims_of(tenant, got["access_token"])
    assert (access["aud"], access["scp"], access["oid"]) == (
        "https://graph.microsoft.com",
        "User.Read openid profile",
        user.id,
    )
    assert "roles" not in access
    assert got["scope"].split()[0] == "User.Read"
    assert base64.urlsafe_b64decode(got["client_info"] + "==").startswith(b'{"uid"')
    me = Visitor(tenant.url).ask("/v1.0/me", Authorization=f"Bearer {got['access_token']}")
    assert me.json["id"] == user.id


def test_a_code_needs_its_verifier_its_address_and_its_application(fresh: RunningTenant) -> None:
    tenant, visitor = fresh, Visitor(fresh.url)

    def code() -> str:
        seen = authorize(tenant, visitor)
        return (seen if seen.location else sign_in(tenant, visitor)).answer["code"]

    assert number(redeem(tenant, code=code(), code_verifier="another-verifier")) == 501481
    assert number(redeem(tenant, code=code(), code_verifier="")) == 501481
    assert number(redeem(tenant, code=code(), redirect_uri="http://localhost:8401")) == 50011
    assert number(redeem(tenant, code=code(), client_id=home_app(tenant.tenant).app_id)) == 70000
    assert number(redeem(tenant, code="rubbish")) == 70000
    late = code()
    tenant.control.advance(seconds=601)
    assert number(redeem(tenant, code=late)) == 70008


def test_a_code_used_twice_takes_its_tokens_with_it(tenant: RunningTenant, visitor: Visitor) -> None:
    code = sign_in(tenant, visitor).answer["code"]
    refresh = redeem(tenant, code=code).json["refresh_token"]
    assert number(redeem(tenant, code=code)) == 54005
    assert number(redeem(tenant, grant_type="refresh_token", refresh_token=refresh)) == 70000


def test_refresh_tokens_rotate_and_a_copy_ends_them_all(tenant: RunningTenant, visitor: Visitor) -> None:
    first = redeem(tenant, code=sign_in(tenant, visitor).answer["code"]).json["refresh_token"]
    second = redeem(tenant, grant_type="refresh_token", refresh_token=first).json["refresh_token"]
    assert second != first
    assert number(redeem(tenant, grant_type="refresh_token", refresh_token=first)) == 50173
    assert number(redeem(tenant, grant_type="refresh_token", refresh_token=second)) == 70000


def test_a_refresh_token_gets_another_apis_token_as_far_as_granted(tenant: RunningTenant, visitor: Visitor) -> None:
    first = redeem(tenant, code=sign_in(tenant, visitor).answer["code"]).json["refresh_token"]
    other = redeem(tenant, grant_type="refresh_token", refresh_token=first, scope=f"{tenant.url}/.default")
    access = claims_of(tenant, other.json["access_token"])
    assert access["aud"] == tenant.url
    assert "AllSites.FullControl" in access["scp"].split()
    again = other.json["refresh_token"]
    assert number(redeem(tenant, grant_type="refresh_token", refresh_token=again, scope="Mail.Read")) == 65001


def test_a_disabled_person_gets_no_more_tokens(fresh: RunningTenant) -> None:
    tenant, visitor = fresh, Visitor(fresh.url)
    refresh = redeem(tenant, code=sign_in(tenant, visitor).answer["code"]).json["refresh_token"]
    user = tenant.tenant.store.user(tenant.said.sign_in["name"])
    assert user is not None
    tenant.tenant.store.users.put(user.id, replace(user, account_enabled=False))
    assert number(redeem(tenant, grant_type="refresh_token", refresh_token=refresh)) == 50057
    assert authorize(tenant, visitor).status == 200, "the session is over too: the sign-in page is shown"
    tried = sign_in(tenant, Visitor(tenant.url))
    assert "AADSTS50057" in tried.text


@pytest.mark.parametrize(
    "hostile",
    [
        "https://evil.example",
        "//evil.example",
        "http://localhost:8400@evil.example",
        "http://localhost.evil.example",
        "http://evil.example/http://localhost",
        "http://localhost:8400/../evil",
        "http://localhost:8400/callback",
        "http://localhost:8400#@evil.example",
        "http://localhost:8400\\@evil.example",
        "http://localhost:8400\r\nSet-Cookie: x=1",
        "http://LOCALHOST:8400",
        "https://localhost:8400",
        "javascript:alert(1)",
        "http://localhost:8400?x=1",
        " http://localhost:8400",
        "{url}/signin-oidc",
        "",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(shared_tenant: RunningTenant, hostile: str) -> None:
    seen = authorize(shared_tenant, Visitor(shared_tenant.url), redirect_uri=hostile)
    assert (seen.status, seen.location) == (400, None)
    assert "AADSTS50011" in seen.text
    out = Visitor(shared_tenant.url).ask(
        f"/common/oauth2/v2.0/logout?post_logout_redirect_uri={quoted(hostile)}&state=1"
    )
    assert (out.status, out.location) == (200, None)


def test_sign_out_leads_back_to_a_registered_address(shared_tenant: RunningTenant) -> None:
    url = f"/common/oauth2/v2.0/logout?post_logout_redirect_uri={quoted('http://localhost:99')}&state=s"
    assert Visitor(shared_tenant.url).ask(url).location == "http://localhost:99?state=s"


def test_wrong_requests_are_told_to_the_application(shared_tenant: RunningTenant) -> None:
    cases = {
        "unsupported_response_type": {"response_type": "token"},
        "invalid_grant": {"scope": "Mail.Read"},
        "invalid_resource": {"scope": "https://elsewhere.example/.default"},
        "login_required": {"prompt": "none"},
    }
    for error, changed in cases.items():
        back = authorize(shared_tenant, Visitor(shared_tenant.url), **changed)
        assert (back.answer["error"], back.answer["state"]) == (error, "state&1")
    for changed in (
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"response_mode": "fragment"},
        {"scope": ""},
        {"prompt": "whatever"},
    ):
        back = authorize(shared_tenant, Visitor(shared_tenant.url), **changed)
        assert back.answer["error"] == "invalid_request", changed


def test_an_unknown_application_or_tenant_gets_a_page_and_no_redirect(shared_tenant: RunningTenant) -> None:
    seen = authorize(shared_tenant, Visitor(shared_tenant.url), client_id=str(uuid.uuid4()))
    assert (seen.status, seen.location) == (400, None)
    assert "AADSTS700016" in seen.text
    other = Visitor(shared_tenant.url).ask(f"/{uuid.uuid4()}/oauth2/v2.0/authorize?client_id=x")
    assert "AADSTS90002" in other.text


def test_who_is_signed_in_is_not_asked_again_unless_wanted(tenant: RunningTenant, visitor: Visitor) -> None:
    sign_in(tenant, visitor)
    assert "code" in authorize(tenant, visitor).answer
    assert "code" in authorize(tenant, visitor, prompt="none").answer
    for prompt in ("login", "select_account"):
        assert authorize(tenant, visitor, prompt=prompt).status == 200


def test_the_hinted_name_is_filled_in_and_escaped(shared_tenant: RunningTenant) -> None:
    seen = authorize(shared_tenant, Visitor(shared_tenant.url), login_hint='"><script>alert(1)</script>')
    assert seen.fields()["name"] == '"><script>alert(1)</script>'
    assert "<script>alert" not in seen.text


def test_the_answer_may_come_by_a_form(tenant: RunningTenant, visitor: Visitor) -> None:
    seen = sign_in(tenant, visitor, response_mode="form_post")
    assert seen.status == 200
    form = seen.soup.select_one("main form")
    assert form is not None
    assert (form["action"], form["method"]) == (BACK, "post")
    assert seen.fields()["state"] == "state&1"
    script = seen.soup.select_one("script")
    assert script is not None
    source = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    policy = seen.headers["content-security-policy"]
    assert f"script-src 'sha256-{source}'" in policy
    assert f"form-action 'self' {BACK};" in policy
    assert "access_token" in redeem(tenant, code=seen.fields()["code"]).json


def test_a_form_from_elsewhere_signs_nobody_in(tenant: RunningTenant, visitor: Visitor) -> None:
    who = tenant.said.sign_in
    page = authorize(tenant, visitor)
    forged = visitor.submit(page, form_token="guessed", **who)
    assert (forged.status, forged.location) == (400, None)
    stranger = Visitor(tenant.url)
    without_cookie = stranger.ask(page.url, page.fields() | who)
    assert (without_cookie.status, without_cookie.location) == (400, None)


def test_too_many_tries_lock_an_account_for_a_minute(fresh: RunningTenant) -> None:
    tenant, visitor = fresh, Visitor(fresh.url)
    who = tenant.said.sign_in
    page = authorize(tenant, visitor)
    for _ in range(10):
        assert "AADSTS50126" in visitor.submit(page, name=who["name"], password="wrong").text
    locked = visitor.submit(page, name=who["name"].upper(), password=who["password"])
    assert locked.status == 429
    assert "AADSTS50053" in locked.text
    tenant.control.advance(seconds=61)
    assert visitor.submit(page, name=who["name"], password=who["password"]).status == 302


def test_too_many_tries_lock_an_address(fresh: RunningTenant) -> None:
    tenant, visitor = fresh, Visitor(fresh.url)
    page = authorize(tenant, visitor)
    for _ in range(60):
        tenant.tenant.authority.addresses.fail("127.0.0.1", tenant.tenant.clock.now())
    locked = visitor.submit(page, **tenant.said.sign_in)
    assert locked.status == 429


def test_a_stranger_and_a_wrong_password_are_told_the_same(tenant: RunningTenant, visitor: Visitor) -> None:
    page = authorize(tenant, visitor)
    stranger = visitor.submit(page, name="nobody@fjordlys.example", password="x")
    known = visitor.submit(page, name=tenant.said.sign_in["name"], password="x")

    def alert(seen: Seen) -> str:
        return re.sub(r"\s+", " ", str(seen.soup.select_one("[role=alert]")))

    assert alert(stranger) == alert(known)
    user = tenant.tenant.store.user(tenant.said.sign_in["name"])
    assert user is not None
    by_id = visitor.submit(page, name=user.id, password=tenant.said.sign_in["password"])
    assert "AADSTS50126" in by_id.text, "an object id is no sign-in name"


def test_everybody_has_a_password_and_nobody_anothers(fresh: RunningTenant) -> None:
    tenant = fresh
    people = [u for u in tenant.tenant.store.users if u.account_enabled][:2]
    one, other = (password_of(tenant.tenant, user.id) for user in people)
    assert one != other
    wrong = Visitor(tenant.url)
    assert wrong.submit(authorize(tenant, wrong), name=people[0].upn, password=other).status == 400
    right = Visitor(tenant.url)
    assert right.submit(authorize(tenant, right), name=people[0].upn, password=one).status == 302
    kept = tenant.tenant.authority.passwords._hashes
    assert set(kept) == {people[0].id}, "hashes are made when first needed"
    assert one.encode() not in kept[people[0].id][1]


def test_session_cookies_are_new_each_time_and_worthless_after_sign_out(
    tenant: RunningTenant, visitor: Visitor
) -> None:
    sign_in(tenant, visitor)
    first = visitor.cookie("signin")
    assert first is not None
    assert first.has_nonstandard_attr("HttpOnly")
    assert first.get_nonstandard_attr("SameSite") == "lax"
    sign_in(tenant, visitor, prompt="login")
    second = visitor.cookie("signin")
    assert second is not None
    assert second.value != first.value
    name = second.name

    def reuse(value: str | None) -> int:
        thief = Visitor(tenant.url)
        seen = thief.ask(authorize(tenant, thief).url, Cookie=f"{name}={value}")
        return seen.status

    assert reuse(first.value) == 200, "the former session ended"
    assert reuse(second.value) == 302
    visitor.ask("/common/oauth2/v2.0/logout")
    assert visitor.cookie("signin") is None
    assert reuse(second.value) == 200
