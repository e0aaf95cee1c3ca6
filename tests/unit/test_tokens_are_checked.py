"""What an API accepts as a token and what it refuses, with the vendor's words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.requests import Request

from localtenant.authority.claims import BY_CERTIFICATE, BY_SECRET, app_token, id_token, user_token
from localtenant.authority.principal import TokenRefused
from localtenant.authority.registered import client_app, public_app
from localtenant.authority.tokens import authenticate
from localtenant.store.records import PictureRef, User
from localtenant.store.store import Store
from localtenant.tenant import Tenant

GRAPH = "https://graph.microsoft.com"
URL = "http://127.0.0.1:9"
KARI = User("9d5e3c1e-0000-4000-8000-000000000001", "kari@fjordlys.example", None, "Kari Moe", "Kari", "Moe")


def no_pictures(ref: PictureRef, held: object) -> bytes:
    raise AssertionError(f"no picture is asked for here: {ref}")


@pytest.fixture
def tenant() -> Tenant:
    return Tenant("6f1c0f2e-55f3-4d53-9f2b-1d2b7b0a4b11", "fjordlys.example", 1, Store(no_pictures), url=URL)


def carrying(authorization: str | None, host: str = "127.0.0.1:9") -> Request:
    headers = [(b"host", host.encode())]
    if authorization is not None:
        headers.append((b"authorization", authorization.encode("latin-1")))
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


def made(tenant: Tenant, audience: str = GRAPH, proof: str = BY_CERTIFICATE, at: str = URL) -> str:
    return app_token(tenant, client_app(tenant), at=at, audience=audience, roles=["User.Read.All"], proof=proof)


def test_an_apps_token_says_which_app_and_roles(tenant: Tenant) -> None:
    who = authenticate(tenant, carrying(f"Bearer {made(tenant)}"), "graph")
    assert (who.is_app, who.app_id, who.roles) == (True, client_app(tenant).app_id, {"User.Read.All"})


def test_a_persons_token_says_who_and_scopes(tenant: Tenant) -> None:
    token = user_token(
        tenant, public_app(tenant), KARI, at=URL, audience=GRAPH, scopes=["User.Read", "User.Read.All"], proof="0"
    )
    who = authenticate(tenant, carrying(f"bearer {token}"), "graph")
    assert (who.user_id, who.scopes, who.roles) == (KARI.id, {"User.Read", "User.Read.All"}, frozenset())


def refused(tenant: Tenant, token: str | None, api: str = "graph", host: str = "127.0.0.1:9") -> TokenRefused:
    with pytest.raises(TokenRefused) as caught:
        authenticate(tenant, carrying(None if token is None else f"Bearer {token}", host), api)
    assert caught.value.words
    assert caught.value.headers["WWW-Authenticate"].startswith("Bearer ")
    return caught.value


@pytest.mark.parametrize("api", ["graph", "sharepoint", "ews"])
def test_no_token_and_rubbish_are_told_apart(tenant: Tenant, api: str) -> None:
    assert refused(tenant, None, api).code == "missing"
    assert refused(tenant, "", api).code == "missing"
    assert refused(tenant, "rubbish", api).code == "malformed"
    assert refused(tenant, "a.b.c", api).code == "malformed"


def test_another_authoritys_signature_is_refused(tenant: Tenant) -> None:
    header, claims, _ = made(tenant).split(".")
    signature = made(tenant).split(".")[2]
    assert refused(tenant, f"{header}.{claims}.{signature}").code == "signature"
    strange = jwt.encode({"alg": "RS256"}, {"aud": GRAPH}, RSAKey.generate_key(2048))
    assert refused(tenant, strange).code == "signature"


def test_an_unsigned_or_hmac_token_is_refused(tenant: Tenant) -> None:
    _, claims, _ = made(tenant).split(".")
    none_header = "eyJhbGciOiJub25lIn0"
    assert refused(tenant, f"{none_header}.{claims}.").code == "malformed"


def test_each_api_takes_its_own_audience_only(tenant: Tenant) -> None:
    audiences = {"graph": GRAPH, "sharepoint": URL, "ews": "https://outlook.office365.com"}
    for made_for, audience in audiences.items():
        token = made(tenant, audience)
        for api in audiences:
            if api == made_for:
                authenticate(tenant, carrying(f"Bearer {token}"), api)
            else:
                assert refused(tenant, token, api).code == "audience"


def test_an_id_token_opens_nothing(tenant: Tenant) -> None:
    token = id_token(tenant, public_app(tenant), KARI, at=URL, nonce=None)
    for api in ("graph", "sharepoint", "ews"):
        assert refused(tenant, token, api).code == "audience"


def test_a_real_sharepoint_host_takes_tokens_for_itself_only(tenant: Tenant) -> None:
    token = made(tenant, "https://fjordlys-my.sharepoint.com")
    authenticate(tenant, carrying(f"Bearer {token}", "fjordlys-my.sharepoint.com"), "sharepoint")
    authenticate(tenant, carrying(f"Bearer {token}"), "sharepoint")
    assert refused(tenant, token, "sharepoint", "fjordlys-admin.sharepoint.com").code == "audience"
    assert refused(tenant, made(tenant, "https://other.sharepoint.com"), "sharepoint").code == "audience"


def test_an_issuer_that_is_not_this_tenant_is_refused(tenant: Tenant) -> None:
    assert refused(tenant, made(tenant, at="http://127.0.0.1:10")).code == "issuer"
    authenticate(tenant, carrying(f"Bearer {made(tenant, at='https://login.microsoftonline.com')}"), "graph")


def test_time_is_the_tenants(tenant: Tenant) -> None:
    token = made(tenant)
    tenant.clock.move(timedelta(minutes=59))
    authenticate(tenant, carrying(f"Bearer {token}"), "graph")
    tenant.clock.move(timedelta(minutes=2))
    assert refused(tenant, token).code == "expired"
    tenant.clock.move(timedelta(hours=-3))
    assert refused(tenant, token).code == "expired"


def test_sharepoint_refuses_what_a_secret_got(tenant: Tenant) -> None:
    token = made(tenant, URL, BY_SECRET)
    assert refused(tenant, token, "sharepoint").words == "Unsupported app only token."
    authenticate(tenant, carrying(f"Bearer {made(tenant, GRAPH, BY_SECRET)}"), "graph")
    tenant.behaviours.set("sharepoint_secrets", "accepted")
    assert not authenticate(tenant, carrying(f"Bearer {token}"), "sharepoint").by_certificate


def test_sharepoint_tells_the_realm_to_whoever_asks_without_a_token(tenant: Tenant) -> None:
    assert f'realm="{tenant.tenant_id}"' in refused(tenant, None, "sharepoint").headers["WWW-Authenticate"]
