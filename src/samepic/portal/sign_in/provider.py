"""The OpenID provider: where it sends people, what it answers, and whether its word holds.

Sources: OpenID Connect Discovery 1.0 §4; Core 1.0 §3.1.2 and §3.1.3.7 (validation of the ID token); RFC 7636 (PKCE);
learn.microsoft.com/entra/identity-platform/id-token-claims-reference (oid, groups, _claim_names).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from samepic.model.sayings import saying
from samepic.ports.clock import Clock
from samepic.ports.errors import OutOfContract
from samepic.transport.answer import Answer
from samepic.transport.client import HttpClient, Meter
from samepic.transport.credentials import Credential
from samepic.transport.unspoken import unspoken

SYSTEM = "sign-in"
ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Never `none`, never one that a client secret verifies: with those, whoever knows the public key could sign."""

_MAX_BYTES = 500_000
_LEEWAY_SECONDS = 120
_NONE = "none" * 11
"""A code, a nonce or a verifier (43 letters at least) of nobody's, to see what the provider says to it."""

_METADATA_LASTS = timedelta(hours=24)


class SignInRefused(Exception):
    """Nobody is signed in. `words` are for the log and the administrator, and hold nothing secret."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider publishes of itself."""

    issuer: str
    authorization: str
    token: str
    keys: str
    end_session: str | None


