"""What every answer says of how it may be used."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

NONCE = "script_nonce"
_YEAR_SECONDS = 365 * 24 * 3600


def headed(secure: bool, sign_in_origin: str) -> Callable[[ASGIApp], ASGIApp]:
    """What wraps the portal. sign_in_origin: a form's answer leads there, and browsers hold that to form-action too."""

    def middleware(app: ASGIApp) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await app(scope, receive, send)
                return
            nonce = scope.setdefault("state", {})[NONCE] = secrets.token_urlsafe(16)

            async def with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    headers = MutableScopeHeaders.from_message(message)
                    for name, value in _headers(nonce, secure, sign_in_origin).items():
                        headers.setdefault(name, value)
                await send(message)

            await app(scope, receive, with_headers)

        return answer

    return middleware


def _headers(nonce: str, secure: bool, sign_in_origin: str) -> dict[str, str]:
    policy = (
        "default-src 'none'",
        f"script-src 'nonce-{nonce}'",
        "style-src 'self'",
        "img-src 'self' blob: data:",  # a picture that is chosen and not sent yet; the marks in Pico's styles
        "connect-src 'self'",
        f"form-action 'self' {sign_in_origin}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "content-security-policy": "; ".join(policy),
        "cache-control": "no-store",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
        **({"strict-transport-security": f"max-age={_YEAR_SECONDS}; includeSubDomains"} if secure else {}),
    }


def nonce_of(request: Request[Any, Any, Any]) -> str:
    """The word by which this answer's scripts are known to be ours."""
    found: str = request.scope["state"][NONCE]
    return found
