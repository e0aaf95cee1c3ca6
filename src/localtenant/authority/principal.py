"""Who calls: what a verified access token says."""

from __future__ import annotations

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


class TokenRefused(Exception):
    """A token that an API must not accept; each API answers it in its own error shape.

    code: missing, malformed, signature, expired, audience, issuer.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words
