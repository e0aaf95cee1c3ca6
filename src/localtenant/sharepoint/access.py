"""Who may do what at SharePoint: tokens and sessions, roles and scopes, and form digests.

Sources: sp-dev-docs `security-apponly-azuread.md` (roles by certificate), PnP `Set-PnPUserProfileProperty` (an app
needs Sites.FullControl.All and User.ReadWrite.All for profiles), sp-dev-docs `working-with-requestdigest.md`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from starlette.requests import Request

from localtenant.authority import sessions
from localtenant.authority.principal import Principal, TokenRefused
from localtenant.authority.tokens import authenticate, refusal
from localtenant.sharepoint.errors import access_denied, digest_refused
from localtenant.store.records import User
from localtenant.tenant import Tenant

DIGEST_SECONDS = 1800

_ADMINISTRATORS = frozenset({"SharePoint Administrator", "Global Administrator"})


class Needs(StrEnum):
    """What an operation asks of its caller."""

    SIGNED_IN = "signed_in"  # any person or app that is let in
    PERSON = "person"  # a person, for themselves
    READ_PROFILES = "read_profiles"
    WRITE_PROFILES = "write_profiles"  # the handler also looks whose profile it is
    READ_FILES = "read_files"
    WRITE_FILES = "write_files"


_APP_ROLES: dict[Needs, tuple[frozenset[str], ...]] = {
    Needs.SIGNED_IN: (),
    Needs.READ_PROFILES: (frozenset({"User.Read.All", "User.ReadWrite.All", "Sites.FullControl.All"}),),
    Needs.WRITE_PROFILES: (frozenset({"User.ReadWrite.All"}), frozenset({"Sites.FullControl.All"})),
    Needs.READ_FILES: (
        frozenset({"Sites.Read.All", "Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All"}),
    ),
    Needs.WRITE_FILES: (frozenset({"Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All"}),),
}
_READ_SCOPES = frozenset({"AllSites.Read", "AllSites.Write", "AllSites.Manage", "AllSites.FullControl"})
_WRITE_SCOPES = _READ_SCOPES - {"AllSites.Read"}
_SCOPES: dict[Needs, frozenset[str]] = {
    Needs.PERSON: _WRITE_SCOPES | {"User.ReadWrite.All"},
    Needs.READ_PROFILES: _READ_SCOPES | {"User.Read.All", "User.ReadWrite.All"},
    Needs.WRITE_PROFILES: _WRITE_SCOPES | {"User.ReadWrite.All"},
    Needs.READ_FILES: _READ_SCOPES,
    Needs.WRITE_FILES: _WRITE_SCOPES,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks. `user_id` is None for an app; a session of Office home carries no token, and all of its person's
    rights."""

    principal: Principal | None
    user_id: str | None

    @property
    def by_session(self) -> bool:
        """Signed in through the browser, so that writes need a form digest."""
        return self.principal is None


def caller_of(tenant: Tenant, request: Request) -> Caller:
    """The caller by bearer token, else by the home session's cookie. Raises TokenRefused."""
    if "authorization" in request.headers:
        principal = authenticate(tenant, request, "sharepoint")
        return Caller(principal, principal.user_id)
    user_id = sessions.signed_in(tenant, request)
    if user_id is None:
        raise refusal(tenant, "sharepoint", "missing")
    return Caller(None, user_id)


def check(tenant: Tenant, caller: Caller, needs: Needs) -> None:
    """Refuse with 403 a caller without the rights that an operation needs."""
    principal = caller.principal
    if principal is not None and principal.is_app:
        groups = _APP_ROLES.get(needs)
        if groups is None or not all(principal.roles & group for group in groups):
            raise access_denied()
        if needs is Needs.WRITE_PROFILES and tenant.behaviours["app_only_profile_writes"] == "denied":
            raise access_denied()
        return
    if principal is not None and needs in _SCOPES and not principal.scopes & _SCOPES[needs]:
        raise access_denied()
    if needs is Needs.WRITE_FILES and not is_administrator(tenant, caller):
        raise access_denied()


def is_administrator(tenant: Tenant, caller: Caller) -> bool:
    """Whether the signed-in person administers SharePoint."""
    user = tenant.store.users.get(caller.user_id or "")
    return user is not None and bool(_ADMINISTRATORS.intersection(user.roles))


def check_profile_write(tenant: Tenant, caller: Caller, whose: User) -> None:
    """A person writes their own profile; others' take an administrator or an app with the roles."""
    check(tenant, caller, Needs.WRITE_PROFILES)
    if caller.user_id is not None and caller.user_id != whose.id and not is_administrator(tenant, caller):
        raise access_denied()


def new_digest(tenant: Tenant, caller: Caller) -> str:
    """`0x<hex>,17 Oct 2024 20:22:32 -0000`, good for 30 minutes of the tenant's clock and for this caller."""
    at = tenant.clock.now().strftime("%d %b %Y %H:%M:%S -0000")
    return f"0x{_mark(tenant, caller, at)},{at}"


def check_digest(tenant: Tenant, caller: Caller, request: Request) -> None:
    """Refuse a session's write without a fresh digest; with a bearer token it is taken and not looked at."""
    if not caller.by_session:
        return
    mark, _, at = request.headers.get("x-requestdigest", "").partition(",")
    if not hmac.compare_digest(mark.encode(), f"0x{_mark(tenant, caller, at)}".encode()):
        raise digest_refused(stale=False)
    made_at: datetime = parsedate_to_datetime(at.replace("-0000", "+0000"))
    if tenant.clock.now() - made_at > timedelta(seconds=DIGEST_SECONDS):
        raise digest_refused(stale=True)


def _mark(tenant: Tenant, caller: Caller, at: str) -> str:
    words = f"{tenant.tenant_id}\n{caller.user_id or (caller.principal and caller.principal.app_id)}\n{at}"
    return hmac.new(tenant.control_token.encode(), words.encode(), hashlib.sha512).hexdigest().upper()


__all__ = ["Caller", "Needs", "TokenRefused", "caller_of", "check", "check_digest", "check_profile_write", "new_digest"]