@dataclass(frozen=True, slots=True)
class Registration:
    """How the portal is known at the provider. issuer: its address, under which /.well-known/ lies."""

    issuer: str
    client_id: str
    credential: Credential
    scopes: tuple[str, ...] = ("openid", "profile")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was worth. claims: of the ID token, which holds."""

    claims: Mapping[str, Any]
    id_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)


class Provider:
    """One provider, asked for its metadata and keys once a day, and for its keys anew where one is unknown."""

    def __init__(self, http: HttpClient, registration: Registration, clock: Clock) -> None:
        self._http = http
        self._of = registration
        self._clock = clock
        self._meter = Meter(SYSTEM)
        self._metadata: tuple[Metadata, datetime] | None = None
        self._keys: KeySet | None = None

    async def metadata(self) -> Metadata:
        """As published. Raises Busy, OutOfContract."""
        now = self._clock.now()
        if self._metadata is None or now - self._metadata[1] > _METADATA_LASTS:
            told = await self._get(f"{self._of.issuer}/.well-known/openid-configuration", "metadata")
            self._metadata, self._keys = (self._understood(told), now), None
        return self._metadata[0]

    async def address(self, *, redirect_uri: str, state: str, nonce: str, verifier: str, hint: str = "") -> str:
        """Where somebody goes to sign in. verifier: kept, and shown with the code. Raises Busy, OutOfContract."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": self._of.client_id,
            "response_type": "code",
            "response_mode": "query",
            "redirect_uri": redirect_uri,
            "scope": " ".join(self._of.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **({"login_hint": hint} if hint else {}),
        }
        at = (await self.metadata()).authorization
        return f"{at}{'&' if urlsplit(at).query else '?'}{urlencode(query)}"

    async def sends_back_to(self, redirect_uri: str) -> tuple[bool | None, str]:
        """Whether people would be sent back to this address, and what was seen; None where it does not show.

        Asked as by a browser in which nobody is signed in, with `prompt=none`: the error goes back to an address that
        is registered (Core 1.0 §3.1.2.6), and to no other (RFC 6749 §4.1.2.1). Raises Busy, OutOfContract.
        """
        at = await self.address(redirect_uri=redirect_uri, state=_NONE, nonce=_NONE, verifier=_NONE)
        answer = await self._ask("GET", f"{at}&prompt=none", "authorize")
        leads_to = answer.headers.get("location", "").split("?")[0]
        if leads_to == redirect_uri:
            return True, ""
        return (False if answer.status >= 400 else None), saying("answered", status=str(answer.status))

    async def takes_our_proof(self, redirect_uri: str) -> bool:
        """Whether it knows the app and takes its secret or certificate, shown with a code that is none.

        Raises Busy, OutOfContract.
        """
        answer = await self._exchanged(_NONE, redirect_uri, _NONE)
        return answer.error[0] not in ("invalid_client", "unauthorized_client")

    async def keys(self) -> KeySet:
        """What it signs with, as published now. Raises Busy, OutOfContract."""
        told = await self._get((await self.metadata()).keys, "keys")
        try:
            self._keys = KeySet.import_key_set({"keys": told["keys"]})
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise OutOfContract(SYSTEM, "keys", "no set of keys") from None
        return self._keys

    async def redeem(self, code: str, *, redirect_uri: str, nonce: str, verifier: str) -> Tokens:
        """Turn a code into who it is. Raises SignInRefused, Busy, OutOfContract."""
        answer = await self._exchanged(code, redirect_uri, verifier)
        if not answer.ok:
            raise SignInRefused(f"the code was refused: {': '.join(answer.error)}")
        told = answer.told
        id_token, refresh = told.get("id_token"), told.get("refresh_token")
        if not isinstance(id_token, str):
            raise OutOfContract(SYSTEM, "token", "no id_token in the answer")
        claims = await self._claims(unspoken(id_token, passing=True), await self.metadata(), nonce)
        return Tokens(claims, id_token, unspoken(refresh, passing=True) if isinstance(refresh, str) else None)

    async def farewell(self, id_token: str, back_to: str) -> str | None:
        """Where somebody goes to sign out at the provider too; None where it publishes no such place."""
        end = (await self.metadata()).end_session
        if end is None:
            return None
        query = {"id_token_hint": id_token, "post_logout_redirect_uri": back_to}
        return f"{end}{'&' if urlsplit(end).query else '?'}{urlencode(query)}"

    async def _exchanged(self, code: str, redirect_uri: str, verifier: str) -> Answer:
        endpoint = (await self.metadata()).token
        form = {
            "client_id": self._of.client_id,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            **self._of.credential.proof(self._of.client_id, endpoint),
        }
        return await self._ask("POST", endpoint, "token", urlencode(form).encode(), parse_json=True)

    async def _claims(self, id_token: str, metadata: Metadata, nonce: str) -> Mapping[str, Any]:
        claims = await self._verified(id_token)
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": metadata.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": self._of.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            registry.validate(claims)
        except JoseError as error:
            raise SignInRefused(f"the ID token does not hold: {error}") from None
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self._of.client_id:
            raise SignInRefused("the ID token is for several applications, and was given to another")
        return claims

    async def _verified(self, id_token: str) -> dict[str, Any]:
        """The claims under the provider's signature. A key that is not known yet may be a new one: asked for once."""
        for anew in (False, True):
            known = await self.keys() if self._keys is None or anew else self._keys
            try:
                return jwt.decode(id_token, known, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError) as error:
                refused = SignInRefused(f"the ID token's signature does not hold: {type(error).__name__}")
        raise refused

    def _understood(self, told: dict[str, Any]) -> Metadata:
        wanted = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        values = [told.get(name) for name in wanted]
        if not all(isinstance(value, str) and value for value in values):
            raise OutOfContract(SYSTEM, "metadata", f"{', '.join(wanted)} are not all there")
        issuer, authorization, token, keys = map(str, values)
        if urlsplit(issuer)[:2] != urlsplit(self._of.issuer)[:2]:
            raise OutOfContract(SYSTEM, "metadata", f"{self._of.issuer} says that it is {issuer}")
        end = told.get("end_session_endpoint")
        if urlsplit(self._of.issuer).scheme == "https":
            # Our secret goes to one of them, people go to others (Discovery 1.0 §3).
            for at in (authorization, token, keys, *([end] if isinstance(end, str) else [])):
                if not at.casefold().startswith("https://"):
                    raise OutOfContract(SYSTEM, "metadata", f"{at[:200]} is no address that starts with https://")
        return Metadata(issuer, authorization, token, keys, end if isinstance(end, str) else None)

    async def _get(self, url: str, doing: str) -> dict[str, Any]:
        answer = await self._ask("GET", url, doing, parse_json=True)
        if not answer.ok or not answer.told:
            raise OutOfContract(SYSTEM, doing, f"{url} answered {answer.status} without what was asked for")
        return answer.told

    async def _ask(
        self, method: str, url: str, doing: str, form: bytes | None = None, *, parse_json: bool = False
    ) -> Answer:
        """A form is sent once: a code is good for once."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        return await self._http.exchange(
            method,
            url,
            meter=self._meter,
            doing=doing,
            headers={**kind, "Accept": "application/json"},
            data=form,
            max_bytes=_MAX_BYTES,
            repeat=form is None,
            parse_json=parse_json,
        )
