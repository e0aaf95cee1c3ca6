"""Checking a name and a password, as often as the throttle allows."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from localtenant.authority.passwords import is_password_of
from localtenant.authority.refusals import refuse
from localtenant.authority.sessions import FORM, cookie_name, set_cookie
from localtenant.store.records import User
from localtenant.tenant import Tenant

LONGEST = 256  # of a password; scrypt's time does not hang on it, reading does

WORDS = {50126: "sign_in.wrong", 50053: "sign_in.locked", 50057: "sign_in.disabled", 9002313: "sign_in.stale"}
"""Which of the page's sentences tells a refusal."""


async def prove(tenant: Tenant, request: Request, name: str, password: str) -> User:
    """The person whose password it is; refused with 50126, 50053 (too many tries) or 50057 (disabled)."""
    now = tenant.clock.now()
    account = name.strip().casefold()
    address = request.client.host if request.client else ""
    accounts, addresses = tenant.authority.accounts, tenant.authority.addresses
    if accounts.locked(account, now) or addresses.locked(address, now):
        raise refuse(50053)
    user = tenant.store.user(account) if "@" in account else None
    # Counted as failed before the slow check, so that many tries at once are many tries.
    accounts.fail(account, now)
    addresses.fail(address, now)
    if not await run_in_threadpool(is_password_of, tenant, user, password[:LONGEST]) or user is None:
        raise refuse(50126)
    accounts.succeed(account)
    addresses.forgive(address)
    if not user.account_enabled:
        raise refuse(50057)
    return user


def form_token(tenant: Tenant, request: Request) -> str:
    """What a form shown to a stranger carries, equal to this browser's cookie; another site can read neither."""
    return request.cookies.get(cookie_name(tenant, FORM)) or secrets.token_urlsafe(24)


def keep_form_token(tenant: Tenant, response: Response, token: str) -> None:
    """Give the browser the form's token."""
    set_cookie(tenant, response, FORM, token)


def check_form_token(tenant: Tenant, request: Request, fields: Mapping[str, str]) -> None:
    """Refuse a form that was not shown to this browser (login CSRF)."""
    kept = request.cookies.get(cookie_name(tenant, FORM), "")
    if not kept or not secrets.compare_digest(kept.encode(), fields.get("form_token", "").encode()):
        raise refuse(9002313)
