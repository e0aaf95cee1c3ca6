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
from itertools import islice

from samepic.portal.roles import Role
from samepic.ports.clock import Clock
from samepic.transport.unspoken import forgotten

IDLE = timedelta(hours=1)
MOST, MOST_TOKEN_BYTES = 20_000, 64_000_000
"""Sessions at a time, and what their tokens may take; beyond, whoever has been silent longest signs in again."""

MOST_OF_A_PERSON = 20
"""A browser each: one person who signs in again and again pushes nobody else out."""

_AT_ONCE = 100
"""Of the most silent, so many are looked at when another begins: those that are over go faster than others come."""

ROLE_IS_ASKED_EVERY = timedelta(minutes=15)

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
    """One browser's. form_word: what each of its forms must carry. refresh_token: the person's, where one was given.

    role_told_at: when the sign-in, or the directory, said last that the visitor's role holds. role_ask_at: when that is
    to be asked.
    """

    visitor: Visitor
    began_at: datetime
    seen_at: datetime
    id_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    over: bool = False
    form_word: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    token_bytes: int = field(default=0, repr=False)
    role_told_at: datetime = field(init=False)
    role_ask_at: datetime = field(init=False)
    _entered: OrderedDict[str, None] = field(default_factory=OrderedDict, repr=False)

    def __post_init__(self) -> None:
        self.role_told_at, self.role_ask_at = self.began_at, self.began_at + ROLE_IS_ASKED_EVERY

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
        self._by_digest: OrderedDict[str, Session] = OrderedDict()  # who has been silent longest comes first
        self._of_person: dict[str, OrderedDict[str, None]] = {}
        self._token_bytes = 0

    def __len__(self) -> int:
        """How many are held, with those that nobody has found to be over."""
        return len(self._by_digest)

    def begin(self, visitor: Visitor, id_token: str, refresh_token: str | None = None) -> tuple[str, Session]:
        """A session, and the word that its browser is to hold."""
        now, word = self._clock.now(), secrets.token_urlsafe(32)
        session = Session(visitor, now, now, id_token, refresh_token)
        session.token_bytes = len(id_token) + len(refresh_token or "")
        self._make_room(session, now)
        digest = _digest(word)
        self._by_digest[digest] = session
        self._of_person.setdefault(visitor.object_id, OrderedDict())[digest] = None
        self._token_bytes += session.token_bytes
        return word, session

    def of(self, word: str) -> Session | None:
        """The session whose browser holds this word; None where it is over, or never was."""
        digest, now = _digest(word), self._clock.now()
        session = self._by_digest.get(digest)
        if session is None:
            return None
        if self._is_over(session, now):
            self._drop(digest)
            return None
        session.seen_at = now
        self._by_digest.move_to_end(digest)
        self._of_person[session.visitor.object_id].move_to_end(digest)
        return session

    def end(self, word: str) -> None:
        """Sign out; safe to call twice."""
        self._drop(_digest(word))

    def are_of(self, person: str) -> bool:
        """Whether a person (object id, folded) has any."""
        return person in self._of_person

    def end_all_of(self, person: str) -> int:
        """Sign a person out of every browser; how many there were."""
        theirs = list(self._of_person.get(person, ()))
        for digest in theirs:
            self._drop(digest)
        return len(theirs)

    def _make_room(self, session: Session, now: datetime) -> None:
        """Let go of those that are over, whether or not their browsers ever come again; then of whoever is too many."""
        theirs = self._of_person.get(session.visitor.object_id, ())
        if len(theirs) >= MOST_OF_A_PERSON:
            self._drop(next(iter(theirs)))
        for digest, one in list(islice(self._by_digest.items(), _AT_ONCE)):
            if self._is_over(one, now):
                self._drop(digest)
        most_bytes = max(0, MOST_TOKEN_BYTES - session.token_bytes)
        while self._by_digest and (len(self._by_digest) >= MOST or self._token_bytes > most_bytes):
            self._drop(next(iter(self._by_digest)))

    def _is_over(self, session: Session, now: datetime) -> bool:
        return now - session.seen_at > IDLE or now - session.began_at > self.longest

    def _drop(self, digest: str) -> None:
        session = self._by_digest.pop(digest, None)
        if session is None:
            return
        session.let_go()
        self._token_bytes -= session.token_bytes
        theirs = self._of_person[session.visitor.object_id]
        del theirs[digest]
        if not theirs:
            del self._of_person[session.visitor.object_id]


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
