"""What a program shows to the portal's API in the place of a person's sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TokenRole(StrEnum):
    """What a token may do; the portal's roles of the same names."""

    HELPDESK = "helpdesk"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One token, without its secret. used_at: to the hour. revoked_at: None while it holds."""

    id: str
    name: str
    role: TokenRole
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it lets anybody in."""
        return self.revoked_at is None and now < self.ends_at
