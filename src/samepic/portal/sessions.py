"""Who is signed in. Sessions live in this process and on no disk: a restart asks everybody to sign in again.

A browser holds a random word only, made after the sign-in, so that nobody can hand somebody else a session of their
choosing; the process keeps its SHA-256, so that a dump of memory signs in nobody.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from samepic.portal.roles import Role
from samepic.ports.clock import Clock
from samepic.transport.unspoken import forgotten

IDLE = timedelta(hours=1)
MOST = 20_000
"""Sessions at a time; beyond them, whoever has been silent longest signs in again."""

MOST_LOOKS = 2_000
"""Of one session; what was looked at before that is entered once more when it is looked at again."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in, as the sign-in told it. object_id: as the census has it, folded. mail: or None."""

    object_id: str
    name: str
    upn: str
    role: Role
    mail: str | None = None

    @property
    def address(self) -> str:
        """What SharePoint finds them by: it knows a UPN only where that is the mail (sp-dev-docs issue 9289)."""
        return self.mail or self.upn


@dataclass(slots=True)
class Session:
    """One browser's. form_word: what each of its forms must carry. refresh_token: the person's, where one was given."""

    visitor: Visitor
    began_at: datetime
    seen_at: datetime
    id_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    over: bool = False
    form_word: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    _entered: OrderedDict[str, None] = field(default_factory=OrderedDict, repr=False)

    def note(self, looks: Iterable[str]) -> None:
        """These are in the audit log; the latest of them are remembered."""
        for one in looks:
            self._entered[one] = None
            self._entered.move_to_end(one)
        while len(self._entered) > MOST_LOOKS:
            self._entered.popitem(last=False)

    def noted(self, look: str) -> bool:
        """Whether it is."""
        return look in self._entered

    def load(self) -> str | None:
        """The person's refresh token, as `RefreshTokens` has it: here, in memory, and nowhere else."""
        return self.refresh_token

    def save(self, token: str) -> None:
        """The newest one; of a session that is over none."""
        if not self.over:
            self.refresh_token = token

    def let_go(self) -> None:
        """It is over: whatever still has it in hand finds no token in it."""
        for token in (self.id_token, self.refresh_token):
            forgotten(token or "")
        self.over, self.id_token, self.refresh_token = True, "", None


class Sessions:
    """All of them. longest: after so long even somebody busy signs in again."""

    def __init__(self, clock: Clock, longest: timedelta) -> None:
        self._clock = clock
        self.longest = longest
        self._by_digest: OrderedDict[str, Session] = OrderedDict()

    def begin(self, visitor: Visitor, id_token: str, refresh_token: str | None = None) -> tuple[str, Session]:
        """A session, and the word that its browser is to hold."""
        now, word = self._clock.now(), secrets.token_urlsafe(32)
        session = Session(visitor, now, now, id_token, refresh_token)
        while self._by_digest and (len(self._by_digest) >= MOST or self._is_over(self._longest_silent(), now)):
            self._by_digest.popitem(last=False)[1].let_go()
        self._by_digest[_digest(word)] = session
        return word, session

    def of(self, word: str) -> Session | None:
        """The session whose browser holds this word; None where it is over, or never was."""
        digest, now = _digest(word), self._clock.now()
        session = self._by_digest.get(digest)
        if session is None:
            return None
        if self._is_over(session, now):
            self._by_digest.pop(digest).let_go()
            return None
        session.seen_at = now
        self._by_digest.move_to_end(digest)
        return session

    def end(self, word: str) -> None:
        """Sign out; safe to call twice."""
        session = self._by_digest.pop(_digest(word), None)
        if session is not None:
            session.let_go()

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._by_digest)

    def _longest_silent(self) -> Session:
        return next(iter(self._by_digest.values()))

    def _is_over(self, session: Session, now: datetime) -> bool:
        return now - session.seen_at > IDLE or now - session.began_at > self.longest


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
