"""What the authority says when it refuses: numbers, error words and sentences as the vendor has them.

Source: "Microsoft Entra authentication and authorization error codes" (`reference-error-codes`) and the pages of the
authorization code, client credentials and device code flows. One shape for all: `Refusal.as_json`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

_KNOWN: dict[int, tuple[int, str, str]] = {
    # number: (HTTP status, `error`, sentence)
    50011: (
        400,
        "invalid_request",
        "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the "
        "application '{app}'. Make sure the redirect URI sent in the request matches one added to your application "
        "in the Azure portal.",
    ),
    50013: (401, "invalid_client", "Assertion failed validation. {why}"),
    50027: (401, "invalid_client", "JWT token is invalid or malformed. {why}"),
    50034: (400, "invalid_grant", "The user account does not exist in the {tenant} directory."),
    50053: (
        400,
        "invalid_grant",
        "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
    ),
    50057: (400, "invalid_grant", "The user account is disabled."),
    50058: (
        400,
        "login_required",
        "A silent sign-in request was sent but no user is signed in.",
    ),
    50059: (
        400,
        "invalid_request",
        "No tenant-identifying information found in either the request or implied by any provided credentials.",
    ),
    50126: (400, "invalid_grant", "Error validating credentials due to invalid username or password."),
    50173: (
        400,
        "invalid_grant",
        "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
    ),
    54005: (
        400,
        "invalid_grant",
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing "
        "refresh token.",
    ),
    65001: (
        400,
        "invalid_grant",
        "The user or administrator has not consented to use the application with ID '{app}' named '{name}'. Send an "
        "interactive authorization request for this user and resource.",
    ),
    65004: (400, "access_denied", "User declined to consent to access the app."),
    70000: (400, "invalid_grant", "The provided value for the input parameter '{name}' is not valid."),
    70003: (400, "unsupported_grant_type", "The app requested an unsupported grant type '{grant}'."),
    70008: (
        400,
        "invalid_grant",
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive "
        "authorization request for this user and resource.",
    ),
    70011: (
        400,
        "invalid_scope",
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter "
        "'scope' is not valid. The scope {scope} is not valid.",
    ),
    70016: (
        400,
        "authorization_pending",
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    ),
    70017: (400, "authorization_declined", "The end user denied the authorization request."),
    70019: (400, "bad_verification_code", "The device_code sent to the token endpoint wasn't recognized."),
    70020: (400, "expired_token", "The provided value for the input parameter 'device_code' is not valid: expired."),
    28000: (
        400,
        "invalid_request",
        "Provided value for the input parameter scope is not valid because it contains more than one resource. "
        "Scope {scope} is not valid.",
    ),
    90002: (
        400,
        "invalid_request",
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud.",
    ),
    90033: (503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    90055: (
        429,
        "temporarily_unavailable",
        "TenantThrottlingError - There are too many incoming requests. This exception is thrown for blocked tenants.",
    ),
    500011: (
        400,
        "invalid_resource",
        "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant.",
    ),
    501481: (
        400,
        "invalid_grant",
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    ),
    700016: (
        400,
        "unauthorized_client",
        "Application with identifier '{app}' was not found in the directory '{tenant}'.",
    ),
    700023: (401, "invalid_client", "Client assertion audience claim does not match Realm issuer."),
    700024: (401, "invalid_client", "Client assertion is not within its valid time range."),
    700025: (
        401,
        "invalid_client",
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    ),
    700027: (
        401,
        "invalid_client",
        "The certificate with identifier used to sign the client assertion is not registered on application. "
        "[Reason - {why}]",
    ),
    700054: (
        400,
        "unsupported_response_type",
        "response_type '{type}' is not enabled for the application.",
    ),
    900144: (400, "invalid_request", "The request body must contain the following parameter: '{name}'."),
    1002012: (
        400,
        "invalid_scope",
        "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with "
        "/.default suffixed to the resource identifier (application ID URI).",
    ),
    5002723: (
        401,
        "invalid_client",
        "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in "
        "token header.",
    ),
    7000215: (
        401,
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        "the client secret ID, for a secret added to app '{app}'.",
    ),
    7000216: (
        401,
        "invalid_client",
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    ),
    7000222: (
        401,
        "invalid_client",
        "The provided client secret keys for app '{app}' are expired. Visit the Azure portal to create new keys for "
        "your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: "
        "https://aka.ms/certCreds.",
    ),
    7000218: (
        401,
        "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    9002313: (400, "invalid_request", "Invalid request. Request is malformed or invalid."),
    9002325: (400, "invalid_request", "Proof Key for Code Exchange is required for public clients. {why}"),
}


@dataclass
class Refusal(Exception):
    """One refused request. `number` is the AADSTS number; `facts` fill its sentence."""

    number: int
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _KNOWN[self.number][0]

    @property
    def error(self) -> str:
        """OAuth's word for it."""
        return _KNOWN[self.number][1]

    @property
    def sentence(self) -> str:
        """The vendor's sentence, with its number."""
        return f"AADSTS{self.number}: {_KNOWN[self.number][2].format_map(_Blank(self.facts))}"

    def described(self, *, now: datetime, correlation_id: str, trace_id: str) -> str:
        """The sentence with what the vendor's support asks for."""
        return f"{self.sentence} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {stamp(now)}"

    def as_json(self, *, now: datetime, correlation_id: str, url: str) -> dict[str, object]:
        """The body of a refused token request."""
        trace_id = str(uuid.uuid4())
        return {
            "error": self.error,
            "error_description": self.described(now=now, correlation_id=correlation_id, trace_id=trace_id),
            "error_codes": [self.number],
            "timestamp": stamp(now),
            "trace_id": trace_id,
            "correlation_id": correlation_id,
            "error_uri": f"{url}/error?code={self.number}",
        }


def stamp(now: datetime) -> str:
    """A time as the vendor writes it in errors."""
    return now.strftime("%Y-%m-%d %H:%M:%SZ")


def refuse(number: int, **facts: str) -> Refusal:
    """A refusal ready to be raised: `raise refuse(70003, grant=...)`."""
    return Refusal(number, facts)


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""
