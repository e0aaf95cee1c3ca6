"""An administrator signs in on any device by a short code, and this program gets their refresh token.

Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from samepic.ports.errors import AccessDenied, Busy, OutOfContract
from samepic.transport.answer import Answer
from samepic.transport.client import HttpClient, Meter
from samepic.transport.tokens import PUBLIC_FLOWS, SENDABLE, RefreshTokens, refused
from samepic.transport.unspoken import unspoken

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER_SECONDS = 5.0
_MAX_BYTES = 1_000_000
_EXPIRED = "the code expired before anybody used it"
_SAID = {"authorization_declined": "whoever was asked to sign in declined", "expired_token": _EXPIRED}
"""What the person did, by the authority's error words: nothing for an administrator to grant."""


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What to show: the address to open and the code to type there, and how long that is good."""

    verification_uri: str
    user_code: str
    message: str
    expires_in: timedelta
    interval: timedelta
    device_code: str = field(repr=False)


class DeviceCodeSignIn:
    """One sign-in. The scope has to hold `offline_access` for a refresh token to come back; it is added here."""

    def __init__(self, http: HttpClient, authority: str, tenant_id: str, client_id: str, scope: str) -> None:
        self._http = http
        self._root = f"{authority}/{tenant_id}/oauth2/v2.0"
        self._client_id = client_id
        self._scope = f"{scope} offline_access"
        self._meter = Meter("sign-in")

    async def begin(self) -> DeviceCode:
        """Ask for a code. Raises AccessDenied where the app allows no public client flows."""
        answer = await self._post("devicecode", {"client_id": self._client_id, "scope": self._scope})
        if not answer.ok:
            raise _refused(answer)
        body = answer.told
        try:
            return DeviceCode(
                verification_uri=str(body["verification_uri"]),
                user_code=str(body["user_code"]),
                message=str(body.get("message", "")),
                expires_in=timedelta(seconds=float(body["expires_in"])),
                interval=timedelta(seconds=float(body.get("interval", 5))),
                device_code=unspoken(str(body["device_code"]), passing=True),
            )
        except (KeyError, TypeError, ValueError, OverflowError):
            raise OutOfContract("sign-in", "devicecode", "an answer of another shape") from None

    async def finish(self, code: DeviceCode, store: RefreshTokens, waiting: Callable[[], None] | None = None) -> None:
        """Wait until the administrator is done, and keep the refresh token.

        waiting: called before each question. Raises AccessDenied where they declined or let the code expire.
        """
        pause, waited = code.interval.total_seconds(), 0.0
        while waited < code.expires_in.total_seconds():
            if waiting is not None:
                waiting()
            await self._http.sleep(pause)
            waited += pause
            form = {"grant_type": GRANT_TYPE, "client_id": self._client_id, "device_code": code.device_code}
            try:
                answer = await self._post("token", form)
            except Busy:
                pause += _SLOWER_SECONDS
                continue
            if answer.ok:
                token = answer.told.get("refresh_token")
                if not isinstance(token, str) or not SENDABLE.fullmatch(token):
                    raise OutOfContract("sign-in", "token", "no refresh_token in the answer")
                store.save(unspoken(token, passing=True))
                return
            if answer.error[0] == "slow_down":
                pause += _SLOWER_SECONDS
            elif answer.error[0] != "authorization_pending":
                raise _refused(answer)
        raise AccessDenied("sign-in", "token", _EXPIRED)

    async def _post(self, path: str, form: dict[str, str]) -> Answer:
        return await self._http.exchange(
            "POST",
            f"{self._root}/{path}",
            meter=self._meter,
            doing=path,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            data=urlencode(form).encode(),
            max_bytes=_MAX_BYTES,
            repeat=False,
            parse_json=True,
        )


def _refused(answer: Answer) -> AccessDenied:
    """A client that has to prove itself (AADSTS7000218), or is no public one, is not let in by device code."""
    if answer.error[0] in _SAID:
        return AccessDenied("sign-in", "token", _SAID[answer.error[0]])
    if answer.error[0] in ("unauthorized_client", "invalid_client"):
        return AccessDenied("sign-in", "devicecode", answer.words, (PUBLIC_FLOWS,))
    return refused(answer, "sign-in")
