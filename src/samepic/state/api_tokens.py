"""The tokens of the portal's API: digests of their secrets, never the secrets."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Row, select, update

from samepic.model.api_token import ApiToken, TokenRole
from samepic.state.database import Database
from samepic.state.tables_of_deeds import api_token

_SPELLED = re.compile(r"samepic_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_USED_EVERY = timedelta(hours=1)


class ApiTokenTable:
    """One row for each token that was ever made; a revoked one stays, so that the past can be told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, name: str, role: TokenRole, now: datetime, lasts: timedelta) -> tuple[ApiToken, str]:
        """A new token, and how it is spelled: nobody can tell that again."""
        token = ApiToken(secrets.token_hex(6), name, role, now, now + lasts)
        secret = secrets.token_urlsafe(32)
        row = {"id": token.id, "name": name, "role": role, "made_at": now, "ends_at": token.ends_at}
        with self._database.write() as connection:
            connection.execute(api_token.insert(), row | {"digest": _digest(secret)})
        return token, f"samepic_{token.id}_{secret}"

    def spelled(self, text: str, now: datetime) -> ApiToken | None:
        """The token that is spelled so, while it holds; that it was used is remembered, to the hour."""
        match = _SPELLED.fullmatch(text)
        if match is None:
            return None
        with self._database.read() as connection:
            row = connection.execute(select(api_token).where(api_token.c.id == match[1])).one_or_none()
        if row is None or not hmac.compare_digest(row.digest, _digest(match[2])):
            return None
        token = _token(row)
        if not token.holds(now):
            return None
        if token.used_at is None or abs(now - token.used_at) >= _USED_EVERY:
            with self._database.write() as connection:
                connection.execute(update(api_token).where(api_token.c.id == token.id).values(used_at=now))
        return token

    def all(self) -> list[ApiToken]:
        """Every token, the newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(api_token).order_by(api_token.c.made_at.desc(), api_token.c.id))
            return [_token(row) for row in rows]

    def revoke(self, id: str, now: datetime) -> ApiToken | None:
        """From now on it lets nobody in; None where there is no such token."""
        with self._database.write() as connection:
            held = api_token.c.revoked_at.is_(None)
            connection.execute(update(api_token).where(api_token.c.id == id, held).values(revoked_at=now))
            row = connection.execute(select(api_token).where(api_token.c.id == id)).one_or_none()
            return None if row is None else _token(row)


def _token(row: Row[tuple[object, ...]]) -> ApiToken:
    return ApiToken(row.id, row.name, row.role, row.made_at, row.ends_at, row.used_at, row.revoked_at)


def _digest(secret: str) -> str:
    """The secret is long and random, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
