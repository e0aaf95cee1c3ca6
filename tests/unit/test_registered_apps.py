"""Applications registered on the switchboard, and what a tenant with a state folder still knows after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import RunningTenant, StartTenant, tenant_of
from tests.tenant_control import ControlError
from tests.visitor import Seen, Visitor

from localtenant.authority.keys import self_signed
from localtenant.authority.registered import public_app


def ask(running: RunningTenant, **fields: str) -> Seen:
    return Visitor(running.url).ask(f"/{running.said.tenant_id}/oauth2/v2.0/token", fields)


def by_secret(running: RunningTenant, app: dict[str, str]) -> Seen:
    return ask(
        running,
        grant_type="client_credentials",
        client_id=app["client_id"],
        client_secret=app["client_secret"],
        scope="https://graph.microsoft.com/.default",
    )


def test_an_application_with_fewer_roles_may_less(tenant: RunningTenant) -> None:
    app = tenant.control.json("POST", "/apps", {"name": "Reader", "roles": {"graph": ["GroupMember.Read.All"]}})
    token = by_secret(tenant, app).json["access_token"]
    refused = Visitor(tenant.url).ask("/v1.0/users", Authorization=f"Bearer {token}")
    assert (refused.status, refused.json["error"]["code"]) == (403, "Authorization_RequestDenied")
    listed = {row["name"]: row["roles"] for row in tenant.control.json("GET", "/apps")["apps"]}
    assert listed["Reader"] == {"graph": ["GroupMember.Read.All"]}
    assert len(listed) == 4
    tenant.control.json("DELETE", f"/apps/{app['client_id']}")
    assert by_secret(tenant, app).json["error_codes"] == [700016]


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"name": ""},
        {"name": "x", "roles": {"teams": ["A"]}},
        {"name": "x", "roles": {"graph": "A"}},
        {"name": "x", "redirect_uris": "y"},
        {"name": "x", "colour": "red"},
        {"name": "x", "certificate": "no PEM"},
        [],
    ],
)
def test_an_impossible_registration_is_refused(shared_tenant: RunningTenant, posted: object) -> None:
    with pytest.raises(ControlError) as refused:
        shared_tenant.control.json("POST", "/apps", posted)
    assert refused.value.status == 400


def test_everybodys_sign_in_is_told_to_the_control_token_alone(tenant: RunningTenant) -> None:
    person = tenant.control.people("plain")[0]
    told = tenant.control.json("GET", f"/people/{person['id']}/sign-in")
    assert told["name"] == person["upn"]
    assert Visitor(tenant.url).sign_in(told["name"], told["password"]).url == f"{tenant.url}/"
    assert Visitor(tenant.url).ask(f"/_tenant/people/{person['id']}/sign-in").status == 401


def test_a_restart_keeps_keys_secrets_registrations_and_refresh_tokens(
    tmp_path: Path, start_tenant: StartTenant
) -> None:
    with tenant_of(state=tmp_path) as first:
        posted = {"name": "Kept", "roles": {"graph": ["User.Read.All"]}, "certificate": self_signed("kept")}
        app = first.control.json("POST", "/apps", posted)
        public = public_app(first.tenant).app_id
        scope = "offline_access https://graph.microsoft.com/.default"
        device = Visitor(first.url).ask("/common/oauth2/v2.0/devicecode", {"client_id": public, "scope": scope}).json
        browser = Visitor(first.url)
        page = browser.submit(browser.ask("/devicelogin"), user_code=device["user_code"])
        browser.submit(browser.submit(page, **first.said.sign_in), decision="allowed")
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        got = ask(first, grant_type=grant, client_id=public, device_code=device["device_code"]).json
        used, refresh = got["refresh_token"], "refresh_token"
        following = ask(first, grant_type=refresh, client_id=public, refresh_token=used).json[refresh]
        keys = Visitor(first.url).ask("/common/discovery/v2.0/keys").json
    again = start_tenant(state=tmp_path)
    assert Visitor(again.url).ask("/common/discovery/v2.0/keys").json == keys
    assert (again.said.client_secret, again.said.sign_in) == (first.said.client_secret, first.said.sign_in)
    assert by_secret(again, app).status == 200
    latest = ask(again, grant_type=refresh, client_id=public, refresh_token=following)
    assert latest.status == 200
    assert ask(again, grant_type=refresh, client_id=public, refresh_token=used).json["error_codes"] == [50173]
    kept = [path for path in tmp_path.iterdir() if path.suffix in (".json", ".pem")]
    assert len(kept) == 4
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)
    assert not any(following in path.read_text() or app["client_secret"] in path.read_text() for path in kept)
    again.control.reset()
    assert by_secret(again, app).json["error_codes"] == [700016]
    newest = latest.json[refresh]
    assert ask(again, grant_type=refresh, client_id=public, refresh_token=newest).json["error_codes"] == [70000]
