"""The device code flow over the running tenant: the device waits, the person types, decides, and is asked properly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.conftest import RunningTenant, StartTenant, tenant_of
from tests.visitor import Seen, Visitor

from localtenant.authority.grants import Consent
from localtenant.authority.registered import public_app


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


DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


def start(running: RunningTenant, **changed: str) -> Seen:
    fields = {"client_id": public_app(running.tenant).app_id, "scope": f"offline_access {running.url}/.default"}
    return Visitor(running.url).ask("/organizations/oauth2/v2.0/devicecode", fields | changed)


def poll(running: RunningTenant, code: str) -> Seen:
    return redeem(running, grant_type=DEVICE_CODE, client_id=public_app(running.tenant).app_id, device_code=code)


def redeem(running: RunningTenant, **fields: str) -> Seen:
    return Visitor(running.url).ask(f"/{running.said.tenant_id}/oauth2/v2.0/token", fields)


def question(running: RunningTenant, visitor: Visitor, user_code: str) -> Seen:
    """Through code and sign-in to the page that asks."""
    page = visitor.submit(visitor.ask("/devicelogin"), user_code=user_code)
    return visitor.submit(page, **running.said.sign_in)


def test_a_device_gets_tokens_once_its_person_says_yes(tenant: RunningTenant, visitor: Visitor) -> None:
    device = start(tenant).json
    assert device["verification_uri"] == f"{tenant.url}/devicelogin"
    assert device["user_code"] in device["message"]
    waiting = poll(tenant, device["device_code"])
    assert (waiting.status, waiting.json["error"]) == (400, "authorization_pending")
    typed = f" {device['user_code'][:4]}-{device['user_code'][4:]} ".lower()
    asked = question(tenant, visitor, typed)
    assert tenant.said.sign_in["name"] in asked.text
    done = visitor.submit(asked, decision="allowed")
    assert done.status == 200
    got = poll(tenant, device["device_code"])
    assert {"access_token", "refresh_token"} <= set(got.json)
    assert poll(tenant, device["device_code"]).json["error"] == "bad_verification_code"


def test_no_means_no(tenant: RunningTenant, visitor: Visitor) -> None:
    device = start(tenant).json
    visitor.submit(question(tenant, visitor, device["user_code"]), decision="declined")
    assert poll(tenant, device["device_code"]).json["error"] == "authorization_declined"


def test_nothing_is_allowed_without_the_sessions_own_form(tenant: RunningTenant, visitor: Visitor) -> None:
    device = start(tenant).json
    asked = question(tenant, visitor, device["user_code"])
    forged = visitor.submit(asked, decision="allowed", csrf="guessed")
    assert forged.status == 400
    stranger = Visitor(tenant.url)
    assert stranger.ask("/devicelogin", asked.fields() | {"decision": "allowed"}).status == 400
    assert poll(tenant, device["device_code"]).json["error"] == "authorization_pending"


def test_codes_run_out_and_cannot_be_guessed(fresh: RunningTenant) -> None:
    tenant, visitor = fresh, Visitor(fresh.url)
    device = start(tenant).json
    assert visitor.submit(visitor.ask("/devicelogin"), user_code="BBBBBBBBB").status == 400
    tenant.control.advance(seconds=901)
    assert visitor.submit(visitor.ask("/devicelogin"), user_code=device["user_code"]).status == 400
    assert poll(tenant, device["device_code"]).json["error"] == "expired_token"
    assert poll(tenant, "rubbish").json["error"] == "bad_verification_code"
    fresh = start(tenant).json
    for _ in range(60):
        tenant.tenant.authority.addresses.fail("127.0.0.1", tenant.tenant.clock.now())
    assert visitor.submit(visitor.ask("/devicelogin"), user_code=fresh["user_code"]).status == 400


def test_only_public_clients_and_granted_scopes_get_a_code(shared_tenant: RunningTenant) -> None:
    scopes = {"sharepoint": ["AllSites.FullControl"]}
    registered = shared_tenant.control.json("POST", "/apps", {"name": "Confidential", "scopes": scopes})
    confidential = start(shared_tenant, client_id=registered["client_id"])
    shared_tenant.control.json("DELETE", f"/apps/{registered['client_id']}")
    assert confidential.json["error_codes"] == [700016]
    assert start(shared_tenant, scope="Mail.Read").json["error_codes"] == [65001]
    assert start(shared_tenant, scope="").json["error_codes"] == [900144]


def test_public_flows_let_a_confidential_client_use_device_codes_and_nothing_else_without_proof(
    tenant: RunningTenant, visitor: Visitor
) -> None:
    said = tenant.said
    app = {"client_id": said.client_id}
    device = start(tenant, **app).json
    visitor.submit(question(tenant, visitor, device["user_code"]), decision="allowed")
    got = redeem(tenant, grant_type=DEVICE_CODE, device_code=device["device_code"], **app)
    assert got.status == 200, got.text
    renewed = redeem(tenant, grant_type="refresh_token", refresh_token=got.json["refresh_token"], **app)
    assert renewed.status == 200, renewed.text

    alone = redeem(tenant, grant_type="client_credentials", scope=f"{tenant.url}/.default", **app)
    assert alone.json["error_codes"] == [7000216]
    code = redeem(tenant, grant_type="authorization_code", code="any", redirect_uri="http://localhost", **app)
    assert code.json["error_codes"] == [7000218]
    authority, user = tenant.tenant.authority, tenant.tenant.store.user(said.sign_in["name"])
    assert user is not None
    consent = Consent(said.client_id, user.id, f"offline_access {tenant.url}/.default")
    born_of_a_proof = authority.grants.give_refresh(consent, tenant.tenant.clock.now())
    fields = {"grant_type": "refresh_token", "refresh_token": born_of_a_proof, **app}
    assert redeem(tenant, **fields).json["error_codes"] == [7000218]
    assert redeem(tenant, **fields, client_secret=said.client_secret).status == 200, "the refused try used it up"
