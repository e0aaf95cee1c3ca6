"""The made-up people's passwords: drawn from the authority's secret when first needed, kept as scrypt hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localtenant.store.records import Case, User

if TYPE_CHECKING:
    from localtenant.tenant import Tenant

COST, BLOCK, LANES = 2**14, 8, 1  # scrypt's n, r, p: 16 MB and some 50 ms for each try


@dataclass
class Passwords:
    """Hashes by user id. Whoever has none yet has the password that `password_of` draws."""

    _hashes: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)

    def set(self, user_id: str, password: str) -> None:
        """Give somebody a password. Slow by intent."""
        salt = secrets.token_bytes(16)
        self._hashes[user_id] = (salt, _scrypt(password, salt))

    def fits(self, user_id: str, password: str) -> bool:
        """Whether a password is somebody's. Slow by intent, as slow for a stranger."""
        salt, kept = self._hashes.get(user_id, (b"nobody", b""))
        return hmac.compare_digest(_scrypt(password, salt), kept)

    def __contains__(self, user_id: str) -> bool:
        return user_id in self._hashes


def password_of(tenant: Tenant, user_id: str) -> str:
    """The password that a person starts with: another for each tenant and person, the same after a restart."""
    digest = hmac.digest(tenant.authority.secrets.password_key, user_id.encode(), "sha256")
    letters = base64.b32encode(digest).decode().lower()
    return "-".join(letters[start : start + 4] for start in (0, 4, 8, 12))


def is_password_of(tenant: Tenant, user: User | None, password: str) -> bool:
    """Whether a password is a person's; None, for nobody, takes as long. Call it in a thread."""
    passwords = tenant.authority.passwords
    if user is not None and user.id not in passwords:
        passwords.set(user.id, password_of(tenant, user.id))
    return passwords.fits(user.id if user is not None else "", password)


def announced(tenant: Tenant) -> User | None:
    """The person to try the tenant as: a picture in Exchange, none in SharePoint, because she never went there."""
    able = [user for user in tenant.store.users if user.account_enabled and user.user_type == "Member"]
    for user in able:
        mailbox = tenant.store.mailboxes.get(user.id)
        if user.case is Case.NEVER_VISITED and mailbox is not None and mailbox.picture is not None:
            return user
    return able[0] if able else None


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=LANES)
