"""What the provider says of somebody is believed where its signature, its place, its time and its nonce all hold."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from tests.vendor import SECRET, Vendor, says

from samepic.portal.roles import Role
from samepic.portal.sign_in.provider import Provider, Registration, SignInRefused, Tokens
from samepic.portal.sign_in.roles_of import Groups, role_of
from samepic.ports.errors import OutOfContract
from samepic.transport.credentials import ClientSecret
from samepic.wiring import WallClock

KEY, LATER, STRANGER = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("first", "later", "first"))
NONCE = "the nonce of this sign-in"


class Issuer:
    """A provider whose tokens a test forges."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.at = vendor.url("/tid/v2.0")
        self.http = vendor.connection().http
        self.provider = Provider(self.http, Registration(self.at, "cid", ClientSecret(SECRET)), WallClock())
        self.token = ""
        self.publish(issuer=self.at)
        self.keys(KEY)
        vendor.answers["token"] = self.gives

    def publish(self, **told: object) -> None:
        usual: dict[str, object] = {
            "authorization_endpoint": self.vendor.url("/authorize"),
            "token_endpoint": self.vendor.url("/tid/oauth2/v2.0/token"),
            "jwks_uri": self.vendor.url("/keys"),
        }
        self.vendor.answers["/tid/v2.0/.well-known/openid-configuration"] = says(usual | told)

    def keys(self, *keys: RSAKey) -> None:
        self.vendor.answers["/keys"] = says(KeySet(list(keys)).as_dict(private=False))

    async def gives(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"id_token": self.token, "access_token": "x", "expires_in": 60})

    def claims(self, **changed: object) -> dict[str, Any]:
        now = int(time.time())
        usual: dict[str, object] = {"iss": self.at, "aud": "cid", "sub": "s", "oid": "o", "nonce": NONCE, "iat": now}
        told = usual | {"exp": now + 600} | changed
        return {name: value for name, value in told.items() if value is not None}

    def sign(self, key: RSAKey = KEY, **changed: object) -> str:
        return jwt.encode({"alg": "RS256", "kid": key.kid}, self.claims(**changed), key)

    async def redeem(self, token: str) -> Tokens:
        self.token = token
        return await self.provider.redeem("code", redirect_uri="http://x", nonce=NONCE, verifier="v")


@pytest.fixture
async def issuer(vendor: Vendor) -> AsyncIterator[Issuer]:
    made = Issuer(vendor)
    yield made
    await made.http.aclose()


def unsigned(issuer: Issuer) -> str:
    parts = ({"alg": "none", "kid": "first"}, issuer.claims())
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."


def by_the_public_key(issuer: Issuer) -> str:
    """The old trick: the public key, which everybody has, as the secret of HMAC."""
    parts = ({"alg": "HS256", "kid": "first"}, issuer.claims())
    said = ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)
    signature = hmac.digest(KEY.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def by_the_clients_secret(issuer: Issuer) -> str:
    secret = OctKey.import_key(SECRET.encode() * 3)
    return jwt.encode({"alg": "HS256", "kid": "first"}, issuer.claims(), secret, algorithms=["HS256"])


def tampered(issuer: Issuer) -> str:
    head, _, signature = issuer.sign().split(".")
    claims = base64.urlsafe_b64encode(json.dumps(issuer.claims(oid="somebody else")).encode()).decode().rstrip("=")
    return f"{head}.{claims}.{signature}"


FORGED: dict[str, Callable[[Issuer], str]] = {
    "unsigned": unsigned,
    "signed by the public key": by_the_public_key,
    "signed by the client's secret": by_the_clients_secret,
    "another's key of the same id": lambda issuer: issuer.sign(STRANGER),
    "a key nobody published": lambda issuer: issuer.sign(LATER),
    "tampered with": tampered,
    "another issuer": lambda issuer: issuer.sign(iss="https://evil.example"),
    "for another application": lambda issuer: issuer.sign(aud="another"),
    "for several, given to another": lambda issuer: issuer.sign(aud=["cid", "another"], azp="another"),
    "of another sign-in": lambda issuer: issuer.sign(nonce="another"),
    "without a nonce": lambda issuer: issuer.sign(nonce=None),
    "expired": lambda issuer: issuer.sign(exp=int(time.time()) - 600),
    "without an end": lambda issuer: issuer.sign(exp=None),
    "of nobody": lambda issuer: issuer.sign(sub=None),
    "no token": lambda issuer: "not.a.token",
    "empty": lambda issuer: "..",
}


async def test_one_that_holds(issuer: Issuer) -> None:
    assert (await issuer.redeem(issuer.sign())).claims["oid"] == "o"
    assert issuer.vendor.forms[-1]["code_verifier"] == "v"


@pytest.mark.parametrize("forged", list(FORGED))
async def test_one_that_does_not(issuer: Issuer, forged: str) -> None:
    with pytest.raises(SignInRefused) as refused:
        await issuer.redeem(FORGED[forged](issuer))
    assert SECRET not in str(refused.value) and "eyJ" not in str(refused.value)


async def test_a_new_key_is_asked_for_once(issuer: Issuer) -> None:
    await issuer.redeem(issuer.sign())
    issuer.keys(KEY, LATER)
    assert (await issuer.redeem(issuer.sign(LATER))).claims["oid"] == "o"
    asked = [request.path for request in issuer.vendor.seen].count("/keys")
    await issuer.redeem(issuer.sign(LATER))
    assert [request.path for request in issuer.vendor.seen].count("/keys") == asked == 2


@pytest.mark.parametrize(
    "told", [{"issuer": "https://evil.example"}, {"issuer": None}, {"jwks_uri": ""}, {"token_endpoint": 7}]
)
async def test_a_provider_that_says_it_is_another(issuer: Issuer, told: dict[str, object]) -> None:
    issuer.publish(**({"issuer": issuer.at} | told))
    with pytest.raises(OutOfContract):
        await issuer.redeem(issuer.sign())


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"])
def test_no_secret_and_nobody_goes_over_a_plain_connection(vendor: Vendor, name: str) -> None:
    registration = Registration("https://login.example/t/v2.0", "cid", ClientSecret(SECRET))
    provider = Provider(vendor.connection().http, registration, WallClock())
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")
    told = {"issuer": registration.issuer} | {one: f"https://login.example/{one}" for one in names}
    assert provider._understood(dict(told)).token == told["token_endpoint"]
    for plain in ("http://login.example/x", "javascript:alert(1)", "//login.example/x", "https:x", "http://["):
        with pytest.raises(OutOfContract):
            provider._understood(dict(told) | {name: plain})


GROUPS = Groups(administrators=("A", "Pictures.Administer"), helpdesk=("H",))


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"groups": ["x", "a"]}, Role.ADMINISTRATOR),
        ({"groups": ["H", "A"]}, Role.ADMINISTRATOR),
        ({"groups": ["h"]}, Role.HELPDESK),
        ({"groups": []}, Role.PERSON),
        ({"groups": "a"}, Role.PERSON),
        ({"groups": [], "roles": ["Pictures.Administer"]}, Role.ADMINISTRATOR),
        ({}, Role.HELPDESK),
        ({"_claim_names": {"groups": "src1"}}, Role.HELPDESK),
    ],
)
async def test_a_role_comes_from_the_groups_of_the_token_or_else_of_the_census(
    claims: dict[str, object], role: Role
) -> None:
    async def is_member(person: str, group: str) -> bool:
        return group == "H"

    assert await role_of(claims, "p", GROUPS, is_member) is role
