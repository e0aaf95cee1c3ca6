"""How a client proves itself at the token endpoint: a secret, or an assertion signed with a registered certificate.

Source: "Microsoft identity platform application authentication certificate credentials"
(`certificate-credentials`): RS256 or PS256, `x5t` or `x5t#S256`, `aud` the token endpoint, `jti`, `exp`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import unquote_plus

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from starlette.requests import Request

from localtenant.authority.apps import App
from localtenant.authority.claims import BY_CERTIFICATE, BY_SECRET, NO_PROOF
from localtenant.authority.refusals import refuse
from localtenant.authority.registered import find_app
from localtenant.authority.resources import origin
from localtenant.tenant import Tenant

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a grant's name
SKEW_SECONDS = 300


def proven(tenant: Tenant, request: Request, fields: Mapping[str, str], grant: str) -> tuple[App, str]:
    """The client of a token request and how it proved itself; refused where it did not, or must not.

    The proof is NO_PROOF for public clients, else BY_SECRET or BY_CERTIFICATE. An application that allows public flows
    may redeem device codes without one, and the refresh tokens that came of them; that these did, the caller sees to.
    """
    client_id, secret = _basic(request, fields)
    if not client_id:
        raise refuse(900144, name="client_id")
    app = find_app(tenant, client_id)
    if app is None:
        raise refuse(700016, app=client_id, tenant=tenant.domain)
    assertion = fields.get("client_assertion", "")
    if app.public:
        if secret or assertion:
            raise refuse(700025)
        if grant == "client_credentials":
            raise refuse(7000216)
        return app, NO_PROOF
    if assertion:
        if fields.get("client_assertion_type") != JWT_BEARER:
            raise refuse(900144, name="client_assertion_type")
        _check_assertion(tenant, request, app, assertion)
        return app, BY_CERTIFICATE
    if not secret and app.allows_public_flows and grant in (DEVICE_CODE, REFRESH_TOKEN):
        return app, NO_PROOF
    if not secret:
        raise refuse(7000216 if grant == "client_credentials" else 7000218)
    if not app.has_secret(secret):
        raise refuse(7000215, app=app.app_id)
    return app, BY_SECRET


def _basic(request: Request, fields: Mapping[str, str]) -> tuple[str, str]:
    """Id and secret from the form or from `Authorization: Basic` (RFC 6749 §2.3.1)."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "basic":
        return fields.get("client_id", ""), fields.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise refuse(9002313) from None
    return unquote_plus(client_id), unquote_plus(secret)


def _check_assertion(tenant: Tenant, request: Request, app: App, assertion: str) -> None:
    try:
        header = jws.extract_compact(assertion.encode()).headers()
    except (JoseError, ValueError):
        raise refuse(50027, why="The assertion is not a signed JWT.") from None
    certificate = _named_certificate(app, header)
    public = x509.load_der_x509_certificate(certificate).public_key()
    key = RSAKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
    try:
        claims = jwt.decode(assertion, key, algorithms=["RS256", "PS256"]).claims
    except (JoseError, ValueError):
        raise refuse(700027, why="The provided signature value did not match the expected signature value.") from None
    if not claims.get("iss") == claims.get("sub") == app.app_id:
        raise refuse(50027, why="The issuer and the subject must be the client's identifier.")
    if claims.get("aud") not in _audiences(tenant, request):
        raise refuse(700023)
    _check_time(claims)


def _check_time(claims: Mapping[str, object]) -> None:
    # An assertion may come again while it lasts: MSAL signs one and uses it for minutes, for one token after another.
    # The machine's time, not the tenant's: a client's clock does not move when a test moves the tenant's.
    now = time.time()
    starts, ends = claims.get("nbf", now), claims.get("exp")
    if not isinstance(starts, int | float) or not isinstance(ends, int | float):
        raise refuse(50027, why="exp and nbf are numbers.")
    if not starts - SKEW_SECONDS <= now < ends + SKEW_SECONDS:
        raise refuse(700024)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise refuse(50027, why="The assertion has no jti.")


def _named_certificate(app: App, header: Mapping[str, object]) -> bytes:
    """The registered certificate that the header names by SHA-1 or SHA-256 thumbprint; MSAL pads it with `=`."""
    sha256, sha1, key_id = (str(header.get(name) or "").rstrip("=") for name in ("x5t#S256", "x5t", "kid"))
    if not (sha256 or sha1 or key_id):
        raise refuse(5002723)
    for certificate in app.certificates:
        digest256 = hashlib.sha256(certificate).digest()
        digest1 = hashlib.sha1(certificate).digest()  # noqa: S324 - a name for the certificate, by the vendor's format
        pairs = ((sha256, _b64(digest256)), (sha1, _b64(digest1)), (key_id.casefold(), digest1.hex()))
        if any(given and hmac.compare_digest(given.encode(), own.encode()) for given, own in pairs):
            return certificate
    raise refuse(700027, why=f"The key was not found., Thumbprint of key used by client: '{sha256 or sha1 or key_id}'")


def _audiences(tenant: Tenant, request: Request) -> set[str]:
    named = str(request.path_params.get("tenant", ""))
    return {
        f"{at}/{segment}/{tail}"
        for at in (tenant.url, origin(tenant, request))
        for segment in (tenant.tenant_id, tenant.domain, named)
        for tail in ("oauth2/v2.0/token", "v2.0")
    }


def _b64(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
