"""Who is signed in, by a cookie that only names a session kept here.

Two kinds: the authority's own, from which applications get codes without a second password, and the one that Office
home and SharePoint's pages share after their code flow. The second ends with the first.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from localtenant.authority.room import make_room

if TYPE_CHECKING:
    from localtenant.tenant import Tenant

LIFETIME = timedelta(days=7)
MOST_SESSIONS = 5_000
SIGN_IN, HOME, FORM = "signin", "home", "form"
"""Cookies: the authority's session, the pages' session, and what proves that a form came from here."""


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. `key` is the hash of the cookie's value; `csrf` goes into the session's own forms."""

    key: str
    kind: str
    user_id: str
    expires_at: datetime
    parent: str | None = None
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))


@dataclass
class Sessions:
    """The sessions of one tenant."""

    _by_key: dict[str, Session] = field(default_factory=dict)

    def start(self, kind: str, user_id: str, now: datetime, parent: str | None = None) -> tuple[str, Session]:
        """A new session and its cookie's value, which is never used before or again."""
        make_room(self._by_key, MOST_SESSIONS, living=lambda session: session.expires_at > now)
        value = secrets.token_urlsafe(32)
        session = Session(_key(value), kind, user_id, now + LIFETIME, parent)
        self._by_key[session.key] = session
        return value, session

    def get(self, kind: str, value: str, now: datetime) -> Session | None:
        """The living session of a cookie's value."""
        session = self._by_key.get(_key(value))
        return session if session is not None and session.kind == kind and session.expires_at > now else None

    def end(self, session: Session) -> None:
        """End a session, those that came of it and the one that it came of."""
        root = session.parent or session.key
        self._by_key = {k: s for k, s in self._by_key.items() if root not in (k, s.parent)}

    def end_one(self, session: Session) -> None:
        """End a session alone: another takes its place."""
        self._by_key.pop(session.key, None)


def session_of(tenant: Tenant, request: Request, kind: str) -> Session | None:
    """The request's session of a kind, if its person still exists and may sign in."""
    value = request.cookies.get(cookie_name(tenant, kind), "")
    session = tenant.authority.sessions.get(kind, value, tenant.clock.now()) if value else None
    user = tenant.store.users.get(session.user_id) if session else None
    return session if user is not None and user.account_enabled else None


def signed_in(tenant: Tenant, request: Request) -> str | None:
    """The id of the person whose browser asks one of the pages, None for a stranger."""
    session = session_of(tenant, request, HOME)
    return session.user_id if session else None


def begin(
    tenant: Tenant, request: Request, response: Response, kind: str, user_id: str, parent: str | None = None
) -> Session:
    """Sign somebody in: always a new session, the browser's former one ends. Sets the cookie.

    parent: the key of the authority's session that this one rests on and ends with.
    """
    former = session_of(tenant, request, kind)
    if former is not None:
        tenant.authority.sessions.end_one(former)
    value, session = tenant.authority.sessions.start(kind, user_id, tenant.clock.now(), parent)
    set_cookie(tenant, response, kind, value)
    return session


def end(tenant: Tenant, request: Request, response: Response) -> None:
    """Sign the browser out everywhere here, and take its cookies away."""
    for kind in (SIGN_IN, HOME):
        session = session_of(tenant, request, kind)
        if session is not None:
            tenant.authority.sessions.end(session)
        response.delete_cookie(cookie_name(tenant, kind), path="/", secure=tenant.tls, httponly=True, samesite="lax")


def cookie_name(tenant: Tenant, kind: str) -> str:
    """A cookie's name. It tells the port, since browsers keep one set of cookies for all ports of a host."""
    prefix = "__Host-" if tenant.tls else ""
    return f"{prefix}localtenant-{kind}-{urlsplit(tenant.url).port or 0}"


def set_cookie(tenant: Tenant, response: Response, kind: str, value: str) -> None:
    """A cookie that scripts and other sites' posts do not get, gone when the browser closes."""
    response.set_cookie(cookie_name(tenant, kind), value, path="/", secure=tenant.tls, httponly=True, samesite="lax")


def _key(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
