"""Access tokens: asked for once, kept while they last, renewed before they end."""

from __future__ import annotations

import asyncio
import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol
from urllib.parse import urlencode

from samepic.model.sayings import saying
from samepic.model.system import Grant
from samepic.ports.errors import AccessDenied, OutOfContract
from samepic.transport.answer import Answer
from samepic.transport.client import HttpClient, Meter
from samepic.transport.credentials import Credential
from samepic.transport.unspoken import unspoken

_MAX_BYTES = 1_000_000
_RENEW_BEFORE_SECONDS = 300.0
SENDABLE = re.compile(r"[\x21-\x7e]+")  # what a header can carry; anything else would be told in an error's words


class RefreshTokens(Protocol):
    """Where a delegated administrator's refresh token is kept between runs; a file of mode 0600, say."""

    def load(self) -> str | None:
        """The token, None before anybody signed in."""
        ...

    def save(self, token: str) -> None:
        """Keep the newest one; the authority gives a new one with each use."""
        ...


@dataclass(frozen=True, slots=True)
class _Held:
    token: str = field(repr=False)
    renew_at: float


class Tokens(ABC):
    """Tokens of one identity by scope; many callers at once cause one request.

    Subclasses say which form fields prove the identity.
    """

    def __init__(self, http: HttpClient, authority: str, tenant_id: str, client_id: str) -> None:
        self.endpoint = f"{authority}/{tenant_id}/oauth2/v2.0/token"
        self.client_id = client_id
        self._http = http
        self._held: dict[str, _Held] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def bearer(self, scope: str, meter: Meter) -> str:
        """A token that lasts a few minutes more. Raises Busy, AccessDenied, OutOfContract in the caller's name."""
        async with self._locks.setdefault(scope, asyncio.Lock()):
            held = self._held.get(scope)
            if held is None or held.renew_at <= monotonic():
                held = self._held[scope] = await self._renew(scope, meter)
            return held.token

    def discard(self, scope: str, token: str) -> None:
        """An API refused this token: the next caller gets a new one; a newer one already there is kept."""
        held = self._held.get(scope)
        if held is not None and held.token == token:
            del self._held[scope]

    @abstractmethod
    def _form(self, scope: str, system: str) -> dict[str, str]:
        """The fields that prove the identity, for a token of this scope."""

    @abstractmethod
    def _granted(self, body: dict[str, object], system: str) -> None:
        """What else the authority gave, for those who keep it. Raises OutOfContract in the system's name."""

    async def _renew(self, scope: str, meter: Meter) -> _Held:
        form = {"client_id": self.client_id, "scope": scope, **self._form(scope, meter.system)}
        answer = await self._http.exchange(
            "POST",
            self.endpoint,
            meter=meter,
            doing="token",
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            data=urlencode(form).encode(),
            max_bytes=_MAX_BYTES,
            repeat=True,
            parse_json=True,
        )
        if not answer.ok:
            raise refused(answer, meter.system)
        body = answer.told
        token, lasts = body.get("access_token"), _seconds(body.get("expires_in"))
        if not isinstance(token, str) or not SENDABLE.fullmatch(token) or lasts is None:
            raise OutOfContract(meter.system, "token", saying("other_shape"))
        self._granted(body, meter.system)
        return _Held(unspoken(token, passing=True), monotonic() + max(lasts - _RENEW_BEFORE_SECONDS, lasts / 2))


def _seconds(value: object) -> float | None:
    """A span as the authority tells it: a number, or a number in a string."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) else None


class AppTokens(Tokens):
    """The app itself, by certificate or secret.

    Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
    """

    def __init__(
        self, http: HttpClient, authority: str, tenant_id: str, client_id: str, credential: Credential
    ) -> None:
        super().__init__(http, authority, tenant_id, client_id)
        self.credential = credential

    def _form(self, scope: str, system: str) -> dict[str, str]:
        return {"grant_type": "client_credentials", **self.credential.proof(self.client_id, self.endpoint)}

    def _granted(self, body: dict[str, object], system: str) -> None:
        """Nothing: an app proves itself anew each time."""


class DelegatedTokens(Tokens):
    """An administrator who signed in once (`samepic sign-in`); their refresh token is kept by `store`.

    Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#refresh-the-access-token
    """

    def __init__(self, http: HttpClient, authority: str, tenant_id: str, client_id: str, store: RefreshTokens) -> None:
        super().__init__(http, authority, tenant_id, client_id)
        self._store = store

    @property
    def signed_in(self) -> bool:
        """Whether there is a refresh token to use."""
        return bool(self._store.load())

    def _form(self, scope: str, system: str) -> dict[str, str]:
        token = self._store.load()
        if not token:
            raise AccessDenied(system, "token", saying("nobody_signed_in"), (SIGN_IN,))
        return {"grant_type": "refresh_token", "refresh_token": unspoken(token, passing=True)}

    def _granted(self, body: dict[str, object], system: str) -> None:
        newer = body.get("refresh_token")
        if newer is None or newer == "":
            return
        if not isinstance(newer, str) or not SENDABLE.fullmatch(newer):
            raise OutOfContract(system, "token", "a refresh_token that is none")
        self._store.save(unspoken(newer, passing=True))


class PersonTokens(DelegatedTokens):
    """A person who signed in at a web page that proves itself to the authority, as the code was redeemed."""

    def __init__(
        self,
        http: HttpClient,
        authority: str,
        tenant_id: str,
        client_id: str,
        store: RefreshTokens,
        credential: Credential,
    ) -> None:
        super().__init__(http, authority, tenant_id, client_id, store)
        self._credential = credential

    def _form(self, scope: str, system: str) -> dict[str, str]:
        return {**super()._form(scope, system), **self._credential.proof(self.client_id, self.endpoint)}


SIGN_IN = Grant("samepic sign-in", saying("grant_sign_in"))
CREDENTIAL = Grant("Certificates & secrets (App registrations)", saying("grant_credential"))
CONSENT = Grant("Grant admin consent (API permissions)", saying("grant_consent"))
PUBLIC_FLOWS = Grant(
    "Allow public client flows (App registrations, Authentication)",
    saying("grant_public_flows"),
)

_WHAT_TO_GRANT = {
    "invalid_client": (CREDENTIAL,),
    "unauthorized_client": (CONSENT,),
    "invalid_scope": (CONSENT,),
    "invalid_grant": (SIGN_IN,),
    "interaction_required": (SIGN_IN,),
}


def refused(answer: Answer, system: str) -> AccessDenied:
    """The authority's refusal, with what an administrator can do about it."""
    return AccessDenied(system, "token", answer.words, _WHAT_TO_GRANT.get(answer.error[0], ()))
