"""Who calls: what a verified access token says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of an API. A user's token has `user_id` and scopes; an app's has roles.

    by_certificate: the app proved itself by a certificate (`appidacr` 2), not by a secret (1).
    """

    app_id: str
    user_id: str | None = None
    scopes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    by_certificate: bool = False

    @property
    def is_app(self) -> bool:
        """App-only: nobody is signed in."""
        return self.user_id is None


@dataclass(frozen=True, slots=True)
class Checked:
    """A token that is in order but for the time: its caller, and from when to when it holds, in seconds since 1970."""

    principal: Principal
    not_before: float
    expires: float


class TokenRefused(Exception):
    """A token that an API must not accept; each API answers it in its own error shape.

    code: missing, malformed, signature, expired, audience, issuer; `secret` for an app's token at SharePoint that no
    certificate got. headers: what the vendor's 401 carries, `WWW-Authenticate` first.
    """

    def __init__(self, code: str, words: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.code = code
        self.words = words
        self.headers = dict(headers or {})
