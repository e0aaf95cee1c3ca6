"""Client credentials over the running tenant: who gets a token, and what the others are told."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from tests.conftest import RunningTenant

from localtenant.authority.apps import App, grants, hash_of_secret
from localtenant.authority.keys import self_signed

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GRAPH = "https://graph.microsoft.com/.default"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Answer:
    status: int
    body: Any


def call(url: str, fields: dict[str, str] | None = None, **headers: str) -> Answer:
    data = urllib.parse.urlencode(fields).encode() if fields is not None else None
    try:
        with opener.open(urllib.request.Request(url, data, headers), timeout=30) as answer:
            return Answer(answer.status, json.load(answer))
    except urllib.error.HTTPError as error:
        return Answer(error.code, json.load(error))


def ask(running: RunningTenant, tenant: str | None = None, **fields: str) -> Answer:
    said = running.said
    whole = {"grant_type": "client_credentials", "client_id": said.client_id, "scope": GRAPH} | fields
    url = f"{said.url}/{tenant or said.tenant_id}/oauth2/v2.0/token"
    return call(url, {name: value for name, value in whole.items() if value})


def claims_of(running: RunningTenant, token: str) -> dict[str, Any]:
    keys = call(f"{running.url}/{running.said.tenant_id}/discovery/v2.0/keys").body
    assert all("d" not in key for key in keys["keys"]), "the private half is nobody's business"
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"]).claims


def assertion(
    running: RunningTenant, pem: str | None = None, header: dict[str, str] | None = None, **claims: Any
) -> str:
    pem = pem or Path(running.said.client_certificate).read_text()
    der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    now = int(time.time())
    whole = {
        "aud": f"{running.url}/{running.said.tenant_id}/oauth2/v2.0/token",
        "iss": running.said.client_id,
        "sub": running.said.client_id,
        "jti": str(uuid.uuid4()),
        "nbf": now,
        "exp": now + 600,
    } | claims
    whole = {name: value for name, value in whole.items() if value is not None}
    head = {"alg": "PS256", **({"x5t#S256": thumbprint} if header is None else header)}
    key_pem = pem[: pem.index("-----BEGIN CERTIFICATE")]
    return jwt.encode(head, whole, RSAKey.import_key(key_pem), algorithms=["PS256", "RS256"])


def by_assertion(running: RunningTenant, signed: str, **fields: str) -> Answer:
    return ask(running, client_assertion_type=JWT_BEARER, client_assertion=signed, **fields)


def refused(answer: Answer, number: int, error: str, status: int) -> None:
    assert (answer.status, answer.body["error"], answer.body["error_codes"]) == (status, error, [number])
    assert answer.body["error_description"].startswith(f"AADSTS{number}: ")
    assert "access_token" not in answer.body
    uuid.UUID(answer.body["trace_id"])
    uuid.UUID(answer.body["correlation_id"])


def test_discovery_agrees_with_itself(shared_tenant: RunningTenant) -> None:
    said = shared_tenant.said
    for named in (said.tenant_id, said.domain):
        found = call(f"{said.url}/{named}/v2.0/.well-known/openid-configuration").body
        assert found["issuer"] == f"{said.url}/{said.tenant_id}/v2.0"
        assert call(found["jwks_uri"]).status == 200
    for named in ("common", "organizations"):
        found = call(f"{said.url}/{named}/v2.0/.well-known/openid-configuration").body
        assert found["issuer"] == f"{said.url}/{{tenantid}}/v2.0"
    stranger = call(f"{said.url}/{uuid.uuid4()}/v2.0/.well-known/openid-configuration")
    refused(stranger, 90002, "invalid_request", 400)


def test_instance_discovery_knows_this_host(shared_tenant: RunningTenant) -> None:
    asked = urllib.parse.quote(f"{shared_tenant.url}/{shared_tenant.said.tenant_id}/oauth2/v2.0/authorize", safe="")
    found = call(f"{shared_tenant.url}/common/discovery/instance?api-version=1.1&authorization_endpoint={asked}").body
    host = shared_tenant.url.removeprefix("http://")
    assert found["metadata"][0]["aliases"] == [host]
    assert call(found["tenant_discovery_endpoint"]).status == 200


def test_a_secret_gets_a_token_that_says_so(shared_tenant: RunningTenant) -> None:
    said = shared_tenant.said
    got = ask(shared_tenant, client_secret=said.client_secret)
    assert (got.status, got.body["token_type"], got.body["expires_in"]) == (200, "Bearer", 3599)
    claims = claims_of(shared_tenant, got.body["access_token"])
    assert claims["aud"] == "https://graph.microsoft.com"
    assert claims["iss"] == f"{said.url}/{said.tenant_id}/v2.0"
    assert (claims["tid"], claims["appid"], claims["appidacr"], claims["idtyp"]) == (
        said.tenant_id,
        said.client_id,
        "1",
        "app",
    )
    assert "ProfilePhoto.ReadWrite.All" in claims["roles"]
    assert "scp" not in claims


def test_a_certificate_gets_a_token_that_says_so(shared_tenant: RunningTenant) -> None:
    claims = claims_of(shared_tenant, by_assertion(shared_tenant, assertion(shared_tenant)).body["access_token"])
    assert claims["appidacr"] == claims["azpacr"] == "2"


def test_each_audience_carries_its_own_roles(shared_tenant: RunningTenant) -> None:
    secret = shared_tenant.said.client_secret
    for audience, role in (
        (shared_tenant.url, "Sites.FullControl.All"),
        ("https://fjordlys-admin.sharepoint.com", "TermStore.ReadWrite.All"),
        ("https://outlook.office365.com", "full_access_as_app"),
    ):
        got = ask(shared_tenant, client_secret=secret, scope=f"{audience}/.default")
        claims = claims_of(shared_tenant, got.body["access_token"])
        assert claims["aud"] == audience
        assert role in claims["roles"]
        assert "ProfilePhoto.Read.All" not in claims["roles"]


def test_the_secret_may_come_by_basic(shared_tenant: RunningTenant) -> None:
    said = shared_tenant.said
    basic = base64.b64encode(f"{said.client_id}:{said.client_secret}".encode()).decode()
    fields = {"grant_type": "client_credentials", "scope": GRAPH}
    url = f"{said.url}/{said.tenant_id}/oauth2/v2.0/token"
    assert call(url, fields, Authorization=f"Basic {basic}").status == 200
    wrong = base64.b64encode(f"{said.client_id}:wrong".encode()).decode()
    refused(call(url, fields, Authorization=f"Basic {wrong}"), 7000215, "invalid_client", 401)


def test_what_is_wrong_with_a_request_is_told_by_number(shared_tenant: RunningTenant) -> None:
    secret = shared_tenant.said.client_secret
    ok = {"client_secret": secret}
    refused(ask(shared_tenant, client_secret="wrong"), 7000215, "invalid_client", 401)
    refused(ask(shared_tenant), 7000216, "invalid_client", 401)
    refused(ask(shared_tenant, **ok, client_id=str(uuid.uuid4())), 700016, "unauthorized_client", 400)
    refused(ask(shared_tenant, **ok, grant_type="password"), 70003, "unsupported_grant_type", 400)
    refused(ask(shared_tenant, **ok, grant_type=""), 900144, "invalid_request", 400)
    refused(ask(shared_tenant, **ok, scope=""), 900144, "invalid_request", 400)
    refused(ask(shared_tenant, **ok, scope="User.Read.All"), 1002012, "invalid_scope", 400)
    refused(ask(shared_tenant, **ok, scope="https://elsewhere.example/.default"), 500011, "invalid_resource", 400)
    both = f"{GRAPH} https://outlook.office365.com/.default"
    refused(ask(shared_tenant, **ok, scope=both), 28000, "invalid_request", 400)
    refused(ask(shared_tenant, tenant="common", **ok), 50059, "invalid_request", 400)
    refused(ask(shared_tenant, tenant="other.example", **ok), 90002, "invalid_request", 400)


def test_the_same_field_twice_is_refused(shared_tenant: RunningTenant) -> None:
    url = f"{shared_tenant.url}/{shared_tenant.said.tenant_id}/oauth2/v2.0/token"
    body = b"grant_type=client_credentials&grant_type=client_credentials"
    with pytest.raises(urllib.error.HTTPError) as caught:
        opener.open(urllib.request.Request(url, body), timeout=30)
    assert json.load(caught.value)["error_codes"] == [9002313]


def test_an_assertion_serves_while_it_lasts_as_msal_uses_it(shared_tenant: RunningTenant) -> None:
    signed = assertion(shared_tenant)
    assert [by_assertion(shared_tenant, signed).status for _ in range(2)] == [200, 200]


def test_assertions_that_must_not_pass(shared_tenant: RunningTenant) -> None:
    now = int(time.time())
    other = self_signed("somebody else")
    own_der = x509.load_pem_x509_certificate(Path(shared_tenant.said.client_certificate).read_bytes())
    own_x5t = base64.urlsafe_b64encode(hashlib.sha1(own_der.public_bytes(Encoding.DER)).digest()).decode().rstrip("=")
    cases = {
        "another certificate": (assertion(shared_tenant, other), 700027),
        "another key under our certificate's name": (assertion(shared_tenant, other, {"x5t": own_x5t}), 700027),
        "no certificate named": (assertion(shared_tenant, header={}), 5002723),
        "expired": (assertion(shared_tenant, nbf=now - 2000, exp=now - 1000), 700024),
        "not yet": (assertion(shared_tenant, nbf=now + 1000, exp=now + 2000), 700024),
        "no expiry": (assertion(shared_tenant, exp=None), 50027),
        "no jti": (assertion(shared_tenant, jti=None), 50027),
        "another audience": (assertion(shared_tenant, aud="https://elsewhere.example/token"), 700023),
        "another issuer": (assertion(shared_tenant, iss=str(uuid.uuid4())), 50027),
        "another subject": (assertion(shared_tenant, sub=str(uuid.uuid4())), 50027),
        "rubbish": ("rubbish", 50027),
    }
    for why, (signed, number) in cases.items():
        got = by_assertion(shared_tenant, signed)
        assert got.body.get("error_codes") == [number], why
        assert got.status == 401, why


def test_sha1_names_a_certificate_as_older_clients_do(shared_tenant: RunningTenant) -> None:
    der = x509.load_pem_x509_certificate(Path(shared_tenant.said.client_certificate).read_bytes())
    x5t = base64.urlsafe_b64encode(hashlib.sha1(der.public_bytes(Encoding.DER)).digest()).decode()
    assert by_assertion(shared_tenant, assertion(shared_tenant, header={"x5t": x5t.rstrip("=")})).status == 200


def test_an_assertion_without_its_type_is_refused(shared_tenant: RunningTenant) -> None:
    got = ask(shared_tenant, client_assertion=assertion(shared_tenant))
    refused(got, 900144, "invalid_request", 400)


def test_another_registration_has_its_own_roles(shared_tenant: RunningTenant) -> None:
    app_id = str(uuid.uuid4())
    reader = App(app_id, "Reader", roles=grants(graph=["User.Read.All"]), secret_hashes=(hash_of_secret("s3cret"),))
    shared_tenant.tenant.authority.apps.add(reader)
    got = ask(shared_tenant, client_id=app_id, client_secret="s3cret")
    assert claims_of(shared_tenant, got.body["access_token"])["roles"] == ["User.Read.All"]
    shared_tenant.tenant.authority.apps.remove(app_id)
    refused(ask(shared_tenant, client_id=app_id, client_secret="s3cret"), 700016, "unauthorized_client", 400)


def test_the_clients_key_is_private(shared_tenant: RunningTenant) -> None:
    assert Path(shared_tenant.said.client_certificate).stat().st_mode & 0o077 == 0
