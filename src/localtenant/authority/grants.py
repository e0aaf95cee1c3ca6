"""What is given to clients to be redeemed later: authorization codes, refresh tokens, device codes.

Kept by their hash, so that nothing that was kept can be redeemed. Times are the tenant's.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from localtenant.authority.keeping import Keeping
from localtenant.authority.room import make_room

CODE_LIFETIME = timedelta(minutes=10)
REFRESH_LIFETIME = timedelta(days=90)
DEVICE_LIFETIME = timedelta(minutes=15)
DEVICE_INTERVAL_SECONDS = 5
USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"  # no vowels, no look-alikes
MOST_KEPT = 10_000  # of each kind; strangers may ask for device codes
FILE_NAME = "refresh-tokens"


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person let an application have: the scope as asked, and the key of the session that it rests on.

    unproven: the application got it without a proof of its own, so that it may also renew it without one.
    """

    app_id: str
    user_id: str
    scope: str
    family: str = field(default_factory=lambda: secrets.token_hex(8))
    nonce: str | None = None
    session: str | None = None
    unproven: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code's other side."""

    consent: Consent
    redirect_uri: str
    challenge: str | None
    expires_at: datetime
    redeemed: bool = False


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token's other side. Each may be used one time; its use gives the next of its family."""

    consent: Consent
    expires_at: datetime
    used: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A device waiting for its person. `decided` is None, `allowed` or `declined`."""

    app_id: str
    scope: str
    user_code: str
    expires_at: datetime
    decided: str | None = None
    user_id: str | None = None


class Grants:
    """Everything redeemable of one tenant. Refresh tokens outlive a restart; codes are a matter of minutes."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self.codes: dict[str, Code] = {}
        self.devices: dict[str, Device] = {}
        self.refreshes = {key: _refresh_of(row) for key, row in (keeping.load(FILE_NAME) or {}).items()}

    def clear(self) -> None:
        """Nothing that was given out is worth anything any more."""
        self.codes.clear()
        self.devices.clear()
        self.refreshes.clear()
        self._keep()

    def give_code(self, consent: Consent, redirect_uri: str, challenge: str | None, now: datetime) -> str:
        """A new authorization code."""
        make_room(self.codes, MOST_KEPT, living=lambda code: code.expires_at > now)
        code = secrets.token_urlsafe(48)
        self.codes[_hash(code)] = Code(consent, redirect_uri, challenge, now + CODE_LIFETIME)
        return code

    def redeem_code(self, code: str) -> Code | None:
        """The code's other side as it was before this use; afterwards it is redeemed."""
        kept = self.codes.get(_hash(code))
        if kept is not None:
            self.codes[_hash(code)] = replace(kept, redeemed=True)
        return kept

    def give_refresh(self, consent: Consent, now: datetime) -> str:
        """A new refresh token of the consent's family."""
        make_room(self.refreshes, MOST_KEPT, living=lambda refresh: refresh.expires_at > now and not refresh.used)
        token = f"1.{secrets.token_urlsafe(64)}"
        self.refreshes[_hash(token)] = Refresh(replace(consent, nonce=None, session=None), now + REFRESH_LIFETIME)
        self._keep()
        return token

    def refresh(self, token: str) -> Refresh | None:
        """What a refresh token stands for; a look is no use."""
        return self.refreshes.get(_hash(token))

    def use_refresh(self, token: str) -> None:
        """Afterwards the token is used."""
        kept = self.refreshes.get(_hash(token))
        if kept is not None:
            self.refreshes[_hash(token)] = replace(kept, used=True)
            self._keep()

    def revoke_family(self, family: str) -> None:
        """Make every refresh token of a family worthless: one of them was used twice, so somebody has a copy."""
        self.refreshes = {k: r for k, r in self.refreshes.items() if r.consent.family != family}
        self._keep()

    def give_device(self, app_id: str, scope: str, now: datetime) -> tuple[str, Device]:
        """A new device code, and what it stands for with the code that the person types."""
        make_room(self.devices, MOST_KEPT, living=lambda device: device.expires_at > now)
        code = secrets.token_urlsafe(48)
        user_code = "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(9))
        device = Device(app_id, scope, user_code, now + DEVICE_LIFETIME)
        self.devices[_hash(code)] = device
        return code, device

    def device(self, code: str) -> Device | None:
        """What a device code stands for."""
        return self.devices.get(_hash(code))

    def device_by_user_code(self, typed: str, now: datetime) -> Device | None:
        """The device whose code somebody types, undecided and in time; case and separators do not matter."""
        folded = "".join(letter for letter in typed.upper() if letter.isalnum())
        waiting = (d for d in self.devices.values() if d.decided is None and d.expires_at > now)
        return next((d for d in waiting if secrets.compare_digest(d.user_code.encode(), folded.encode())), None)

    def decide_device(self, device: Device, decided: str, user_id: str) -> None:
        """The person's word on a device."""
        for key, kept in self.devices.items():
            if kept.user_code == device.user_code:
                self.devices[key] = replace(kept, decided=decided, user_id=user_id)

    def forget_device(self, code: str) -> None:
        """A device code is redeemed one time."""
        self.devices.pop(_hash(code), None)

    def _keep(self) -> None:
        rows = {
            key: {**asdict(kept.consent), "expires_at": kept.expires_at.isoformat(), "used": kept.used}
            for key, kept in self.refreshes.items()
        }
        self._keeping.save(FILE_NAME, rows)


def _refresh_of(row: dict[str, Any]) -> Refresh:
    consent = Consent(row["app_id"], row["user_id"], row["scope"], row["family"], unproven=row.get("unproven", False))
    return Refresh(consent, datetime.fromisoformat(row["expires_at"]), row["used"])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
